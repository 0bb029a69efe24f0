"""Numbers and moments as a person reads them, and raw text made fit for eyes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Final

from dli_tui.domain.errors import ConfigurationError
from dli_tui.domain.text import safe_line
from dli_tui.domain.zones import zone_of

NOTHING: Final = "-"
UNKNOWN: Final = "?"
MONTHS: Final = (
    *("Jan", "Feb", "Mar", "Apr", "May", "Jun"),
    *("Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
)
_MINUTE: Final = 60
_HOUR: Final = 3_600
_DAY: Final = 86_400
_AHEAD: Final = timedelta(minutes=2)
"""Clocks of two machines may differ by less."""
_CALM: Final = 5
"""Seconds are told in fives, so that a list doesn't flicker while it is read."""
_EXACT_DAYS: Final = 3
"""Further ahead than this, hours beside the days tell nobody anything."""


def moment(at: datetime | None, timezone: str = "UTC", *, seconds: bool = False) -> str:
    """A moment in a zone, to the minute or second; its offset unless it is UTC's."""
    if at is None:
        return NOTHING
    local = _local(at, timezone)
    shown = f"{local:%Y-%m-%d %H:%M:%S}" if seconds else f"{local:%Y-%m-%d %H:%M}"
    return f"{shown} {local.isoformat()[-6:]}" if local.utcoffset() else shown


def clock_time(at: datetime, timezone: str, now: datetime, *, offset: bool = False) -> str:
    """A moment in a zone, no longer than it has to be: `10:02`, `Nov 20 10:02`, or with a year."""
    local, today = _local(at, timezone), _local(now, timezone)
    shown = f"{local:%H:%M}"
    if local.year != today.year:
        shown = f"{local:%Y-%m-%d} {shown}"
    elif local.date() != today.date():
        shown = f"{MONTHS[local.month - 1]} {local.day:02} {shown}"
    return f"{shown} {local.isoformat()[-6:]}" if offset else shown


def day_of(at: datetime, timezone: str) -> date:
    """The day of a moment in a zone."""
    return _local(at, timezone).date()


def second_of(at: datetime, timezone: str) -> str:
    """The time of day in a zone, to the second: where a log's line stands."""
    return f"{_local(at, timezone):%H:%M:%S}"


def ago(at: datetime, now: datetime) -> str:
    """How long ago: `now`, `45s ago`, `4m ago`, `3h ago`, `2d ago`."""
    passed = (now - at).total_seconds()
    if passed <= -_MINUTE:
        return until(at, now)
    if passed < _CALM:
        return "now"
    return f"{age(passed // _CALM * _CALM)} ago"


def since(at: datetime, now: datetime) -> str:
    """How long ago something was that has happened: `?` where the clock that tells it is ahead."""
    return UNKNOWN if at - now >= _AHEAD else ago(at, now)


def until(at: datetime, now: datetime) -> str:
    """How soon: `now`, `in 40s`, `in 56m`, `in 2h05m`, `in 1d04h`, `in 3d`."""
    left = (at - now).total_seconds()
    if left <= -_MINUTE:
        return ago(at, now)
    if left < _CALM:
        return "now"
    if left < _HOUR or left >= _EXACT_DAYS * _DAY:
        return f"in {age(left // _CALM * _CALM)}"
    # To the minute and below, so that it never seems later than it is.
    return f"in {span(left // _MINUTE * _MINUTE)}"


def late(due: datetime, now: datetime) -> str:
    """How far behind its slot something is: `LATE 14m`."""
    return f"LATE {age((now - due).total_seconds())}"


def age(seconds: float) -> str:
    """A duration in its largest unit, rounded down: `45s`, `4m`, `3h`, `2d`."""
    whole = max(0, int(seconds))
    if whole < _MINUTE:
        return f"{whole}s"
    if whole < _HOUR:
        return f"{whole // _MINUTE}m"
    if whole < _DAY:
        return f"{whole // _HOUR}h"
    return f"{whole // _DAY}d"


def seconds(duration: float | None) -> str:
    """A duration in whole seconds."""
    return NOTHING if duration is None else f"{duration:.0f}s"


def span(duration: float | timedelta | None) -> str:
    """A duration in its two largest units: 45s, 1m42s, 3h05m, 2d04h."""
    if duration is None:
        return NOTHING
    if isinstance(duration, timedelta):
        duration = duration.total_seconds()
    whole = max(0, round(duration))
    if whole < _MINUTE:
        return f"{whole}s"
    if whole < _HOUR:
        return f"{whole // _MINUTE}m{whole % _MINUTE:02}s"
    if whole < _DAY:
        return f"{whole // _HOUR}h{whole % _HOUR // _MINUTE:02}m"
    return f"{whole // _DAY}d{whole % _DAY // _HOUR:02}h"


def share(done: int, total: int) -> str:
    """How much is done, rounded down: 100% is all of it."""
    if total <= 0:
        return NOTHING
    return f"{min(max(done, 0), total) * 100 // total}%"


def word(raw: str | None) -> str:
    """Text of a server, safe and on one line."""
    return NOTHING if raw is None or raw == "" else safe_line(raw)


def name(raw: str) -> str:
    """A name as it is, or spelled out where a terminal would obey it or an eye would miss it.

    Leaving something out could make two names look the same, and none could be typed back.
    A backslash is spelled out too: what looks like an escape is never one that was typed.
    """
    plain = raw.isprintable() and "\\" not in raw and safe_line(raw) == raw
    return raw if plain else ascii(raw)[1:-1]


def names(raw: Iterable[str]) -> Mapping[str, str]:
    """How each raw name is shown."""
    return {one: name(one) for one in raw}


def plural(count: int, one: str) -> str:
    """`1 run`, `2 runs`."""
    return f"{count:,} {one}" if count == 1 else f"{count:,} {one}s"


def tries(count: int) -> str:
    """`1 try`, `3 tries`."""
    return "1 try" if count == 1 else f"{count:,} tries"


def _local(at: datetime, timezone: str) -> datetime:
    """The moment in a zone; in UTC where nobody knows the zone."""
    try:
        return at.astimezone(zone_of(timezone))
    except ConfigurationError:
        return at.astimezone(UTC)
