"""The list as it is looked at: every row, the filter and order over them, and what is selected."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from dli_tui.domain.ids import WorkflowKey
from dli_tui.domain.status import SourceType, WorkflowStatus
from dli_tui.present import arranging, filters
from dli_tui.present.arranging import WORST, Order
from dli_tui.present.filters import ListFilter
from dli_tui.present.ranking import Ranking
from dli_tui.present.rows import WorkflowRow
from dli_tui.tui import late

if TYPE_CHECKING:
    from dli_tui.domain.run import WorkflowRun
    from dli_tui.session.workflows import Workflows

CODE, MANUAL = SourceType.CODE, SourceType.MANUAL


class Listing:
    """Rows taken from the session, arranged for the eye."""

    def __init__(self, order: Order = WORST) -> None:
        self.rows: dict[WorkflowKey, WorkflowRow] = {}
        self.filter = ListFilter()
        self.order = order
        self.shown: list[WorkflowRow] = []
        self.selected: frozenset[WorkflowKey] = frozenset()
        self.hidden = 0
        """How many of the selected rows the filter hides."""
        self._version = 0
        self._arranged = 0
        self._ranking = Ranking()
        self._before: dict[WorkflowKey, WorkflowRow | None] = {}
        """What the ranking has for the rows that have moved since they were arranged."""

    @property
    def wrong(self) -> int:
        """How many rows have a problem, shown or not."""
        return self._ranking.problems

    def take(self, workflows: Workflows) -> bool:
        """Take over what has moved in the session; whether there is anything new to see."""
        moved = workflows.taken(self._version)
        self._version = moved.version
        if moved.whole:
            self._make(workflows, {**self.rows, **workflows.rows})
        else:
            self._make(workflows, moved.keys)
        self.selected &= self.rows.keys()  # `arrange` counts those that are hidden
        return moved.whole or bool(moved.keys)

    def only_named(self, needle: str) -> str | None:
        """The name with `needle` in it, where only one has it."""
        found: set[str] = set()
        for key in self.rows:
            if needle in key.name.casefold():
                found.add(key.name)
                if len(found) > 1:
                    return None
        return next(iter(found), None)

    def is_worth_arranging(self, workflows: Workflows, *, news: bool) -> bool:
        """Whether to sort now. While a long list comes in, only each time it has doubled."""
        if workflows.complete:
            return news or len(self.rows) != self._arranged
        return len(self.rows) >= 2 * self._arranged

    def is_due(self, now: datetime) -> bool:
        """Whether time alone may have made some row worse."""
        return self._ranking.is_due(now)

    def arrange(self, now: datetime) -> None:
        """Filter and sort."""
        self._ranking.update(self.rows, self._before, now)
        self._before.clear()
        rows: Iterable[WorkflowRow] = self._ranking.rows
        if self.order != WORST:
            named = [self.rows[key] for key in self._ranking.named]
            rows = arranging.arranged(named, self.order, now)
        self.shown = (
            list(rows)
            if self.filter.is_empty
            else list(filter(filters.predicate(self.filter, now), rows))
        )
        self._arranged = len(self.rows)
        self.select(self.selected)

    def select(self, keys: frozenset[WorkflowKey]) -> None:
        """Let exactly these rows be selected."""
        self.selected = keys
        shown = sum(row.key in keys for row in self.shown) if keys else 0
        self.hidden = len(keys) - shown

    @property
    def chosen(self) -> tuple[WorkflowRow, ...]:
        """The selected rows, in the order of the names."""
        return tuple(self.rows[key] for key in sorted(self.selected))

    def row_of(self, key: WorkflowKey) -> WorkflowRow | None:
        """The row of a key; without a source, the one in force."""
        if key.source is not None and key in self.rows:
            return self.rows[key]
        both = (self.rows.get(WorkflowKey(key.name, source)) for source in (CODE, MANUAL))
        return next((row for row in both if row is not None), None)

    def problem(self, start: int, by: int, now: datetime) -> int | None:
        """The line of the next problem from `start` on, round the end if need be."""
        count = len(self.shown)
        places = ((start + by * step) % count for step in range(1, count + 1))
        return next((at for at in places if arranging.is_problem(self.shown[at], now)), None)

    def _make(self, workflows: Workflows, keys: Iterable[WorkflowKey]) -> None:
        make = late.making().workflow_row
        for key in keys:
            self._before.setdefault(key, self.rows.get(key))
            info = workflows.rows.get(key)
            if info is None:
                self.rows.pop(key, None)
            else:
                self.rows[key] = make(info, _own_runs(workflows, key))


def unlisted(key: WorkflowKey, name: str) -> WorkflowRow:
    """A row for a run whose workflow the list doesn't have, or not yet."""
    source = key.source or MANUAL
    known = WorkflowKey(key.name, source)
    return WorkflowRow(known, name, source, WorkflowStatus.DISABLED, "not in the list")


def run_meant(workflows: Workflows, key: WorkflowKey) -> WorkflowRun | None:
    """The run of a workflow that a command is meant for: the one that its row tells of."""
    info = workflows.rows.get(key)
    return late.making().run_meant(info, _own_runs(workflows, key)) if info is not None else None


def _own_runs(workflows: Workflows, key: WorkflowKey) -> Sequence[WorkflowRun]:
    """Its latest runs: a name that CODE took over has two rows, and each its own."""
    runs = workflows.recent.get(key.name, ())
    return [run for run in runs if run.source_type in (None, key.source)]
