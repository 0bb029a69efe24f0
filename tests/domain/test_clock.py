"""Time is handed in, and always in UTC."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from dli_tui.domain.clock import FastClock, FixedClock, as_utc

_KOREA = timezone(timedelta(hours=9))
_NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 1, 1, 12),  # noqa: DTZ001 - naive is what servers send
        _NOON,
        datetime(2026, 1, 1, 21, tzinfo=_KOREA),
    ],
)
def test_a_moment_becomes_utc_and_a_naive_one_is_utc_already(moment):
    same = as_utc(moment)
    assert same == _NOON
    assert same.tzinfo is UTC


def test_a_fixed_clock_always_tells_the_same_hour_in_utc():
    clock = FixedClock(datetime(2026, 1, 1, 21, tzinfo=_KOREA))
    assert clock.now() == clock.now() == _NOON
    assert clock.now().tzinfo is UTC


@pytest.mark.parametrize("seconds", [0, 2.5])
async def test_nobody_waits_on_a_clock_that_stands_still(seconds):
    with pytest.raises(RuntimeError, match="stands still"):
        await FixedClock(_NOON).sleep(seconds)


def test_a_fast_clock_runs_as_many_times_as_fast(monkeypatch):
    ticks = iter([100.0, 100.0, 102.0])
    monkeypatch.setattr("dli_tui.domain.clock.time.monotonic", lambda: next(ticks))
    clock = FastClock(speed=60)
    assert clock.now() + timedelta(minutes=2) == clock.now()
