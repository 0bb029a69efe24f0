"""Numbers and moments as a person reads them, and raw text made fit for eyes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from dli_tui.domain.errors import ConfigurationError
from dli_tui.domain.text import safe_line
from dli_tui.domain.zones import zone_of

NOTHING: Final = "-"
_MINUTE: Final = 60
_HOUR: Final = 3_600
_DAY: Final = 86_400


def moment(at: datetime | None, timezone: str = "UTC", *, seconds: bool = False) -> str:
    """A moment in a zone, to the minute or second; its offset unless it is UTC's."""
    if at is None:
        return NOTHING
    try:
        local = at.astimezone(zone_of(timezone))
    except ConfigurationError:
        local = at.astimezone(UTC)
    shown = f"{local:%Y-%m-%d %H:%M:%S}" if seconds else f"{local:%Y-%m-%d %H:%M}"
    return f"{shown} {local.isoformat()[-6:]}" if local.utcoffset() else shown


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


def word(raw: str | None) -> str:
    """Text of a server, safe and on one line."""
    return NOTHING if raw is None or raw == "" else safe_line(raw)


def names(raw: Iterable[str]) -> Mapping[str, str]:
    """How each raw name is shown: as it is, or spelled out where a terminal would obey it.

    Leaving something out could make two names look the same, and none could be typed back.
    """
    return {name: name if safe_line(name) == name else ascii(name)[1:-1] for name in raw}


def plural(count: int, one: str) -> str:
    """`1 run`, `2 runs`."""
    return f"{count:,} {one}" if count == 1 else f"{count:,} {one}s"
