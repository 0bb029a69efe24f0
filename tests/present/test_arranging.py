"""Which rows need a look, and in what order a list stands."""

from datetime import timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dli_tui.domain.clock import GRACE
from dli_tui.domain.ids import RunRef, WorkflowKey
from dli_tui.domain.status import RunStatus, SourceType, WorkflowStatus
from dli_tui.present import arranging
from dli_tui.present.arranging import Order
from dli_tui.present.rows import Mark
from tests.present.support import NOW, later, row

COLUMNS = ("worst", "name", "source", "status", "last", "next", "duration", "runs", "owner")
FAILED, COMPLETED = RunStatus.FAILED, RunStatus.COMPLETED
TICK = timedelta(microseconds=1)


def names(rows, column, descending=False):
    return [one.name for one in in_order(rows, column, descending)]


def in_order(rows, column, descending):
    return arranging.arranged(arranging.by_name(rows), Order(column, descending), NOW)


def marks(*statuses):
    return tuple(Mark(RunRef("r"), status) for status in statuses)


def slots(*statuses):
    """Runs of one logical date a day, the last of them yesterday."""
    first = -len(statuses)
    return tuple(
        Mark(RunRef("r"), status, slot=later(days=first + at)) for at, status in enumerate(statuses)
    )


@pytest.mark.parametrize(
    ("changes", "severity"),
    [
        ({"last": FAILED}, 0),
        ({"last": RunStatus.TIMEOUT, "running": True}, 0),
        ({"unreadable": "no name", "status": WorkflowStatus.DISABLED}, 0),
        ({"import_error": "NameError", "status": WorkflowStatus.DISABLED}, arranging.FAILED),
        ({"last": FAILED, "status": WorkflowStatus.PAUSED}, arranging.PAUSED_FAILED),
        ({"last": FAILED, "status": WorkflowStatus.DISABLED}, arranging.CALM),
        ({"last": FAILED, "status": WorkflowStatus.OVERRIDDEN}, arranging.CALM),
        ({"due": NOW - GRACE - TICK}, arranging.LATE),
        ({"due": NOW - GRACE}, arranging.CALM),
        ({"due": NOW - GRACE - TICK, "status": WorkflowStatus.PAUSED}, arranging.CALM),
        ({"running": True}, arranging.RUNNING),
        ({"running": True, "overdue_at": NOW - TICK}, arranging.OVERDUE),
        ({"running": True, "overdue_at": NOW}, arranging.RUNNING),
        ({"last": COMPLETED, "marks": slots(FAILED, COMPLETED)}, arranging.FAILED_BEFORE),
        ({"last": COMPLETED, "marks": slots(COMPLETED, COMPLETED)}, arranging.CALM),
        ({"last": RunStatus.KILLED}, arranging.CALM),
        ({}, arranging.CALM),
    ],
)
def test_how_much_a_row_needs_a_look(changes, severity):
    one = row(**changes)
    assert arranging.severity(one, NOW) == severity
    assert arranging.is_problem(one, NOW) is (severity < arranging.RUNNING)


def test_a_date_that_failed_and_was_run_again_is_no_problem():
    again = (*slots(FAILED, COMPLETED), Mark(RunRef("r"), COMPLETED, slot=later(days=-2)))
    assert arranging.failed_before(row(marks=again)) == ()
    assert arranging.failed_before(row(marks=slots(FAILED, COMPLETED))) == (later(days=-2),)
    # A run without a logical date stands for nothing that is missing.
    assert arranging.failed_before(row(marks=marks(FAILED, COMPLETED))) == ()


def test_the_worst_come_first_and_the_same_go_by_name():
    rows = [
        row("calm"),
        row("runs", running=True),
        row("B-failed", last=FAILED),
        row("a-paused", last=FAILED, status=WorkflowStatus.PAUSED),
        row("a-before", last=COMPLETED, marks=slots(FAILED, COMPLETED)),
        row("hangs", running=True, overdue_at=NOW - TICK),
        row("late", due=later(minutes=-9)),
        row("a-failed", last=FAILED),
    ]
    worst = ["late", "hangs", "a-before", "a-paused", "runs", "calm"]
    assert names(rows, "worst") == ["a-failed", "B-failed", *worst]
    assert names(rows, "worst", descending=True) == [*worst[::-1], "a-failed", "B-failed"]


@pytest.mark.parametrize(
    ("column", "low", "high"),
    [
        ("last", {"last_at": later(hours=-2)}, {"last_at": NOW}),
        ("next", {"next_at": NOW}, {"next_at": later(hours=1)}),
        (
            "next",
            {"next_at": later(hours=1), "due": later(hours=-1)},
            {"next_at": later(seconds=1)},
        ),
        ("duration", {"seconds": 3.0}, {"running": True, "began": later(minutes=-1)}),
        ("runs", {"marks": marks(COMPLETED)}, {"marks": marks(FAILED, COMPLETED, FAILED)}),
        ("owner", {"owner": "ann"}, {"owner": "Bob"}),
        ("owner", {"team": "a", "owner": "z"}, {"team": "b", "owner": "a"}),
    ],
)
def test_rows_without_a_value_stand_last_in_either_direction(column, low, high):
    rows = [row("a-none"), row("z-low", **low), row("b-high", **high), row("y-none")]
    assert names(rows, column) == ["z-low", "b-high", "a-none", "y-none"]
    assert names(rows, column, descending=True) == ["b-high", "z-low", "a-none", "y-none"]


def test_the_next_run_of_what_is_held_is_no_value():
    held = row("a", next_at=NOW, status=WorkflowStatus.PAUSED)
    assert names([held, row("b", next_at=later(days=1))], "next") == ["b", "a"]


def test_newest_longest_and_most_failures_are_wanted_first():
    descending = {column for column in COLUMNS if arranging.natural(column)}
    assert descending == {"last", "duration", "runs"}


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("descending", [False, True])
def test_an_order_is_the_same_whatever_the_rows_came_in(column, descending):
    code = SourceType.CODE
    rows = [row("pair", source=code), row("pair"), row("PAIR"), row("other", owner="x")]
    found = {
        tuple(one.key for one in in_order(mixed, column, descending))
        for mixed in permutations(rows)
    }
    assert len(found) == 1
    if column != "name" or not descending:
        order = next(iter(found))
        assert order.index(WorkflowKey("pair", code)) < order.index(
            WorkflowKey("pair", SourceType.MANUAL)
        ) or (column == "source" and descending)


DUES = st.none() | st.integers(-600, 600).map(lambda seconds: later(seconds=seconds))


@given(
    st.builds(
        row,
        due=DUES,
        overdue_at=DUES,
        last=st.sampled_from([None, FAILED, COMPLETED]),
        status=st.sampled_from(WorkflowStatus),
    )
)
def test_until_its_next_turn_a_row_stays_as_bad_as_it_is(one):
    def level(at):
        return arranging.severity(one, at)

    turn = arranging.next_turn(one, NOW)
    if turn is None:
        assert level(later(days=1)) == level(NOW)
    else:
        assert turn > NOW
        assert level(turn - TICK) == level(NOW)
        assert level(turn) <= level(NOW)
