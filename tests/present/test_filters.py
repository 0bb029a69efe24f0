"""The filter of the list: its switches and its language."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dli_tui.domain.status import RunStatus, SourceType, WorkflowStatus
from dli_tui.present import filters
from dli_tui.present.filters import ListFilter
from tests.present.support import HOSTILE, NOW, is_safe, later, row

ORDERS = row(
    "shop.orders_daily",
    owner="Ann",
    team="data eng",
    zone="Asia/Seoul",
    last=RunStatus.FAILED,
    source=SourceType.CODE,
)
CLICKS = row("ml.Clicks_hourly", status=WorkflowStatus.PAUSED, last=RunStatus.COMPLETED)
LATE = row("late one", due=later(minutes=-9), running=True)
ROWS = (ORDERS, CLICKS, LATE)


def found(text):
    wanted = filters.parse(text)
    return [one.name for one in ROWS if wanted.matches(one, NOW)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", [one.name for one in ROWS]),
        ("ORDERS", [ORDERS.name]),
        ("clicks", [CLICKS.name]),
        ("ordd", [ORDERS.name]),
        ("ly !clicks", [ORDERS.name]),
        ("!!clicks", [CLICKS.name]),
        ("!mch", [one.name for one in ROWS]),
        ("ly hour", [CLICKS.name]),
        ('"late one"', [LATE.name]),
        ('"late', [LATE.name]),
        ("/^ML.*LY$/", [CLICKS.name]),
        ("/late o/ one", [LATE.name]),
        ("!/ly$/", [LATE.name]),
        ("/ly$", [ORDERS.name, CLICKS.name]),
        ("owner:ann", [ORDERS.name]),
        ('team:"data eng"', [ORDERS.name]),
        ('!team:"data eng"', [CLICKS.name, LATE.name]),
        ("name:shop.", [ORDERS.name]),
        ("zone:seoul", [ORDERS.name]),
        ("source:code", [ORDERS.name]),
        ("SOURCE:Man", [CLICKS.name, LATE.name]),
        ("status:paused", [CLICKS.name]),
        ("last:failed", [ORDERS.name]),
        ("last:comp", [CLICKS.name]),
        ("last:running", [LATE.name]),
        ("last:never", [LATE.name]),
        ("last:late", [LATE.name]),
        ("last:problem", [ORDERS.name, LATE.name]),
        ("nothing at all", []),
    ],
)
def test_terms_find_rows(text, names):
    assert filters.parse(text).problem is None
    assert found(text) == names


@pytest.mark.parametrize("text", ["", "  ", "!", "/", "//", "owner:", '"', '!""', "last:"])
def test_what_has_only_been_begun_filters_nothing(text):
    wanted = filters.parse(text)
    assert (wanted.is_empty, wanted.problem) == (True, None)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("foo:bar", "no field is called foo: name, owner, team"),
        ("foo:", "no field is called foo"),
        ("source:git", "source:git is not one of manual, code"),
        ("last:ok", "last:ok is not one of pending, running"),
        ("/(/", "the regex is not understood: missing )"),
        ("/(a+)+$/", "could take forever"),
    ],
)
def test_what_cannot_be_read_is_said_and_left_out(text, says):
    wanted = filters.parse(f"clicks {text}")
    assert says in (wanted.problem or "")
    assert found(f"clicks {text}") == [CLICKS.name]


@given(st.text(max_size=40) | st.text(alphabet='/!:"\\() abownerlst', max_size=30))
def test_no_text_is_too_strange(text):
    wanted = filters.parse(text)
    wanted.matches(ORDERS, NOW)
    assert wanted.problem is None or is_safe(wanted.problem)
    assert is_safe(ListFilter(text=text).told())


def test_a_hostile_text_is_told_safely():
    assert is_safe(filters.parse(f"x{HOSTILE.replace(' ', '')}:y").problem or "")
    assert is_safe(ListFilter(text=HOSTILE).told())


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        (ListFilter(), [one.name for one in ROWS]),
        (ListFilter(source=SourceType.CODE), [ORDERS.name]),
        (ListFilter(status=WorkflowStatus.PAUSED), [CLICKS.name]),
        (ListFilter(running=True), [LATE.name]),
        (ListFilter(enabled=True), [ORDERS.name, LATE.name]),
        (ListFilter(problems=True), [ORDERS.name, LATE.name]),
        (ListFilter(problems=True, text="late"), [LATE.name]),
    ],
)
def test_switches_and_text_hold_together(wanted, names):
    admits = filters.predicate(wanted, NOW)
    assert [one.name for one in ROWS if admits(one)] == names
    assert [one.name for one in ROWS if wanted.admits(one, NOW)] == names
    assert wanted.is_empty is (wanted == ListFilter())


def test_a_filter_of_blanks_is_empty():
    assert ListFilter(text="  ").is_empty
    assert not ListFilter(text="x").is_empty


def test_what_is_filtered_is_told():
    assert ListFilter().told() == ""
    wanted = ListFilter(
        source=SourceType.CODE,
        status=WorkflowStatus.PAUSED,
        running=True,
        enabled=True,
        problems=True,
        text=" ord ",
    )
    assert wanted.told() == "source code, status paused, running, enabled, problems, text “ord”"


def test_a_tag_is_filtered_by_any_part_of_it():
    rows = [row("a", tags=("kr", "flaky")), row("b", tags=("us",)), row("c")]
    assert [one.name for one in rows if admitted("tag:KR", one)] == ["a"]
    assert [one.name for one in rows if admitted("!tag:kr", one)] == ["b", "c"]


@pytest.mark.parametrize("text", ["failed", "status:failed", "is:failed", "last:failed"])
def test_how_the_last_run_went_is_found_by_a_word_and_by_a_status(text):
    rows = [row("a", last=RunStatus.FAILED), row("b", last=RunStatus.COMPLETED)]
    assert [one.name for one in rows if admitted(text, one)] == ["a"]


@pytest.mark.parametrize("text", ["paused", "status:paused", "is:pau"])
def test_what_a_schedule_does_is_found_the_same_way(text):
    rows = [row("a", status=WorkflowStatus.PAUSED), row("b")]
    assert [one.name for one in rows if admitted(text, one)] == ["a"]


def test_a_word_of_state_still_finds_the_names_that_hold_it():
    rows = [row("failed_payments"), row("b", last=RunStatus.FAILED), row("c")]
    assert [one.name for one in rows if admitted("failed", one)] == ["failed_payments", "b"]
    assert [one.name for one in rows if admitted("!failed", one)] == ["c"]


def admitted(text, one):
    return ListFilter(text=text).admits(one, NOW)


def test_what_is_paused_by_disabling_it_is_among_the_paused():
    held = row("held", status=WorkflowStatus.DISABLED)._replace(state="disabled (paused)")
    gone = row("gone", status=WorkflowStatus.DISABLED)._replace(state="disabled")
    paused = ListFilter(status=WorkflowStatus.PAUSED)
    assert [paused.admits(one, NOW) for one in (held, gone, CLICKS)] == [True, False, True]
