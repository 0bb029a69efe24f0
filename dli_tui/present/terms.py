"""The single terms of the list's filter: how they are cut out of the text, and what they test."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Final, NamedTuple

from dli_tui.domain.status import RunStatus, SourceType, WorkflowStatus
from dli_tui.domain.text import safe_line
from dli_tui.present.arranging import is_late, is_overdue, is_problem
from dli_tui.present.regexes import searching
from dli_tui.present.rows import WorkflowRow
from dli_tui.present.wordhits import begins_words

Test = Callable[[WorkflowRow, datetime], bool]

_TERM: Final = re.compile(
    r"""
      (?P<not>!*)
      (?:
        /(?P<regex>(?:[^/\\]|\\.|/(?!\s|\Z))*\\?)(?:/(?=\s|\Z)|\Z)      # to the next '/' at an end
      | (?:(?P<field>\w+):)?"(?P<quoted>[^"]*)(?:"|\Z)
      | (?:(?P<named>\w+):)?(?P<plain>\S*)
      )
    """,
    re.VERBOSE | re.DOTALL,
)
_SHOWN: Final = 20


class Problem(NamedTuple):
    """Why a term can't be read."""

    message: str


class Term(NamedTuple):
    """One term as it was typed."""

    value: str
    field: str | None = None
    negated: bool = False
    is_regex: bool = False


def typed_terms(text: str) -> Iterator[Term]:
    """The terms of a text, in order."""
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        match = _TERM.match(text, at)
        if match is None or match.end() == at:
            return
        at = match.end()
        negated = len(match["not"]) % 2 == 1
        if match["regex"] is not None:
            yield Term(match["regex"], negated=negated, is_regex=True)
        elif match["quoted"] is not None:
            yield Term(match["quoted"], match["field"], negated)
        else:
            yield Term(match["plain"], match["named"], negated)


def test_of(term: Term) -> Test | Problem | None:
    """What a term asks of a row; None for one that has only been begun."""
    if not term.value and not (term.field and term.field.casefold() not in _FIELDS):
        return None
    test = _regex(term) if term.is_regex else _word(term)
    return _negated(test) if term.negated and not isinstance(test, Problem) else test


def _negated(test: Test) -> Test:
    return lambda row, now: not test(row, now)


def _regex(term: Term) -> Test | Problem:
    search = searching(term.value)
    if isinstance(search, str):
        return Problem(search)
    return lambda row, _now: search(row.name)


def _word(term: Term) -> Test | Problem:
    wanted = term.value.casefold()
    if term.field is None:
        # Turned round, a loose hit would hide rows for no reason that can be seen.
        named = _contains(wanted) if term.negated else _finds(wanted)
        state = _WORDS.get(wanted)
        return named if state is None else _either(named, state)
    field = term.field.casefold()
    make = _FIELDS.get(field)
    if make is None:
        known = ", ".join(_FIELDS)
        return Problem(f"no field is called {safe_line(term.field, _SHOWN)}: {known}")
    return make(wanted)


def _either(one: Test, other: Test) -> Test:
    return lambda row, now: one(row, now) or other(row, now)


def _contains(wanted: str) -> Test:
    return lambda row, _now: wanted in row.name.casefold()


def _finds(wanted: str) -> Test:
    def test(row: WorkflowRow, _now: datetime) -> bool:
        name = row.name.casefold()
        return wanted in name or begins_words(wanted, name)

    return test


def _text(of: Callable[[WorkflowRow], str]) -> Callable[[str], Test]:
    """Part of a text, in any case."""

    def make(wanted: str) -> Test:
        return lambda row, _now: wanted in _folded(of(row))

    return make


@lru_cache(maxsize=4096)
def _folded(text: str) -> str:
    return text.casefold()


def _choice(field: str, tests: Mapping[str, Test]) -> Callable[[str], Test | Problem]:
    """One of a few words, which may be begun only: then any of those that begin so."""

    def make(wanted: str) -> Test | Problem:
        if wanted in tests:
            return tests[wanted]
        begun = [test for word, test in tests.items() if word.startswith(wanted)]
        if not begun:
            known = ", ".join(tests)
            return Problem(f"{field}:{safe_line(wanted, _SHOWN)} is not one of {known}")
        return lambda row, now: any(test(row, now) for test in begun)

    return make


def _sources() -> dict[str, Test]:
    return {source: _source(source) for source in SourceType}


def _source(source: SourceType) -> Test:
    return lambda row, _now: row.source is source


def _statuses() -> dict[str, Test]:
    return {status: _status(status) for status in WorkflowStatus}


def _status(status: WorkflowStatus) -> Test:
    return lambda row, _now: row.status is status


def _last_runs(statuses: Iterable[RunStatus]) -> dict[str, Test]:
    words: dict[str, Test] = {status.casefold(): _last(status) for status in statuses}
    return words | {
        "running": lambda row, _now: row.running,
        "late": is_late,
        "never": lambda row, _now: row.last is None,
        "problem": is_problem,
    }


def _last(status: RunStatus) -> Test:
    return lambda row, _now: row.last is status


def _tag(wanted: str) -> Test:
    return lambda row, _now: any(wanted in _folded(tag) for tag in row.tags)


_STATES: Final = {
    **_statuses(),
    **_last_runs(RunStatus),
    "broken": lambda row, _now: bool(row.import_error or row.unreadable),
    "overdue": is_overdue,
}
"""What a schedule does and how its last run went: no word means two things."""
_WORDS: Final = {
    word: _STATES[word]
    for word in (
        *("failed", "late", "running", "overdue", "broken", "problem", "never"),
        *("paused", "disabled", "overridden"),
    )
}
"""Words that find what is in that state without a field, as one types them first."""
_FIELDS: Final[Mapping[str, Callable[[str], Test | Problem]]] = {
    "name": _contains,
    "owner": _text(lambda row: row.owner),
    "team": _text(lambda row: row.team),
    "source": _choice("source", _sources()),
    "tag": _tag,
    "status": _choice("status", _STATES),
    "is": _choice("is", _STATES),
    "last": _choice("last", _last_runs(RunStatus)),
    "zone": _text(lambda row: row.zone if row.zone_known else ""),
}
