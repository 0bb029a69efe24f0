"""The time zones and data intervals that explain the runs of a schedule.

Airflow tells the cron expression of a DAG, but not the time zone in which the DAG reads it. The
zone shows in the runs: a schedule `0 6 * * *` whose next run is at 21:00 UTC is read at UTC+9.
One date leaves many zones possible, so a fit keeps every zone that explains all dates, and names
a date only where all of them agree on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from functools import lru_cache
from itertools import islice
from typing import Final, NamedTuple

from dli_tui.domain.schedule import fires, fires_at, fires_between, slots_of
from dli_tui.domain.zones import zone_names, zone_of

_WEEK: Final = timedelta(days=7)
_MINUTE: Final = timedelta(minutes=1)
_NO_TIME: Final = timedelta()
_KNOWN_FIRST: Final = (
    *("UTC", "Europe/London", "Europe/Madrid", "Europe/Paris", "Europe/Berlin"),
    *("America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles"),
    *("America/Sao_Paulo", "Asia/Kolkata", "Asia/Singapore", "Asia/Shanghai", "Asia/Seoul"),
    *("Asia/Tokyo", "Australia/Sydney"),
)
"""Of zones with the same clock the name that most readers know stands for all."""


class ScheduledDate(NamedTuple):
    """A logical date that the scheduler chose itself, with its data interval."""

    logical_date: datetime
    interval_start: datetime
    interval_end: datetime


class IntervalRule(Enum):
    """How a data interval lies to its logical date, in the three kinds of cron schedule."""

    NONE = "both ends are the logical date"
    TO_NEXT = "from the logical date to the next one"
    BEFORE = "of fixed length; its end is the time at which the cron fires"


class ScheduleFit(NamedTuple):
    """Every zone in which a cron explains the dates of its scheduler."""

    cron: str
    zones: tuple[str, ...]
    """One name for each clock, the best known first; never empty."""
    rule: IntervalRule
    length: timedelta
    """The length of the data interval where the rule is BEFORE."""

    def zone(self, first: datetime, last: datetime) -> str | None:
        """The zone, if all that are possible show the same time whenever the cron fires.

        Some zones set their clocks in the same night, an hour or two apart.
        """
        moments = _sample(fires_between(self.cron, self.zones[0], first, last))
        zones = [zone_of(name) for name in self.zones]
        is_sure = all(len({_offset(zone, moment) for zone in zones}) == 1 for moment in moments)
        return self.zones[0] if is_sure else None

    def logical_dates(self, first: date, last: date) -> tuple[ScheduledDate, ...] | None:
        """The dates whose logical date is on the days from `first` to `last` of the zone.

        A schedule whose data interval ends when its cron fires has its logical date before that.
        """
        margin = timedelta()
        if self.rule is IntervalRule.BEFORE:
            margin = timedelta(days=-(-self.length // timedelta(days=1)))
        found = self._fired(first, last + margin)
        if found is None:
            return None
        clock = zone_of(self.zones[0])
        return tuple(
            one for one in found if first <= one.logical_date.astimezone(clock).date() <= last
        )

    def _fired(self, first: date, last: date) -> tuple[ScheduledDate, ...] | None:
        """The dates whose cron fires on these days; None where possible zones disagree."""
        found = tuple(map(self._dated, slots_of(self.cron, self.zones[0], first, last)))
        ends = (one.interval_end for one in found[-1:])
        moments = [
            one.interval_end if self.rule is IntervalRule.BEFORE else one.logical_date
            for one in found
        ]
        if not all(self._agree(moment) for moment in (*_sample(moments), *ends)):
            return None
        return found

    def _agree(self, moment: datetime) -> bool:
        """Whether the cron fires at that moment in each of the zones."""
        zones = {_offset(zone_of(zone), moment): zone for zone in self.zones}
        return len(zones) == 1 or all(fires_at(self.cron, zone, moment) for zone in zones.values())

    def _dated(self, moment: datetime) -> ScheduledDate:
        """The date whose cron fires at that moment."""
        logical_date = moment - self.length if self.rule is IntervalRule.BEFORE else moment
        return ScheduledDate(logical_date, *self.interval(logical_date))

    def interval(self, logical_date: datetime) -> tuple[datetime, datetime]:
        """The data interval of a logical date."""
        end = logical_date
        if self.rule is IntervalRule.BEFORE:
            end = logical_date + self.length
        elif self.rule is IntervalRule.TO_NEXT:
            following = next(iter(fires(self.cron, self.zones[0], logical_date)), end)
            end = following.astimezone(UTC)
        return logical_date, end


def fit(
    cron: str, known: Sequence[ScheduledDate], now: datetime, named: str | None = None
) -> ScheduleFit | None:
    """The zones that explain `known`, newest first; None where no zone explains the newest.

    Dates that no zone explains together with newer ones are of an older schedule, and are left
    out. `named` is a zone that somebody says it is: then it is that one or none.
    """
    if not known:
        return None
    moments = [one.logical_date for one in known]
    years = min(*moments, now).year - 1, max(*moments, now).year + 1
    return _fit(cron, tuple(known), years, named)


# The dates of one fit take some kilobytes.
@lru_cache(maxsize=512)
def _fit(
    cron: str, known: tuple[ScheduledDate, ...], years: tuple[int, int], named: str | None
) -> ScheduleFit | None:
    possible = (named,) if named is not None else _clocks(*years)
    rule, length = _rule_of(known[0])
    choices = [(rule, length)]
    if rule is IntervalRule.TO_NEXT:
        # An interval of fixed length looks the same where dates are equally far apart.
        choices.append((IntervalRule.BEFORE, length))
    for rule, length in choices:
        zones = _zones(cron, known, rule, length, possible)
        if zones:
            return ScheduleFit(cron, zones, rule, length)
    return None


def _rule_of(one: ScheduledDate) -> tuple[IntervalRule, timedelta]:
    length = one.interval_end - one.interval_start
    return (IntervalRule.TO_NEXT if length else IntervalRule.NONE), length


def _zones(
    cron: str,
    known: Iterable[ScheduledDate],
    rule: IntervalRule,
    length: timedelta,
    zones: tuple[str, ...],
) -> tuple[str, ...]:
    """Those of `zones` that explain the newest dates, as many as one zone can explain."""
    explained = 0
    for one in known:
        left = tuple(zone for zone in zones if _explains(cron, zone, one, rule, length))
        if not left:
            break
        zones, explained = left, explained + 1
    return zones if explained else ()


def _explains(
    cron: str, zone: str, one: ScheduledDate, rule: IntervalRule, length: timedelta
) -> bool:
    if one.interval_start != one.logical_date:
        return False
    if rule is IntervalRule.BEFORE:
        return one.interval_end - one.interval_start == length and fires_at(
            cron, zone, one.interval_end
        )
    if not fires_at(cron, zone, one.logical_date):
        return False
    if rule is IntervalRule.NONE:
        return one.interval_end == one.logical_date
    following = islice(fires(cron, zone, one.logical_date), 1)
    return one.interval_end in following


@lru_cache(maxsize=16)
def _clocks(first_year: int, last_year: int) -> tuple[str, ...]:
    """One zone for each different clock of these years, the best known first."""
    start, end = datetime(first_year, 1, 1, tzinfo=UTC), datetime(last_year + 1, 1, 1, tzinfo=UTC)
    order = {name: place for place, name in enumerate(_KNOWN_FIRST)}
    names = sorted(zone_names(), key=lambda name: (order.get(name, len(order)), name))
    clocks: dict[tuple[tuple[datetime, timedelta], ...], str] = {}
    for name in names:
        clocks.setdefault(_offsets(name, start, end), name)
    return tuple(clocks.values())


@lru_cache(maxsize=8192)
def _offsets(name: str, first: datetime, last: datetime) -> tuple[tuple[datetime, timedelta], ...]:
    """The offset of a zone at `first`, and each later change of it with its moment."""
    zone = zone_of(name)
    at, offset = first, _offset(zone, first)
    found = [(first, offset)]
    while at < last:
        later = min(at + _WEEK, last)
        if _offset(zone, later) != offset:
            later = _change(zone, at, later)
            offset = _offset(zone, later)
            found.append((later, offset))
        at = later
    return tuple(found)


def _change(zone: object, before: datetime, after: datetime) -> datetime:
    """The minute in which the offset changes between two moments that have different ones."""
    old = _offset(zone, before)
    while after - before > _MINUTE:
        middle = before + (after - before) // 2
        middle = middle.replace(second=0, microsecond=0)
        if middle <= before:
            break
        if _offset(zone, middle) == old:
            before = middle
        else:
            after = middle
    return after


def _offset(zone: object, moment: datetime) -> timedelta:
    return moment.astimezone(zone).utcoffset() or _NO_TIME  # type: ignore[arg-type]


_MOST_SAMPLED: Final = 200


def _sample(moments: Sequence[datetime]) -> Iterable[datetime]:
    """Enough of these to meet each period between two changes of clocks."""
    step = max(1, len(moments) // _MOST_SAMPLED)
    return (*moments[::step], *moments[-1:])
