from datetime import UTC, datetime

import pytest

from dli_tui.backends.demo.backend import DemoBackend
from dli_tui.backends.demo.cast import STANDARD
from dli_tui.backends.demo.journal import MemoryJournal
from tests.support import ManualClock


@pytest.fixture
def clock():
    return ManualClock(datetime(2026, 3, 10, 9, 41, tzinfo=UTC))


@pytest.fixture
def demo(clock):
    """Opens a demo; the standard one at the hour of `clock` unless told otherwise."""

    def opened(scenario=STANDARD, *, at=clock, journal=None, seed=0):
        return DemoBackend(
            scenario, clock=at, journal=journal or MemoryJournal(), seed=seed, user="me"
        )

    return opened


@pytest.fixture
def backend(demo):
    return demo()
