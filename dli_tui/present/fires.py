"""The next fires of a schedule as a person reads them, and what a change of clocks does to each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final, NamedTuple

from dli_tui.domain.cron import CronProblem, fields_of
from dli_tui.domain.errors import ConfigurationError
from dli_tui.domain.zones import zone_of
from dli_tui.present import words

_LARGEST_SHIFT: Final = timedelta(hours=3)
"""Clocks move by no more, so so long before a fire the old offset was in force."""
_NOTHING: Final = timedelta()


class Fire(NamedTuple):
    """One fire: by the clock of its schedule, by the clock of who looks, and how soon."""

    there: str
    here: str
    """Empty where both clocks show the same."""
    soon: str
    note: str
    """What a change of clocks does to it, there or here; empty where they don't change."""


def told(
    moments: Sequence[datetime], cron: str, zone: str, here: str, now: datetime
) -> tuple[Fire, ...]:
    """Fires in words, the next one first; `here` is the zone of who looks."""
    both = [_read(at, cron, zone, here, before) for before, at in _pairs(now, moments)]
    told_here = any(offset_there != offset_here for offset_there, offset_here, _ in both)
    return tuple(
        Fire(
            words.clock_time(at, zone, now, offset=True),
            words.clock_time(at, here, now, offset=True) if told_here else "",
            words.until(at, now),
            note,
        )
        for at, (_, _, note) in zip(moments, both, strict=True)
    )


def _pairs(now: datetime, moments: Sequence[datetime]) -> Iterator[tuple[datetime, datetime]]:
    return zip((now, *moments), moments, strict=False)


def _read(
    at: datetime, cron: str, zone: str, here: str, before: datetime
) -> tuple[timedelta, timedelta, str]:
    """The offset there, the offset here, and what is to be said of this fire."""
    there, mine = zone_of(zone), _zone_here(here)
    notes = [_odd(at.astimezone(there), cron), _moved(before, at, there, "there")]
    if here != zone:
        notes.append(_moved(before, at, mine, "here"))
    return _offset(at, there), _offset(at, mine), "; ".join(note for note in notes if note)


def _zone_here(name: str) -> tzinfo:
    """The zone of who looks; UTC where nobody knows it, as everywhere."""
    try:
        return zone_of(name)
    except ConfigurationError:
        return UTC


def _moved(before: datetime, at: datetime, zone: tzinfo, where: str) -> str:
    """Whether clocks change between two moments, and which way."""
    shift = _offset(at, zone) - _offset(before, zone)
    if not shift:
        return ""
    way = "forward" if shift > _NOTHING else "back"
    return f"clocks {where} go {way} {_by(abs(shift))} before it"


def _odd(at: datetime, cron: str) -> str:
    """Whether the wall time of a fire is another than its schedule says, or comes twice."""
    fields = fields_of(cron)
    if isinstance(fields, CronProblem):
        return ""
    if at.replace(fold=0).utcoffset() != at.replace(fold=1).utcoffset():
        times = "each time" if fields.hours is None else "the second time"
        return f"{at:%H:%M} comes twice that day, it fires {times}"
    if fields.hours is None or _is_in(at, fields.hours, fields.minutes):
        return ""
    jump = _offset(at, at.tzinfo) - _offset(at - _LARGEST_SHIFT, at.tzinfo)
    return f"{at - jump:%H:%M} is skipped that day, it fires {_by(jump)} later"


def _is_in(at: datetime, hours: frozenset[int], minutes: frozenset[int] | None) -> bool:
    return at.hour in hours and (minutes is None or at.minute in minutes)


def _by(shift: timedelta) -> str:
    return words.span(shift).removesuffix("00s").removesuffix("00m")


def _offset(at: datetime, zone: tzinfo | None) -> timedelta:
    return at.astimezone(zone).utcoffset() or _NOTHING
