"""When a run will be done, in words: a range, or why there is none."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from dli_tui.domain.status import RunStatus
from dli_tui.present import words
from dli_tui.present.rows import RunSheet

ENOUGH: Final = 5
"""Under so many past successes there is no estimate, as `insight.durations` has it."""
_CALM: Final = 5
"""Seconds left are told in fives: an estimate is no countdown."""


def estimate_words(sheet: RunSheet, now: datetime, timezone: str) -> str:
    """`~1m10s left, by 10:04 … 10:07`, or why nothing can be said; empty unless it runs."""
    if sheet.status is not RunStatus.RUNNING or sheet.started is None:
        return ""
    if sheet.is_backfill:
        return "no estimate for a backfill as a whole"  # the past tells of single runs
    if sheet.overdue:
        return "longer than usual"
    if sheet.likely is None or sheet.latest is None:
        known = f"{sheet.past} of {ENOUGH}" if sheet.past else f"fewer than {ENOUGH}"
        return f"no estimate: {known} past successes"
    return f"{left(sheet.likely, now)}, {_range(sheet.likely, sheet.latest, timezone, now)}"


def left(likely: datetime, now: datetime) -> str:
    """`~1m10s left`; no countdown, and nothing below zero."""
    seconds = (likely - now).total_seconds()
    if seconds < _CALM:
        return "any moment"
    return f"~{words.span(seconds // _CALM * _CALM)} left"


def _range(likely: datetime, latest: datetime, timezone: str, now: datetime) -> str:
    """By when, usually and nine times of ten; one time where both are the same minute."""
    first = words.clock_time(max(likely, now), timezone, now)
    last = words.clock_time(max(latest, now), timezone, now)
    return f"by {first}" if first == last else f"by {first} … {last}"
