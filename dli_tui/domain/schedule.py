"""When a workflow runs: cron in a zone, and the moments it fires.

Fires follow Airflow's own rule, because Airflow is what keeps these schedules: a schedule
that fires every hour goes by real time, any other by the wall clock. A wall-clock time
that a change of clocks skips fires as much later as the clocks jumped; one that comes
twice fires once, the second time.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import islice, takewhile
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from pydantic import Field

from dli_tui.domain.clock import as_utc
from dli_tui.domain.cron import CronProblem, InvalidCronError, fields_of
from dli_tui.domain.errors import ConfigurationError
from dli_tui.domain.value import Value
from dli_tui.domain.zones import zone_of

# The longest gap is eight years: 29 February across a century that is no leap year.
_HORIZON_DAYS: Final = 8 * 366 + 2
# Clocks have never moved by more than a day at once; three hours covers every zone in use.
_LARGEST_SHIFT: Final = timedelta(hours=3)
_NO_OFFSET: Final = timedelta()
_INSTANT: Final = timedelta(microseconds=1)


class RetryConfig(Value):
    """How often and how patiently a failed step is tried again."""

    max_attempts: int = Field(default=1, ge=1, description="How many times a step is tried in all.")
    delay_seconds: int = Field(default=300, ge=0, description="Seconds between two tries.")


class NotificationTarget(Value):
    """Where one message goes."""

    type: str = Field(description="The kind of message: slack, webhook, email.")
    channel: str | None = Field(default=None, description="The channel or address, if it has one.")
    url: str | None = Field(default=None, description="The webhook, if it has one.")


class NotificationConfig(Value):
    """Who hears of what."""

    on_failure: tuple[NotificationTarget, ...] = Field(default=(), description="When a run fails.")
    on_success: tuple[NotificationTarget, ...] = Field(default=(), description="When it succeeds.")
    on_source_change: tuple[NotificationTarget, ...] = Field(
        default=(), description="When CODE takes over from MANUAL, or gives it back."
    )


class ScheduleConfig(Value):
    """When a workflow runs and what happens when it fails."""

    cron: str | None = Field(default=None, description="Five-field cron; none: runs by hand only.")
    timezone: str = Field(default="UTC", description="The IANA zone in which the cron is read.")
    enabled: bool = Field(default=True, description="Whether it fires from the start.")
    retry: RetryConfig = Field(default_factory=RetryConfig, description="How failures are retried.")
    notifications: NotificationConfig = Field(
        default_factory=NotificationConfig, description="Who hears of what."
    )

    @property
    def retry_max_attempts(self) -> int:
        """The seeds' flat name for `retry.max_attempts`."""
        return self.retry.max_attempts

    @property
    def retry_delay_seconds(self) -> int:
        """The seeds' flat name for `retry.delay_seconds`."""
        return self.retry.delay_seconds


def fires(cron: str, timezone: str, after: datetime) -> Iterator[datetime]:
    """Each moment later than `after` at which the schedule fires, in its own zone."""
    zone = zone_of(timezone)
    return (moment.astimezone(zone) for moment in _moments(cron, zone, after))


def fires_at(cron: str, timezone: str, moment: datetime) -> bool:
    """Whether the schedule fires at that very moment."""
    return next(_moments(cron, zone_of(timezone), moment - _INSTANT), None) == as_utc(moment)


def next_fires(cron: str, timezone: str, after: datetime, count: int) -> tuple[datetime, ...]:
    """The next `count` fires, each with the offset of its own moment."""
    return tuple(islice(fires(cron, timezone, after), count))


def fires_between(
    cron: str, timezone: str, after: datetime, until: datetime
) -> tuple[datetime, ...]:
    """Every fire later than `after` and not later than `until`, in UTC."""
    end = as_utc(until)
    return tuple(takewhile(lambda moment: moment <= end, _moments(cron, zone_of(timezone), after)))


def next_fire(cron: str | None, timezone: str, after: datetime) -> datetime | None:
    """The next fire in UTC, or None where the cron or zone is not one that we can read."""
    if cron is None:
        return None
    try:
        return next(_moments(cron, zone_of(timezone), after), None)
    except (ConfigurationError, InvalidCronError):
        return None


def slots_of(
    cron: str, timezone: str, first: date, last: date, *, most: int | None = None
) -> tuple[datetime, ...]:
    """The fires (at `most` so many) on the days from `first` to `last`, both included, in UTC."""
    zone = zone_of(timezone)
    start = _on_the_clock(datetime.combine(first, time.min), zone) - timedelta(microseconds=1)
    end = _on_the_clock(datetime.combine(last + timedelta(days=1), time.min), zone)
    moments = takewhile(lambda moment: moment < end, _moments(cron, zone, start))
    return tuple(islice(moments, most))


