"""The longer way, for backends whose system has less: made of lists and histories alone."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta
from operator import itemgetter
from typing import TYPE_CHECKING

from dli_tui.domain.page import Changes
from dli_tui.domain.query import HistoryQuery, WorkflowQuery
from dli_tui.domain.retry import RetryPlan, StepAgain
from dli_tui.domain.rules import in_force, matches_run
from dli_tui.domain.sequence import SequenceMark
from dli_tui.domain.status import RunType, StepStatus
from dli_tui.domain.workflow import DatasetInfo
from dli_tui.domain.zones import zone_of

if TYPE_CHECKING:
    from dli_tui.backends.port import Backend
    from dli_tui.domain.backfill import Backfill
    from dli_tui.domain.ids import RunRef, WorkflowKey
    from dli_tui.domain.run import WorkflowRun
    from dli_tui.domain.workflow import WorkflowInfo

# Parallel requests gain little on the servers that we know and crowd out everybody else.
_AT_ONCE = 4
_MOST_RUNS = 2_000
"""So many runs are looked through for those of one backfill."""
_ANY_ZONE = timedelta(days=1)
"""A day of a schedule's zone may begin a day before UTC's, or after it."""
_LATELY = 200
"""So many of the latest runs of backfills are looked at for those that were left."""
_LATELY_PAGES = 10
"""A server that doesn't read the filter would have its whole history read each minute."""


async def workflow(backend: Backend, name: str) -> tuple[WorkflowInfo, ...]:
    """The rows of one name, found by paging through the list."""
    found: list[WorkflowInfo] = []
    async for page in backend.workflows(WorkflowQuery(name=name)):
        found.extend(row for row in page.items if row.dataset_name == name)
    return tuple(found)


async def recent_runs(
    backend: Backend, names: Sequence[str], count: int
) -> Mapping[str, tuple[WorkflowRun, ...]]:
    """The last runs of each name, one history a name, a few at a time."""
    gate = asyncio.Semaphore(_AT_ONCE)

    async def of(name: str) -> tuple[WorkflowRun, ...]:
        async with gate:
            runs: list[WorkflowRun] = []
            query = HistoryQuery(workflow=name, limit=count)
            async for page in backend.history(query):
                # Some servers ignore the filters, or the limit, that they don't know.
                runs.extend(run for run in page.items if matches_run(run, query))
                if len(runs) >= count:
                    break
            return tuple(runs[:count])

    found = await asyncio.gather(*(of(name) for name in names))
    return dict(zip(names, found, strict=True))


async def backfill_status(backend: Backend, ref: RunRef) -> Backfill:
    """A backfill by what its history tells: dates without a run are known only by marks."""
    from dli_tui.backends.sequences import sequence  # noqa: PLC0415 - one page needs the models
    from dli_tui.domain.backfill import Backfill, BackfillDate  # noqa: PLC0415 - as above

    runs = await _runs_of(backend, ref)
    zone = await _zone(backend, runs[0].dataset_name if runs else ref.workflow)
    kept = sequence(runs, zone) if runs else None
    if kept is not None:
        return kept
    whole = await backend.run_status(ref)
    dated = sorted(((run.slot, run) for run in runs if run.slot is not None), key=itemgetter(0))
    dates = tuple(
        BackfillDate(slot=slot, day=slot.astimezone(zone_of(zone)).date(), run=run)
        for slot, run in dated
    )
    return Backfill(whole=whole, timezone=zone, dates=dates)


async def runs_of_days(backend: Backend, ref: RunRef) -> list[WorkflowRun]:
    """The runs of a backfill among those of its days; none where its id doesn't tell them."""
    days = SequenceMark.days_in(ref.run_id)
    if days is None:
        return []
    first, last = days[0] - _ANY_ZONE, days[1] + _ANY_ZONE
    query = HistoryQuery(workflow=ref.workflow, start_date=first, end_date=last)
    return await _found(backend, ref, query._replace(run_type=RunType.BACKFILL))


async def _runs_of(backend: Backend, ref: RunRef) -> list[WorkflowRun]:
    """The runs of a backfill; those that tell no date as far back as it has begun."""
    query = HistoryQuery(workflow=ref.workflow, run_type=RunType.BACKFILL)
    return await runs_of_days(backend, ref) or await _found(backend, ref, query)


async def _found(backend: Backend, ref: RunRef, query: HistoryQuery) -> list[WorkflowRun]:
    found: list[WorkflowRun] = []
    looked = 0
    async for page in backend.history(query):
        found += [run for run in page.items if run.backfill_id == ref.run_id]
        looked += len(page.items)
        mark = SequenceMark.of(found[0].parameters) if found else None
        oldest = min((run.created_at for run in page.items if run.created_at), default=None)
        is_past = mark is not None and oldest is not None and oldest < mark.begun
        # Within its days a run that was begun before it may well stand above one of its own.
        if (is_past and query.start_date is None) or looked >= _MOST_RUNS:
            break
    return found


async def _zone(backend: Backend, name: str | None) -> str:
    row = in_force(await backend.workflow(name)) if name is not None else None
    return row.display_zone if row is not None else "UTC"


async def backfills(backend: Backend) -> tuple[Backfill, ...]:
    """The backfills that somebody kept going lately, by what their runs carry."""
    from dli_tui.backends.sequences import sequences  # noqa: PLC0415 - one page needs the models

    query = HistoryQuery(run_type=RunType.BACKFILL, limit=_LATELY)
    runs: list[WorkflowRun] = []
    pages = 0
    async for page in backend.history(query):
        pages += 1
        runs += [run for run in page.items if SequenceMark.id_of(run.parameters) is not None]
        if len(runs) >= _LATELY or pages == _LATELY_PAGES:
            break
    names = sorted({run.dataset_name for run in runs})
    zones = [await _zone(backend, name) for name in names]
    return sequences(runs, dict(zip(names, zones, strict=True)))


async def dataset_info(backend: Backend, name: str) -> DatasetInfo | None:
    """What the list's row says of a dataset; what it doesn't say stays empty."""
    row = in_force(await backend.workflow(name))
    if row is None:
        return None
    return DatasetInfo(
        name=name,
        owner=row.owner,
        team=row.team,
        description=row.description,
        source_type=row.source_type,
        spec_path=row.s3_path,
        tags=row.tags,
    )


async def retry_plan(backend: Backend, ref: RunRef, names: Sequence[str]) -> RetryPlan:
    """The steps that failed, or those named: what comes after them only the server knows."""
    again = (
        step
        for step in await backend.steps(ref)
        if (step.name in names if names else step.status is StepStatus.FAILED)
    )
    return RetryPlan(
        steps=tuple(StepAgain(name=one.name, map_index=one.map_index) for one in again)
    )


class Relisting:
    """`changes` by listing everything again and comparing with the list before."""

    def __init__(self) -> None:
        self._generation = 0
        self._rows: dict[WorkflowKey, WorkflowInfo] = {}

    async def changes(self, backend: Backend, cursor: str | None) -> Changes:
        """What differs from the list that `cursor` stands for."""
        rows: dict[WorkflowKey, WorkflowInfo] = {}
        async for page in backend.workflows(WorkflowQuery()):
            rows.update((row.key, row) for row in page.items)
        before = self._rows
        known = self._generation > 0 and cursor == str(self._generation)
        self._rows = rows
        self._generation += 1
        if not known:
            return Changes(str(self._generation), tuple(rows.values()), whole=True)
        return Changes(
            str(self._generation),
            workflows=tuple(row for key, row in rows.items() if before.get(key) != row),
            gone=tuple(key for key in before if key not in rows),
        )
