"""The arithmetic of the bench, and what it says of a budget."""

from __future__ import annotations

import json

import pytest

from tests.benchmarks import bench
from tests.benchmarks.budgets import BUDGETS
from tests.benchmarks.figures import Budget, Setting, Verdict, as_json, p95, ratio, spread, table
from tests.terminal import NotShownError

SETTING = Setting(bench.SHORT, {})


def measured(_setting):
    return {"start": 1.2, "end": 90.0, "hello, ms": 300.0}


def broken(_setting):
    raise NotShownError("waited in vain; the screen:\nTraceback")


START = Budget("start", "first paint", 1.3, "× hello", measured)
END = Budget("end", "quit", 80, "ms", measured)
LOST = Budget("lost", "never seen", 1, "ms", broken)


@pytest.mark.parametrize(
    ("values", "expected"), [([4.0], 4.0), (range(1, 101), 96), (range(1, 21), 20), ([9, 1], 9)]
)
def test_one_in_twenty_exceeds_the_p95(values, expected):
    assert p95(values) == expected


def test_a_ratio_is_taken_round_by_round():
    # In the second round the machine was slow for both, in the third for one.
    assert ratio([2.0, 20.0, 30.0], [1.0, 10.0, 1.0]) == 2.0


def test_a_ratio_needs_rounds_in_which_both_ran():
    with pytest.raises(ValueError, match="shorter"):
        ratio([1.0, 2.0], [1.0])


def test_the_spread_is_the_largest_by_the_smallest():
    assert spread([3.0, 2.0, 4.0]) == 2.0


@pytest.mark.parametrize(
    ("figure", "kept"), [(1.0, True), (2.0, True), (2.01, False), (None, False)]
)
def test_a_budget_is_kept_up_to_its_bound(figure, kept):
    assert Verdict(START, 2.0, figure).kept is kept


def test_a_scene_is_played_once_for_all_its_budgets(capsys):
    verdicts, behind = bench.judged([START, END], SETTING, 1.0)
    assert [(verdict.budget.name, verdict.kept) for verdict in verdicts] == [
        ("start", True),
        ("end", False),
    ]
    assert behind == {"hello, ms": 300.0, "start": 1.2, "end": 90.0}
    assert capsys.readouterr().err == "measured …\n"


def test_slack_moves_the_bounds():
    verdicts, _ = bench.judged([END], SETTING, 2.0)
    assert (verdicts[0].bound, verdicts[0].kept) == (160, True)


def test_what_could_not_be_measured_is_not_kept_and_says_why(capsys):
    (verdict,), _ = bench.judged([LOST], SETTING, 2.0)
    assert (verdict.figure, verdict.kept) == (None, False)
    assert "Traceback" in capsys.readouterr().err
    assert table([verdict]).endswith("lost: waited in vain")


def test_budgets_stand_beside_figures():
    verdicts, _ = bench.judged([START, END], SETTING, 1.0)
    assert table(verdicts).splitlines() == [
        "budget      │ figure │ bound         │ ok",
        "────────────┼────────┼───────────────┼────",
        "first paint │   1.20 │ ≤ 1.3 × hello │ yes",
        "quit        │  90.00 │ ≤ 80 ms       │ NO",
    ]


def test_a_program_gets_one_line():
    verdicts, _ = bench.judged([START], SETTING, 1.0)
    line = as_json(verdicts, {"hello, ms": 300.0})
    assert "\n" not in line
    assert json.loads(line) == {
        "budgets": {"start": {"figure": 1.2, "bound": 1.3, "unit": "× hello", "ok": True}},
        "behind": {"hello, ms": 300.0},
    }


def test_each_budget_has_a_name_of_its_own():
    assert len({budget.name for budget in BUDGETS}) == len(BUDGETS)
    assert len({budget.says for budget in BUDGETS}) == len(BUDGETS)
