"""The part of the adapter that is about backfills: Airflow's own (3.x), beside those that we keep.

What goes all at once Airflow keeps going itself; what goes one after the other is ours to keep.
An id tells which of the two is meant.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Final, TypeVar

from dli_tui.backends import fallback
from dli_tui.backends.airflow.asking import Asking
from dli_tui.backends.airflow.backfillrows import number_of
from dli_tui.backends.airflow.backfills import Backfills
from dli_tui.backends.airflow.book import Book
from dli_tui.backends.airflow.place import Airflow
from dli_tui.backends.port import Backend
from dli_tui.backends.sequences import age
from dli_tui.domain.capability import Capability
from dli_tui.domain.ids import RunRef
from dli_tui.domain.sequence import SequenceMark

if TYPE_CHECKING:
    from dli_tui.domain.backfill import Backfill, BackfillForecast
    from dli_tui.domain.query import BackfillRequest
    from dli_tui.domain.results import WorkflowRunResult
    from dli_tui.domain.run import WorkflowRun

Result = TypeVar("Result")

OWN_BACKFILLS: Final = frozenset(
    {
        Capability.BACKFILL_PARALLEL,
        Capability.BACKFILL_DATES,
        Capability.BACKFILL_FORECAST,
        Capability.BACKFILL_PAUSE,
    }
)
"""What a version offers besides that keeps backfills going itself."""


class KeepsBackfills(Backend):
    """What an Airflow is asked about backfills."""

    _airflow: Airflow
    _asking: Asking
    _backfills: Backfills
    _book: Book

    @abstractmethod
    async def _meet(self, name: str) -> None:
        """See to it that a name means its DAG."""

    async def backfill_status(self, ref: RunRef) -> Backfill:
        if not await self._is_own(ref):
            return await super().backfill_status(ref)
        await self._meet_of(ref)
        return await self._backfills.status(ref)

    async def backfills(self) -> tuple[Backfill, ...]:
        kept_by_us = await self._kept_by_us()
        if not (await self._airflow.found()).dialect.keeps_backfills:
            return kept_by_us
        both = (*await self._backfills.lately(), *kept_by_us)
        return tuple(sorted(both, key=age, reverse=True))

    async def _kept_by_us(self) -> tuple[Backfill, ...]:
        """Those that a program of ours kept going lately."""
        from dli_tui.backends.sequences import sequences  # noqa: PLC0415 - one page needs the models

        by_id: dict[RunRef, list[WorkflowRun]] = {}
        for run in await self._asking.marked():
            ref = RunRef(run.backfill_id or "", run.dataset_name)
            by_id.setdefault(ref, []).append(run)
        runs = [run for ref, some in by_id.items() for run in await self._all_of(ref, some)]
        return sequences(
            runs, {row.dataset_name: row.display_zone for row in self._book.rows(None)}
        )

    async def _all_of(self, ref: RunRef, some: list[WorkflowRun]) -> list[WorkflowRun]:
        """Every run of a backfill, of which these were begun last."""
        mark = SequenceMark.of(some[0].parameters)
        if mark is None or set(mark.slots[:1]) <= {run.slot for run in some}:
            # The first that was begun is there, and so are those since.
            return some
        return await fallback.runs_of_days(self, ref) or some

    async def _meet_of(self, ref: RunRef) -> None:
        if ref.workflow is not None:
            await self._meet(ref.workflow)

    async def backfill_slots(self, request: BackfillRequest) -> BackfillForecast:
        await self._need_own(request)
        return await self._backfills.forecast(request)

    async def backfill(self, request: BackfillRequest) -> WorkflowRunResult:
        await self._need_own(request)
        return await self._backfills.start(request)

    async def _need_own(self, request: BackfillRequest) -> None:
        """Airflow keeps going what goes all at once, and decides about single dates itself."""
        await self._meet(request.dataset_name)
        if not request.parallel:
            raise self._unsupported(Capability.SEQUENCES)
        if not (await self._airflow.found()).dialect.keeps_backfills:
            raise self._unsupported(Capability.BACKFILL_PARALLEL)
        if request.slots is not None:
            raise self._unsupported(Capability.BACKFILL_SLOTS)

    async def pause_backfill(self, ref: RunRef) -> WorkflowRunResult:
        return await self._held(ref, is_held=True)

    async def unpause_backfill(self, ref: RunRef) -> WorkflowRunResult:
        return await self._held(ref, is_held=False)

    async def _held(self, ref: RunRef, *, is_held: bool) -> WorkflowRunResult:
        await self._meet_of(ref)
        if not await self._is_own(ref):
            raise self._unsupported(Capability.BACKFILL_PAUSE)
        return await self._backfills.hold(ref, is_held=is_held)

    async def cancel_backfill(self, ref: RunRef, reason: str | None) -> WorkflowRunResult:
        """Stop one that Airflow keeps going itself."""
        await self._meet_of(ref)
        return await self._backfills.cancel(ref, reason)

    async def _is_own(self, ref: RunRef) -> bool:
        """Whether an id means a backfill that Airflow keeps going itself."""
        if number_of(ref.run_id) is None:
            return False
        return (await self._airflow.found()).dialect.keeps_backfills
