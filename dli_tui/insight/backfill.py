"""The plan of a backfill: every slot, the run that exists for it, and what would happen."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Final

from dli_tui.domain.backfill import (
    BackfillForecast,
    BackfillPlan,
    PlannedSlot,
    RunDate,
    RunDates,
    SlotAction,
)
from dli_tui.domain.cron import InvalidCronError
from dli_tui.domain.errors import ConfigurationError
from dli_tui.domain.query import BackfillChoice, BackfillScope
from dli_tui.domain.rules import parameter_date
from dli_tui.domain.run import WorkflowRun
from dli_tui.domain.schedule import fires, slots_or_days
from dli_tui.domain.status import RunStatus, WorkflowStatus
from dli_tui.domain.workflow import WorkflowInfo
from dli_tui.domain.zones import zone_of
from dli_tui.insight.durations import durations

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

MOST_SLOTS: Final = 10_000
MOST_DATES: Final = 100_000
"""Two months of a schedule that has a date each minute."""
_MOST_CLASHES: Final = 20
EACH_DAY: Final = "It has no schedule, so every calendar day counts as one slot."
_NOT_DUE: Final = "not due yet"


def plan(
    row: WorkflowInfo,
    runs: Iterable[WorkflowRun],
    choice: BackfillChoice,
    now: datetime,
    dates: RunDates,
    *,
    forecast: BackfillForecast | None = None,
    reruns: bool = True,
) -> BackfillPlan:
    """What a backfill of `row` would do as it was chosen.

    `runs` are its runs, newest first; `dates` are those of its schedule; `forecast` is what the
    server says that it would run, where it can be asked; `reruns` tells whether a date can have a
    second run.
    """
    known = tuple(runs)
    existing, zone = _by_slot(known, row), zone_of(dates.timezone)
    told = None if forecast is None else frozenset(forecast.slots)
    limit = min(now, dates.next_date) if dates.next_date is not None else now
    planned = (
        _planned(
            one, day, existing.get(one.logical_date) or existing.get(day), choice, reruns=reruns
        )
        if one.logical_date < limit or (limit is now and one.logical_date == now)
        else _too_early(one, day, now)
        for one, day in _of_choice(dates, known, told or (), choice, zone)
    )
    slots = tuple(one if told is None else _as_told(one, told) for one in planned)
    wanted = sum(slot.action is not SlotAction.SKIP for slot in slots)
    at_once = None if forecast is None else forecast.at_once
    seconds = _estimate(known, wanted, parallel=choice.parallel, at_once=at_once)
    finish = None if seconds is None else now + timedelta(seconds=seconds)
    return BackfillPlan(
        dataset_name=row.dataset_name,
        start_date=choice.start,
        end_date=choice.end,
        timezone=dates.timezone,
        scope=choice.scope,
        parallel=choice.parallel,
        is_plain=choice.is_plain,
        is_confirmed=told is not None,
        slots=slots,
        estimate_seconds=seconds,
        finishes_at=finish,
        only_all_at_once=dates.only_all_at_once,
        warnings=(
            *dates.warnings,
            *_warnings(slots, choice),
            *_about_schedule(row, now, finish),
        ),
    )


def dates_of_schedule(
    row: WorkflowInfo, first: date, last: date, timezone: str | None = None
) -> RunDates:
    """The dates of a schedule whose cron and zone are known; without one, each calendar day."""
    zone = timezone or row.display_zone
    moments = slots_or_days(row.cron, zone, first, last, most=MOST_DATES + 1)
    require_few(len(moments), first, last, MOST_DATES)
    said = () if row.cron is not None else (EACH_DAY,)
    dates = tuple(RunDate(logical_date=moment) for moment in moments)
    return RunDates(dates=dates, timezone=zone, warnings=said)


def require_few(count: int, first: date, last: date, most: int = MOST_SLOTS) -> None:
    """Refuse a range of more dates than a plan holds, or a month that is looked at."""
    if count > most:
        raise ConfigurationError(
            f"From {first} to {last} are more than {most:,} slots",
            hint="Choose a shorter range.",
        )


def _of_choice(
    dates: RunDates,
    runs: Iterable[WorkflowRun],
    told: Collection[datetime],
    choice: BackfillChoice,
    zone: ZoneInfo,
) -> list[tuple[RunDate, date]]:
    """The dates of the chosen days with their days, in order.

    A server doesn't name the dates whose runs are under way; those runs tell them.
    """
    known = {one.logical_date: one for one in dates.dates}
    under_way = (run.slot for run in runs if run.status.is_running and run.slot is not None)
    for slot in (*told, *under_way):
        known.setdefault(slot, RunDate(logical_date=slot))
    named = frozenset(told)
    days = ((known[slot], slot.astimezone(zone).date()) for slot in sorted(known))
    found = [
        (one, day)
        for one, day in days
        if choice.start <= day <= choice.end or one.logical_date in named
    ]
    require_few(len(found), choice.start, choice.end)
    return found


def _as_told(planned: PlannedSlot, told: frozenset[datetime]) -> PlannedSlot:
    """A slot as the server says that it would go."""
    skips = planned.action is SlotAction.SKIP
    if (planned.slot in told) is not skips:
        return planned
    if not skips:
        return planned.twin(action=SlotAction.SKIP, note="the server leaves it alone")
    action = SlotAction.RUN if planned.run_id is None else SlotAction.RERUN
    return planned.twin(action=action, note="would run all the same", unasked=True)


def _by_slot(runs: Iterable[WorkflowRun], row: WorkflowInfo) -> dict[datetime | date, WorkflowRun]:
    """The newest run of each slot, and of each date that only a parameter names."""
    found: dict[datetime | date, WorkflowRun] = {}
    for run in runs:
        key: datetime | date | None = run.slot or parameter_date(run.parameters)
        if key is not None and run.dataset_name == row.dataset_name:
            found.setdefault(key, run)
    return found


def _too_early(one: RunDate, day: date, now: datetime) -> PlannedSlot:
    """A date that its scheduler runs itself: were it run before, the scheduler would skip it."""
    note = _NOT_DUE if one.logical_date > now else "the scheduler runs it next"
    return PlannedSlot(slot=one.logical_date, day=day, action=SlotAction.SKIP, note=note)


def _planned(
    one: RunDate,
    day: date,
    run: WorkflowRun | None,
    choice: BackfillChoice,
    *,
    reruns: bool,
) -> PlannedSlot:
    slot = one.logical_date
    action, note = _action(run, choice.scope)
    if action is SlotAction.RERUN and not reruns:
        action, note = SlotAction.SKIP, "has its one run: retry that"
    if day in choice.without or (choice.only is not None and slot not in choice.only):
        action, note = SlotAction.SKIP, "left out"
    return PlannedSlot(
        slot=slot,
        day=day,
        action=action,
        run_id=run.run_id if run else None,
        run_status=run.status if run else None,
        note=note,
        data_interval_start=one.data_interval_start,
        data_interval_end=one.data_interval_end,
    )


def _action(run: WorkflowRun | None, scope: BackfillScope) -> tuple[SlotAction, str | None]:
    if run is None:
        if scope is BackfillScope.FAILED:
            return SlotAction.SKIP, "no run that failed"
        return SlotAction.RUN, None
    if run.status.is_running:
        return SlotAction.SKIP, "under way"
    bad = run.status in (RunStatus.FAILED, RunStatus.TIMEOUT, RunStatus.KILLED)
    if scope is BackfillScope.MISSING or (scope is BackfillScope.FAILED and not bad):
        return SlotAction.SKIP, "exists"
    return SlotAction.RERUN, None


def _estimate(
    runs: Iterable[WorkflowRun], wanted: int, *, parallel: bool, at_once: int | None
) -> float | None:
    past = durations(runs)
    if past is None or wanted == 0:
        return None
    return past.p95 * -(-wanted // (at_once or wanted)) if parallel else past.p50 * wanted


def _warnings(slots: tuple[PlannedSlot, ...], choice: BackfillChoice) -> tuple[str, ...]:
    warnings: list[str] = []
    unasked = [slot for slot in slots if slot.unasked]
    if unasked:
        warnings.append(
            f"All at once, the server would also run {len(unasked)} that you left out, the first "
            f"on {unasked[0].day}: choose dates without them, or one after the other."
        )
    done = sum(
        slot.action is SlotAction.RERUN and slot.run_status is RunStatus.COMPLETED for slot in slots
    )
    if done and choice.scope is BackfillScope.ALL:
        warnings.append(f"Completed before and would run again: {done}.")
    early = sum(slot.note == _NOT_DUE for slot in slots)
    if early:
        warnings.append(f"Of those left alone, not due yet: {early}.")
    return tuple(warnings)


def _about_schedule(row: WorkflowInfo, now: datetime, finish: datetime | None) -> tuple[str, ...]:
    """What its own schedule has to do with it: that it is held, or fires in between."""
    if row.status is not WorkflowStatus.ACTIVE:
        return (f"It is {row.status}, so nothing can be started before that has changed.",)
    if row.cron is None or row.timezone is None or finish is None:
        return ()
    try:
        coming = tuple(islice(fires(row.cron, row.timezone, now), _MOST_CLASHES + 1))
    except InvalidCronError:
        return ()
    clashes = [moment for moment in coming if moment <= finish]
    if not clashes:
        return ()
    many = f"more than {_MOST_CLASHES} times" if len(clashes) > _MOST_CLASHES else _times(clashes)
    first = _in_full(clashes[0])
    return (f"Its schedule fires {many} before this would be done, first at {first}.",)


def _in_full(moment: datetime) -> str:
    """A moment by its own clock. It may be days ahead, and the reader lives by another clock."""
    shown = f"{moment:%Y-%m-%d %H:%M}"
    return f"{shown} {moment.isoformat()[-6:]}" if moment.utcoffset() else shown


def _times(clashes: Sequence[datetime]) -> str:
    return "once" if len(clashes) == 1 else f"{len(clashes)} times"
