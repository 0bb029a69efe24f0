"""Which run a saga belongs to, and which saga to a run."""

import pytest

from dli_tui.domain.ids import RunRef
from dli_tui.domain.saga import Saga
from dli_tui.domain.status import SagaStatus
from dli_tui.present import belonging
from tests.support_backends import row


def saga(name="s", correlation=None, **given):
    return Saga(
        saga_id=name,
        saga_type="t",
        status=SagaStatus.RUNNING,
        correlation_id=correlation,
        input_data=given,
    )


@pytest.mark.parametrize(
    ("one", "run"),
    [
        (saga(correlation="workflow-123-execution-789"), ("789", "123")),
        (saga(correlation="execution-789"), ("789", None)),
        (saga(correlation="tenant/workflow_1_execution_2"), ("2", "1")),
        (saga(correlation="preexecution-1"), None),
        (saga(correlation="order-5"), None),
        (saga(execution_id=789, workflow_id=123), ("789", "123")),
        (saga(correlation="c1", execution_id="e"), ("e", None)),
        (saga(execution_id=True), None),
        (saga(), None),
    ],
)
def test_the_run_of_a_saga(one, run):
    assert belonging.run_of(one) == run


def test_the_saga_of_a_run_is_the_newest_that_names_it_and_its_workflow():
    others = [saga("a", "workflow-2-execution-7"), saga("b", "workflow-1-execution-77")]
    mine, older = saga("c", "workflow-1-execution-7"), saga("d", "execution-7")
    found = belonging.saga_of([*others, mine, older], RunRef("7"), "1")
    assert found is mine
    assert belonging.saga_of([older], RunRef("7"), "1") is older
    assert belonging.saga_of(others, RunRef("7"), "1") is None


def test_a_workflow_is_found_by_the_id_that_the_server_has_for_it():
    rows = [row("a", workflow_id="1"), row("b", workflow_id="2")]
    assert belonging.workflow_of(belonging.RunOfSaga("7", "2"), rows) == "b"
    assert belonging.workflow_of(belonging.RunOfSaga("7", "3"), rows) is None
    assert belonging.workflow_of(belonging.RunOfSaga("7", None), rows) is None