def slots_or_days(
    cron: str | None, timezone: str, first: date, last: date, *, most: int | None = None
) -> tuple[datetime, ...]:
    """The slots of a range; without a readable cron, the midnight of each of its days."""
    try:
        if cron is not None:
            return slots_of(cron, timezone, first, last, most=most)
    except InvalidCronError:
        pass
    zone = zone_of(timezone)
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return tuple(_on_the_clock(datetime.combine(day, time.min), zone) for day in days)


def _moments(cron: str, zone: ZoneInfo, after: datetime) -> Iterator[datetime]:
    """Each fire later than `after`, in UTC."""
    calendar, start = _calendar(cron), as_utc(after)
    if calendar is None:
        return _by_croniter(cron, start, zone)
    return (_by_real_time if calendar.every_hour else _by_the_wall)(calendar, start, zone)


class _Calendar(NamedTuple):
    """The five fields as numbers; None in the last three means any."""

    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: frozenset[int] | None
    months: frozenset[int] | None
    weekdays: frozenset[int] | None
    every_hour: bool

    def matches(self, day: date) -> bool:
        """Whether it fires on `day`. Cron's rule: given both day fields, either will do."""
        if self.months is not None and day.month not in self.months:
            return False
        by_day = self.days is None or day.day in self.days
        by_weekday = self.weekdays is None or day.isoweekday() % 7 in self.weekdays
        if self.days is not None and self.weekdays is not None:
            return by_day or by_weekday
        return by_day and by_weekday


@lru_cache(maxsize=1024)
def _calendar(cron: str) -> _Calendar | None:
    """The calendar of an expression that every scheduler understands; None for any other."""
    fields = fields_of(cron)
    if isinstance(fields, CronProblem):
        return None
    return _Calendar(
        tuple(range(60) if fields.minutes is None else sorted(fields.minutes)),
        tuple(range(24) if fields.hours is None else sorted(fields.hours)),
        fields.days,
        fields.months,
        fields.weekdays,
        every_hour=fields.hours is None,
    )


def _by_the_wall(calendar: _Calendar, start: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """Fires of a schedule that names its hours: the clock on the wall decides."""
    last = start
    wall = start.astimezone(zone).replace(tzinfo=None) - _LARGEST_SHIFT
    day, idle_days = wall.date(), 0
    while idle_days < _HORIZON_DAYS:
        idle_days += 1
        if calendar.matches(day):
            for hour in calendar.hours:
                for minute in calendar.minutes:
                    moment = _on_the_clock(datetime.combine(day, time(hour, minute)), zone)
                    if moment > last:
                        last, idle_days = moment, 0
                        yield moment
        day += timedelta(days=1)


def _by_real_time(calendar: _Calendar, start: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """Fires of a schedule that covers every hour: none is lost or doubled."""
    moment, last, idle_hours = start, start, 0
    while idle_hours < _HORIZON_DAYS * 24:
        idle_hours += 1
        wall = moment.astimezone(zone)
        # Back onto the zone's full hour: the start, and zones that shift by half an hour.
        moment -= timedelta(minutes=wall.minute, seconds=wall.second, microseconds=wall.microsecond)
        if calendar.matches(wall.date()):
            for minute in calendar.minutes:
                fire = moment + timedelta(minutes=minute)
                if fire > last and fire.astimezone(zone).minute == minute:
                    last, idle_hours = fire, 0
                    yield fire
        moment += timedelta(hours=1)


def _by_croniter(cron: str, start: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """Fires of an expression that we wouldn't send anywhere, but that a server may have."""
    # Slow to load, and needed only for the presets, `L`, `#` and the like of other systems.
    from croniter import CroniterBadCronError, CroniterBadDateError, croniter  # noqa: PLC0415

    wall, last = start.astimezone(zone).replace(tzinfo=None) - _LARGEST_SHIFT, start
    try:
        walk = croniter(cron, wall)
        while True:
            moment = _on_the_clock(walk.get_next(datetime), zone)
            if moment > last:
                last = moment
                yield moment
    except CroniterBadDateError:
        return
    except CroniterBadCronError as error:
        raise InvalidCronError(cron, CronProblem("no scheduler understands it")) from error


def _on_the_clock(wall: datetime, zone: ZoneInfo) -> datetime:
    """The moment, in UTC, at which a clock on the wall of `zone` shows `wall`."""
    # Of two offsets the smaller one is right either way: a wall time that comes twice is meant
    # the second time, one that is skipped is as much later as the clocks jumped.
    once = wall.replace(tzinfo=zone)
    offsets = once.utcoffset(), once.replace(fold=1).utcoffset()
    return (wall - min(offset or _NO_OFFSET for offset in offsets)).replace(tzinfo=UTC)
