"""The moments at which schedules fired, a day at a time, kept once they are known.

Fires of the past don't change, so a day of a schedule is computed once however many
workflows share it and however often it is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from dli_tui.domain.schedule import fires_between, next_fire

_TICK = timedelta(microseconds=1)


@lru_cache(maxsize=200_000)
def on_day(cron: str, timezone: str, day: date) -> tuple[datetime, ...]:
    """Every fire of one UTC day, in UTC."""
    midnight = datetime.combine(day, time.min, UTC)
    return fires_between(cron, timezone, midnight - _TICK, midnight + timedelta(days=1) - _TICK)


def backwards(cron: str, timezone: str, until: datetime, since: datetime) -> Iterator[datetime]:
    """Every fire from `until` back to `since`, both included, latest first."""
    day, first = until.date(), since.date()
    while day >= first:
        for slot in reversed(on_day(cron, timezone, day)):
            if since <= slot <= until:
                yield slot
        day -= timedelta(days=1)


@lru_cache(maxsize=4_096)
def following(cron: str, timezone: str, after: datetime) -> datetime | None:
    """The first fire later than `after`."""
    return next_fire(cron, timezone, after)
