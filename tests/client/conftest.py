import pytest

from tests.support import ManualClock
from tests.support_backends import NOW


@pytest.fixture
def clock():
    return ManualClock(NOW)
