"""Rows worst first: changing some of them gives what sorting all of them gives."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from dli_tui.domain.ids import WorkflowKey
from dli_tui.domain.status import RunStatus, SourceType, WorkflowStatus
from dli_tui.present import arranging
from dli_tui.present.arranging import WORST
from dli_tui.present.ranking import Ranking
from dli_tui.present.rows import WorkflowRow
from tests.present.support import NOW, later, row

NAMES = [f"{letter}{number}" for letter in "abCd" for number in range(25)]
MOMENTS = st.none() | st.integers(-600, 600).map(lambda seconds: later(seconds=seconds))
ROWS = st.fixed_dictionaries(
    {
        "status": st.sampled_from(WorkflowStatus),
        "last": st.sampled_from([None, RunStatus.FAILED, RunStatus.COMPLETED]),
        "running": st.booleans(),
        "due": MOMENTS,
        "overdue_at": MOMENTS,
    }
)
CHANGES = st.dictionaries(st.sampled_from(NAMES), st.none() | ROWS, max_size=4)
STEPS = st.lists(st.tuples(st.integers(0, 300), CHANGES), max_size=8)


def sorted_anew(rows, now):
    return arranging.arranged(arranging.by_name(rows.values()), WORST, now)


@given(st.dictionaries(st.sampled_from(NAMES), ROWS, min_size=90), STEPS)
def test_rows_that_change_and_time_that_passes_leave_the_order_that_sorting_gives(first, steps):
    ranking, now = Ranking(), NOW
    rows: dict[WorkflowKey, WorkflowRow] = {}
    for seconds, changes in [(0, first), *steps]:
        now += timedelta(seconds=seconds)
        before = {}
        for name, values in changes.items():
            key = WorkflowKey(name, SourceType.MANUAL)
            before[key] = rows.pop(key, None)
            if values is not None:
                rows[key] = row(name, **values)
        ranking.update(rows, before, now)
        assert ranking.rows == sorted_anew(rows, now)
        assert ranking.problems == sum(arranging.is_problem(one, now) for one in rows.values())
        assert not ranking.is_due(now)


def test_while_few_rows_change_no_other_row_is_rated_again(monkeypatch):
    rated = []

    def severity(one, now):
        rated.append(one.name)
        return arranging.severity(one, now)

    monkeypatch.setattr("dli_tui.present.ranking.severity", severity)
    rows = {one.key: one for one in map(row, NAMES)}
    ranking = Ranking()
    ranking.update(rows, dict.fromkeys(rows), NOW)
    key = next(iter(rows))
    before, rows[key] = {key: rows[key]}, row(key.name, last=RunStatus.FAILED)
    rated.clear()
    ranking.update(rows, before, NOW)
    assert rated == [key.name]
    assert ranking.rows[0] is rows[key]
