"""Saved views come back as they were; what makes no sense is told, or as if it had never been."""

from __future__ import annotations

import json

import pytest

from dli_tui.domain.status import SourceType, WorkflowStatus
from dli_tui.present.arranging import Order
from dli_tui.present.filters import ListFilter
from dli_tui.tui.columns import ALL, columns_of, named
from dli_tui.tui.views import PREFIX, View, arranged, configured, kept, view_of, why_no_name

FILTER = ListFilter(SourceType.CODE, WorkflowStatus.PAUSED, running=True, text="ord")
MINE = View("mine", FILTER, Order("last", descending=True), ("name", "last"), own=True)


def test_a_view_that_was_saved_comes_back():
    assert kept({PREFIX + "mine": MINE.as_word(), "sort": "name"}) == {"mine": MINE}


@pytest.mark.parametrize(
    "word", ["", "{", "3", "[]", '{"sort": "colour"}', '{"columns": [[1]]}', "[" * 9000]
)
def test_what_can_not_be_read_is_as_if_it_had_never_been(word):
    assert kept({PREFIX + "mine": word}) == {}


def test_a_view_of_the_config_file_says_only_what_it_wants():
    found, problems = configured({"late": {"problems": True, "sort": "last"}})
    assert problems == ()
    assert found["late"].filter == ListFilter(problems=True)
    assert (found["late"].columns, found["late"].own) == (ALL, False)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"sort": "colour"}, "odd: sort must be one of worst, name"),
        ({"source": "disk"}, "odd: source must be one of all, manual, code"),
        ({"status": "off"}, "odd: status must be one of all, active"),
        ({"columns": ("name", "nope")}, "odd: columns must be a list of name, source"),
    ],
)
def test_what_is_wrong_with_one_is_told_and_the_others_stay(settings, said):
    found, problems = configured({"odd": settings, "fine": {}})
    assert list(found) == ["fine"]
    assert len(problems) == 1
    assert problems[0].startswith(said)


def test_the_name_of_a_view_is_harmless():
    found, problems = configured({"a\x1b[31m\nb": {}, "c\x1b[31m": {"sort": "?"}})
    assert list(found) == ["a b"]
    assert problems[0].startswith("c: ")


def test_a_view_is_told_in_words():
    assert view_of("a", {}).told() == "everything, worst first"
    assert "2 columns" in MINE.told()
    assert "by last, downwards" in MINE.told()


@pytest.mark.parametrize(("name", "fits"), [("a b", True), (" ", False), ("x" * 41, False)])
def test_what_is_a_name(name, fits):
    assert (why_no_name(name) == "") is fits


def test_they_are_offered_by_name():
    views = [view_of(name, {}) for name in ("b", "C", "a")]
    assert [view.name for view in arranged(views)] == ["a", "b", "C"]


def test_the_name_is_always_the_first_column_and_none_comes_twice():
    assert named(["last", "name", "last", "nope"]) == ("name", "last")
    assert [column.id for column in columns_of(["runs", "last"])] == ["name", "runs", "last"]


def test_what_is_kept_is_plain_json():
    assert json.loads(MINE.as_word())["columns"] == ["name", "last"]
