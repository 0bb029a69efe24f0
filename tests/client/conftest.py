# Loaded before any loop runs: its first import starts a program.
import croniter  # noqa: F401
import pytest

from tests.support import ManualClock
from tests.support_backends import NOW


@pytest.fixture
def clock():
    return ManualClock(NOW)
