"""The rows of a list worst first, kept in that order while rows change and time passes.

Sorting 100,000 rows takes a quarter of a second, and some row changes all the time: only the rows
that changed are taken out and put in where they belong now.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Mapping
from datetime import datetime
from heapq import heapify, heappop, heappush
from typing import Final

from dli_tui.domain.ids import WorkflowKey
from dli_tui.present.arranging import CALM, RUNNING, by_name, identity, next_turn, severity
from dli_tui.present.rows import WorkflowRow

_FEW: Final = 20
"""One row in so many: where more have changed, sorting all of them again is faster."""


class Ranking:
    """The rows worst first; those that are equally bad stand by name."""

    def __init__(self) -> None:
        self.rows: list[WorkflowRow] = []
        self.named: list[WorkflowKey] = []
        """All keys in the order of their names."""
        self.problems = 0
        """How many rows somebody has to look at."""
        self._severities: dict[WorkflowKey, int] = {}
        self._turns: list[tuple[datetime, WorkflowKey]] = []
        """A heap of the moments at which time alone makes a row worse. The former moment of a row
        that has changed since stays: the row is then looked at once more than needed."""

    def is_due(self, now: datetime) -> bool:
        """Whether time alone may have made some row worse."""
        return bool(self._turns) and now >= self._turns[0][0]

    def update(
        self,
        rows: Mapping[WorkflowKey, WorkflowRow],
        before: Mapping[WorkflowKey, WorkflowRow | None],
        now: datetime,
    ) -> None:
        """Take over what the rows are now; `before` tells for each key that changed which row
        stood here, None where there was none."""
        if any(row is None or key not in rows for key, row in before.items()):
            self.named = [row.key for row in by_name(rows.values())]
        moved = dict(before)
        while self.is_due(now):
            key = heappop(self._turns)[1]
            if key in rows:
                moved.setdefault(key, rows[key])
        if len(moved) * _FEW > len(rows) or len(self._turns) > 2 * len(rows):
            self._sort(rows, now)
        else:
            self._move(rows, moved, now)

    def _move(
        self,
        rows: Mapping[WorkflowKey, WorkflowRow],
        moved: Mapping[WorkflowKey, WorkflowRow | None],
        now: datetime,
    ) -> None:
        """Take out what stood here for some keys, and put in what there is now."""
        for row in moved.values():
            if row is not None:
                del self.rows[bisect_left(self.rows, self._rank(row), key=self._rank)]
        for key in moved:
            self.problems -= self._severities.pop(key, CALM) < RUNNING
        for row in _present(rows, moved):
            self._rate(row, now)
            insort(self.rows, row, key=self._rank)
            turn = next_turn(row, now)
            if turn is not None:
                heappush(self._turns, (turn, row.key))

    def _sort(self, rows: Mapping[WorkflowKey, WorkflowRow], now: datetime) -> None:
        self.problems = 0
        self._severities = {}
        groups: list[list[WorkflowRow]] = [[] for _ in range(CALM + 1)]
        turns = []
        for row in _present(rows, self.named):
            groups[self._rate(row, now)].append(row)
            turn = next_turn(row, now)
            if turn is not None:
                turns.append((turn, row.key))
        heapify(turns)
        self._turns = turns
        self.rows = [row for group in groups for row in group]

    def _rate(self, row: WorkflowRow, now: datetime) -> int:
        level = self._severities[row.key] = severity(row, now)
        self.problems += level < RUNNING
        return level

    def _rank(self, row: WorkflowRow) -> tuple[int, str]:
        return self._severities[row.key], identity(row)


def _present(
    rows: Mapping[WorkflowKey, WorkflowRow], keys: Iterable[WorkflowKey]
) -> Iterable[WorkflowRow]:
    return (rows[key] for key in keys if key in rows)
