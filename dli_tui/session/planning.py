"""What the plan of a backfill is made of: the row and its runs, fetched for the dates looked at.

A plan is made anew with every key in a form, so it is worked out here from what is known; the
server is asked only for those dates that come into sight of which nothing is known yet.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, TypeVar

from dli_tui.domain.errors import DLIError
from dli_tui.domain.threads import Threads

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date

    from dli_tui.client import WorkflowClient
    from dli_tui.domain.backfill import BackfillForecast, BackfillPlan, RunDates
    from dli_tui.domain.ids import WorkflowKey
    from dli_tui.domain.query import BackfillChoice
    from dli_tui.domain.run import WorkflowRun
    from dli_tui.domain.workflow import WorkflowInfo
    from dli_tui.session.surroundings import Surroundings

Found = TypeVar("Found")

_WEEK: Final = 7
_DAY: Final = timedelta(days=1)
_LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)


class Planning:
    """The backfill of one workflow, while somebody plans it."""

    def __init__(self, client: WorkflowClient, key: WorkflowKey, around: Surroundings) -> None:
        self.key = key
        self.row: WorkflowInfo | None = None
        self.problem: DLIError | None = None
        """Why the last question wasn't answered, if it wasn't."""
        self.answers = 0
        """How often something new was learnt: a plan made before may be another by now."""
        self._client = client
        self._around, self._threads = around, Threads(1)
        self._runs: Sequence[WorkflowRun] = ()
        self._dates: RunDates | None = None
        self._known: tuple[date, date] | None = None
        self._weekly: tuple[str | None, int] | None = None
        self._foretold: dict[BackfillChoice, BackfillForecast | None] = {}
        """What the server said of a choice; None where there was nothing to ask."""

    def knows(self, first: date, last: date) -> bool:
        """Whether the runs of these dates are known."""
        known = self._known
        return known is not None and known[0] <= first and last <= known[1]

    async def look(self, first: date, last: date) -> None:
        """Fetch what isn't known of these dates; a problem is kept, not raised."""
        self.problem = None
        with self._around.activity.under_way():
            try:
                for gap in self._gaps(first, last):
                    await self._fill(*gap)
            except DLIError as problem:
                self.problem = problem

    def is_foretold(self, choice: BackfillChoice) -> bool:
        """Whether the server has said what it would run, where it can be asked."""
        return choice in self._foretold or not self._client.is_foretold(parallel=choice.parallel)

    async def foretell(self, choice: BackfillChoice) -> None:
        """Ask the server what it would run, once a choice; a problem is kept, not raised."""
        dates = self._dates
        if self.is_foretold(choice) or self.row is None or dates is None:
            return
        with self._around.activity.under_way():
            try:
                told = await self._client.forecast(self.row, self._runs, choice, dates)
            except DLIError as problem:
                self.problem = problem
            else:
                self._foretold[choice] = told
                self.answers += 1

    def _gaps(self, first: date, last: date) -> list[tuple[date, date]]:
        """The dates to ask for, so that all from the first known to the last one are known."""
        if self._known is None:
            return [(first, last)]
        start, end = self._known
        before = [(first, start - _DAY)] if first < start else []
        return [*before, (end + _DAY, last)] if last > end else before

    async def _fill(self, first: date, last: date) -> None:
        row = await self._client.row(self.key)
        dates = await self._client.run_dates(row, first, last)
        found = await self._client.runs_for(self.key.name, first, last)
        known = self._known or (first, last)
        self.row, self._runs = row, _merged(found, self._runs)
        self._dates = dates if self._dates is None else _joined(self._dates, dates)
        self._known = min(first, known[0]), max(last, known[1])
        self.answers += 1

    def slots_about(self, choice: BackfillChoice) -> int:
        """About how many slots a plan of these dates has, without making it."""
        from dli_tui.domain.schedule import slots_or_days  # noqa: PLC0415 - it loads the models

        row = self.row
        if row is None:
            return 0
        if self._weekly is None or self._weekly[0] != row.cron:
            week = choice.end - _DAY * (_WEEK - 1), choice.end
            self._weekly = row.cron, len(slots_or_days(row.cron, row.display_zone, *week))
        return self._weekly[1] * ((choice.end - choice.start).days + 1) // _WEEK

    def plan(self, choice: BackfillChoice) -> BackfillPlan | None:
        """What a backfill would do as it is chosen; None while its dates aren't known."""
        dates = self._dates
        if self.row is None or dates is None or not self.knows(choice.start, choice.end):
            return None
        told = self._foretold.get(choice)
        return self._client.planned(self.row, self._runs, choice, dates, told)

    async def aside(self, work: Callable[[], Found]) -> Found:
        """Do what takes longer than a key may in a thread."""
        with self._around.activity.under_way():
            return await self._threads.run(work)


def _joined(known: RunDates, more: RunDates) -> RunDates:
    """The dates of two ranges of days as those of one, with what was said last of them."""
    by_date = {one.logical_date: one for one in (*known.dates, *more.dates)}
    return more.twin(dates=tuple(by_date[date] for date in sorted(by_date)))


def _merged(found: Iterable[WorkflowRun], known: Iterable[WorkflowRun]) -> list[WorkflowRun]:
    """All of them, newest first; of two looks at one run what was `found` now."""
    by_id: dict[str, WorkflowRun] = {}
    # Of two runs of one slot the one that was heard of later comes first.
    for run in (*found, *known):
        by_id.setdefault(run.run_id, run)
    return sorted(by_id.values(), key=_moment, reverse=True)


def _moment(run: WorkflowRun) -> datetime:
    return run.place or _LONG_AGO
