"""What tests of deeds share: somebody who does them, and a DAG that they are done to."""

import pytest

from dli_tui.domain.acting import acting_for
from dli_tui.domain.ids import RunRef
from tests.backends.airflow.fake import FakeAirflow

BOTH = pytest.mark.parametrize("version", [1, 2])
REF = RunRef("mine", "a")


@pytest.fixture(autouse=True)
def on_call():
    """Whoever is on call does it."""
    with acting_for("oncall"):
        yield


def with_a_dag(version=2):
    """An Airflow with one DAG."""
    airflow = FakeAirflow(version)
    airflow.dag("a")
    return airflow
