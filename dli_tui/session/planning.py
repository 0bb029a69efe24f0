"""What the plan of a backfill is made of: the row and its runs, fetched for the dates looked at.

A plan is made anew with every key in a form, so it is worked out here from what is known; the
server is asked only when dates come into sight of which nothing is known yet.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dli_tui.domain.errors import DLIError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from dli_tui.client import WorkflowClient
    from dli_tui.domain.backfill import BackfillPlan
    from dli_tui.domain.ids import WorkflowKey
    from dli_tui.domain.query import BackfillChoice
    from dli_tui.domain.run import WorkflowRun
    from dli_tui.domain.workflow import WorkflowInfo
    from dli_tui.session.surroundings import Surroundings


class Planning:
    """The backfill of one workflow, while somebody plans it."""

    def __init__(self, client: WorkflowClient, key: WorkflowKey, around: Surroundings) -> None:
        self.key = key
        self.row: WorkflowInfo | None = None
        self.problem: DLIError | None = None
        """Why the last question wasn't answered, if it wasn't."""
        self._client = client
        self._around = around
        self._runs: Sequence[WorkflowRun] = ()
        self._known: tuple[date, date] | None = None

    def knows(self, first: date, last: date) -> bool:
        """Whether the runs of these dates are known."""
        known = self._known
        return known is not None and known[0] <= first and last <= known[1]

    async def look(self, first: date, last: date) -> None:
        """Fetch what isn't known of these dates; a problem is kept, not raised."""
        if self.knows(first, last):
            return
        if self._known is not None:
            first, last = min(first, self._known[0]), max(last, self._known[1])
        with self._around.activity.under_way():
            try:
                self.row = await self._client.row(self.key)
                self._runs = await self._client.runs_for(self.key.name, first, last)
            except DLIError as problem:
                self.problem = problem
            else:
                self._known, self.problem = (first, last), None

    def plan(self, choice: BackfillChoice) -> BackfillPlan | None:
        """What a backfill would do as it is chosen; None while its dates aren't known."""
        if self.row is None or not self.knows(choice.start, choice.end):
            return None
        return self._client.planned(self.row, self._runs, choice)
