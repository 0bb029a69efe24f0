"""Plans and backfills into rows. Loads the models, so it comes when somebody plans."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Final

from dli_tui.domain.backfill import Backfill, BackfillDate, BackfillPlan, PlannedSlot, SlotAction
from dli_tui.domain.ids import WorkflowKey
from dli_tui.domain.run import WorkflowRun
from dli_tui.domain.status import RunStatus
from dli_tui.domain.text import safe_line
from dli_tui.domain.zones import zone_of
from dli_tui.insight.durations import Durations
from dli_tui.present import words
from dli_tui.present.backfillrows import (
    BackfillSheet,
    DateRow,
    DayMark,
    Marks,
    PlanSheet,
    SlotRow,
)
from dli_tui.present.worst import worst

_NOT_DUE: Final = "not due yet"


def plan_sheet(plan: BackfillPlan, *, startable: bool, most: int) -> PlanSheet:
    """The plan of one workflow's backfill, with a row for `most` of its slots."""
    shown = plan.slots[:most]
    starts, count = plan.to_run, len(plan.slots)
    return PlanSheet(
        name=words.name(plan.dataset_name),
        total=count,
        slots=tuple(
            SlotRow(said, slot.run_status, slot.action, slot.note or "")
            for slot, said in zip(shown, _dates(shown, plan.timezone), strict=True)
        ),
        starts=starts,
        skips=count - starts,
        seconds=plan.estimate_seconds,
        finishes=plan.finishes_at,
        warnings=tuple(safe_line(warning) for warning in plan.warnings),
        startable=startable,
    )


def marks(plans: Iterable[BackfillPlan], first: date, last: date) -> Marks:
    """The days of some plans from `first` to `last`: of several workflows, the worst of each."""
    slots: dict[date, list[PlannedSlot]] = defaultdict(list)
    for plan in plans:
        for slot in plan.slots:
            if first <= slot.day <= last:
                slots[slot.day].append(slot)
    return {day: _mark(found) for day, found in slots.items()}


def with_choice(whole: Marks, chosen: Marks) -> dict[date, DayMark]:
    """The marks of a whole month, and what would happen on the days that are chosen."""
    idle = {day: mark._replace(starts=0) for day, mark in whole.items()}
    return idle | {day: mark for day, mark in chosen.items() if day in idle}


def backfill_sheet(backfill: Backfill, past: Durations | None, *, is_left: bool) -> BackfillSheet:
    """A backfill that was started, `past` being how long its runs take; `is_left`: nobody is
    going to run the dates that have not begun."""
    whole = backfill.whole
    days = [one.day for one in backfill.dates]
    going = [one.run for one in backfill.dates if one.run is not None and one.run.status.is_running]
    stopped = " ".join(
        part for part in (whole.stopped_by and f"by {whole.stopped_by}", whole.reason) if part
    )
    return BackfillSheet(
        ref=whole.ref,
        key=WorkflowKey(whole.dataset_name, whole.source_type),
        name=words.name(whole.run_id),
        workflow=words.name(whole.dataset_name),
        status=whole.status,
        range=_range(days, "%Y-%m-%d"),
        days=_range(days, "%m-%d"),
        done=sum(one.status is RunStatus.COMPLETED for one in backfill.dates),
        failed=len(backfill.failed),
        not_begun=len(backfill.not_begun),
        total=len(backfill.dates),
        parallel=backfill.parallel,
        by=safe_line(whole.triggered_by or ""),
        created=whole.created_at,
        finished=whole.finished_at,
        going=bool(going),
        youngest=_youngest(going),
        usual=past.p50 if past is not None else None,
        error=safe_line(whole.error_line or ""),
        stopped=safe_line(stopped),
        unfinished=is_left,
        zone=safe_line(backfill.timezone),
        held=backfill.is_held,
    )


def _youngest(going: Sequence[WorkflowRun]) -> datetime | None:
    """When the last of the runs under way began; None while one of them still waits."""
    begun = [run.started_at for run in going if run.started_at is not None]
    return max(begun) if begun and len(begun) == len(going) else None


def _mark(slots: Sequence[PlannedSlot]) -> DayMark:
    existing = {slot.run_status for slot in slots if slot.run_status is not None}
    return DayMark(
        slots=len(slots),
        starts=sum(slot.action is not SlotAction.SKIP for slot in slots),
        worst=worst(existing),
        due=any(slot.note != _NOT_DUE for slot in slots),
    )


def _dates(slots: Sequence[PlannedSlot | BackfillDate], timezone: str) -> list[str]:
    """Each slot's date, with the time where some day has several; an hour that comes twice on
    the clock has its offset too."""
    zone = zone_of(timezone)
    timed = len({slot.day for slot in slots}) < len(slots)
    years = len({slot.day.year for slot in slots}) > 1
    form = ("%Y-" if years else "") + "%m-%d %a" + (" %H:%M" if timed else "")
    moments = [slot.slot.astimezone(zone) for slot in slots]
    told = [f"{moment:{form}}" for moment in moments]
    often = Counter(told)
    return [
        said if often[said] == 1 else f"{said} {moment.isoformat()[-6:]}"
        for moment, said in zip(moments, told, strict=True)
    ]


def date_rows(backfill: Backfill) -> tuple[DateRow, ...]:
    """A row for each date of a backfill that was started."""
    told = _dates(backfill.dates, backfill.timezone)
    return tuple(_date_row(one, said) for one, said in zip(backfill.dates, told, strict=True))


def _date_row(one: BackfillDate, told: str) -> DateRow:
    run = one.run
    if run is None:
        return DateRow(one.slot, told, None, "", None, "", None, None, "")
    unknown = run.status is RunStatus.UNKNOWN and run.raw_status
    return DateRow(
        slot=one.slot,
        told=told,
        status=run.status,
        word=safe_line(run.raw_status or "") if unknown else "",
        ref=run.ref,
        run=words.name(run.run_id),
        seconds=run.duration_seconds,
        began=run.started_at,
        error=safe_line(run.error_line or ""),
    )


def _range(days: Sequence[date], form: str) -> str:
    if not days:
        return ""
    first, last = min(days), max(days)
    return f"{first:{form}}" if first == last else f"{first:{form}} to {last:{form}}"
