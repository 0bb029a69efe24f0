"""The last runs as a small chart."""

from hypothesis import given
from hypothesis import strategies as st

from dli_tui.domain.ids import RunRef
from dli_tui.domain.status import RunStatus
from dli_tui.present import strips
from dli_tui.present.rows import Mark


def marks(*seconds, status=RunStatus.COMPLETED):
    return [Mark(RunRef("r"), status, None, one) for one in seconds]


def test_the_longest_run_has_the_full_height():
    assert strips.durations(marks(0, 35, 70), 3) == "▁▅█"
    assert strips.durations(marks(0, 35, 70), 3, ascii_only=True) == "_-#"


def test_what_nobody_timed_is_blank_and_the_newest_stand_last():
    assert strips.durations(marks(1, None, 70), 5) == "  ▁ █"
    assert strips.durations(marks(70, 10, None), 2) == "█ "


def test_runs_that_took_no_time_lie_flat():
    assert strips.durations(marks(0, 0), 2) == "▁▁"


@given(st.lists(st.none() | st.floats(0, 1e9), max_size=12), st.integers(0, 20))
def test_a_chart_is_as_wide_as_asked(seconds, width):
    assert len(strips.durations(marks(*seconds), width)) == width


def test_failures_are_counted():
    failed = marks(1, status=RunStatus.FAILED) + marks(1, status=RunStatus.TIMEOUT)
    assert strips.failures([*failed, *marks(1), *marks(1, status=RunStatus.KILLED)]) == 2
