"""The plan of a backfill: every slot, the run that exists for it, and what would happen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Final

from dli_tui.domain.backfill import BackfillForecast, BackfillPlan, PlannedSlot, SlotAction
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
_MOST_CLASHES: Final = 20


def plan(
    row: WorkflowInfo,
    runs: Iterable[WorkflowRun],
    choice: BackfillChoice,
    now: datetime,
    forecast: BackfillForecast | None = None,
    *,
    reruns: bool = True,
) -> BackfillPlan:
    """What a backfill of `row` would do as it was chosen, given its `runs`, newest first, what
    the server says that it would run, where it does, and whether a date can have a second run."""
    known = tuple(runs)
    existing, zone = _by_slot(known, row), zone_of(row.timezone)
    told = None if forecast is None else frozenset(forecast.slots)
    moments = _slots(row, choice) if told is None else _with_told(_slots(row, choice), told, zone)
    days = ((slot, slot.astimezone(zone).date()) for slot in moments)
    planned = (
        _planned(slot, day, existing.get(slot) or existing.get(day), choice, now, reruns=reruns)
        for slot, day in days
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
        timezone=row.timezone,
        scope=choice.scope,
        parallel=choice.parallel,
        is_plain=choice.is_plain,
        is_confirmed=told is not None,
        slots=slots,
        estimate_seconds=seconds,
        finishes_at=finish,
        warnings=(*_warnings(row, slots, choice), *_about_schedule(row, now, finish)),
    )


def _slots(row: WorkflowInfo, choice: BackfillChoice) -> tuple[datetime, ...]:
    moments = slots_or_days(row.cron, row.timezone, choice.start, choice.end, most=MOST_SLOTS + 1)
    if len(moments) > MOST_SLOTS:
        raise ConfigurationError(
            f"From {choice.start} to {choice.end} are more than {MOST_SLOTS:,} slots",
            hint="Choose a shorter range.",
        )
    return moments


def _with_told(
    ours: Iterable[datetime], told: frozenset[datetime], zone: ZoneInfo
) -> tuple[datetime, ...]:
    """The slots of a range where the server names some: its own have the say on their days."""
    by_day: dict[date, set[datetime]] = {}
    for slot in told:
        by_day.setdefault(slot.astimezone(zone).date(), set()).add(slot)
    mine, found = frozenset(ours), set(told)
    for slot in mine:
        # A day of which the server names other moments has a schedule that we read wrongly.
        others = by_day.get(slot.astimezone(zone).date(), set())
        if not others or not others.isdisjoint(mine):
            found.add(slot)
    return tuple(sorted(found))


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


def _planned(
    slot: datetime,
    day: date,
    run: WorkflowRun | None,
    choice: BackfillChoice,
    now: datetime,
    *,
    reruns: bool,
) -> PlannedSlot:
    action, note = _action(run, choice.scope)
    if action is SlotAction.RERUN and not reruns:
        action, note = SlotAction.SKIP, "has its one run: retry that"
    if day in choice.without or (choice.only is not None and slot not in choice.only):
        action, note = SlotAction.SKIP, "left out"
    if slot > now:
        action, note = SlotAction.SKIP, "not due yet"
    return PlannedSlot(
        slot=slot,
        day=day,
        action=action,
        run_id=run.run_id if run else None,
        run_status=run.status if run else None,
        note=note,
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


def _warnings(
    row: WorkflowInfo, slots: tuple[PlannedSlot, ...], choice: BackfillChoice
) -> tuple[str, ...]:
    warnings: list[str] = []
    unasked = [slot for slot in slots if slot.unasked]
    if unasked:
        warnings.append(
            f"All at once, the server would also run {len(unasked)} that you left out, the first "
            f"on {unasked[0].day}: choose dates without them, or one after the other."
        )
    if row.cron is None:
        warnings.append("It has no schedule, so every calendar day counts as one slot.")
    done = sum(
        slot.action is SlotAction.RERUN and slot.run_status is RunStatus.COMPLETED for slot in slots
    )
    if done and choice.scope is BackfillScope.ALL:
        warnings.append(f"Completed before and would run again: {done}.")
    early = sum(slot.note == "not due yet" for slot in slots)
    if early:
        warnings.append(f"Of those left alone, not due yet: {early}.")
    return tuple(warnings)


def _about_schedule(row: WorkflowInfo, now: datetime, finish: datetime | None) -> tuple[str, ...]:
    """What its own schedule has to do with it: that it is held, or fires in between."""
    if row.status is not WorkflowStatus.ACTIVE:
        return (f"It is {row.status}, so nothing can be started before that has changed.",)
    if row.cron is None or finish is None:
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
