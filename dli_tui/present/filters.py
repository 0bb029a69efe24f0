"""Which rows of the list are shown: the switches, and the text that a person types.

The text is terms with blanks between them, and all of them must hold:

    word            part of the name, or beginnings of its words: `ordd` finds orders_daily;
                    failed, late, paused and the like also find what is in that state
    /regex/         found in the name, in any case; it may have blanks
    owner:x         also name, team, tag, source, status, is, last, zone; values may be begun only
    "two words"     quotes keep blanks together, also behind a field: owner:"data eng"
    !term           the opposite

What can't be read is left out, and `problem` says why, so that a half-typed term never
empties the list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import NamedTuple

from dli_tui.domain.status import SourceType, WorkflowStatus
from dli_tui.domain.text import safe_line
from dli_tui.present.arranging import is_problem
from dli_tui.present.rows import WorkflowRow
from dli_tui.present.terms import Problem, Test, test_of, typed_terms


class Filter(NamedTuple):
    """The text, understood."""

    tests: tuple[Test, ...] = ()
    problem: str | None = None

    @property
    def is_empty(self) -> bool:
        """Whether it lets every row through."""
        return not self.tests

    def matches(self, row: WorkflowRow, now: datetime) -> bool:
        """Whether every term holds for a row."""
        return all(test(row, now) for test in self.tests)


class ListFilter(NamedTuple):
    """All that is filtered by."""

    source: SourceType | None = None
    status: WorkflowStatus | None = None
    running: bool = False
    enabled: bool = False
    problems: bool = False
    text: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether it lets every row through."""
        return self._replace(text="") == ListFilter() and parse(self.text).is_empty

    def admits(self, row: WorkflowRow, now: datetime) -> bool:
        """Whether a row is shown; for many rows ask `predicate` once."""
        return predicate(self, now)(row)

    def told(self) -> str:
        """What is filtered, in words; empty where nothing is."""
        said = [
            f"source {self.source}" if self.source is not None else "",
            f"status {self.status}" if self.status is not None else "",
            "running" if self.running else "",
            "enabled" if self.enabled else "",
            "problems" if self.problems else "",
            f"text “{safe_line(self.text.strip(), 60)}”" if self.text.strip() else "",
        ]
        return ", ".join(part for part in said if part)


def parse(text: str) -> Filter:
    """The terms of `text`, and what is wrong with the first that can't be read."""
    tests: list[Test] = []
    problem = None
    for term in typed_terms(text):
        test = test_of(term)
        if isinstance(test, Problem):
            problem = problem or test.message
        elif test is not None:
            tests.append(test)
    return Filter(tuple(tests), problem)


def predicate(wanted: ListFilter, now: datetime) -> Callable[[WorkflowRow], bool]:
    """The filter at the hour of `now`, put together once for a list of any length."""
    tests = (*_switches(wanted), *parse(wanted.text).tests)

    def admits(row: WorkflowRow) -> bool:
        # A plain loop: `all` over a generator costs twice as much, for each of 100,000 rows.
        for test in tests:  # noqa: SIM110
            if not test(row, now):
                return False
        return True

    return admits


def _is_paused(row: WorkflowRow) -> bool:
    """Whether it is paused, or paused by disabling it, which its state says."""
    paused = WorkflowStatus.PAUSED
    return row.status is paused or paused in row.state.casefold()


def _switches(wanted: ListFilter) -> Iterator[Test]:
    if wanted.source is not None:
        yield lambda row, _now: row.source is wanted.source
    if wanted.status is WorkflowStatus.PAUSED:
        yield lambda row, _now: _is_paused(row)
    elif wanted.status is not None:
        yield lambda row, _now: row.status is wanted.status
    if wanted.running:
        yield lambda row, _now: row.running
    if wanted.enabled:
        yield lambda row, _now: row.status is WorkflowStatus.ACTIVE
    if wanted.problems:
        yield is_problem
