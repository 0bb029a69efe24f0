"""What a plan says before anything is sent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from dli_tui.domain.status import RunStatus
from dli_tui.present.backfillrows import PlanSheet, SlotRow
from dli_tui.tui import backfilling
from dli_tui.tui.looks import Looks

NOW = datetime(2026, 3, 5, 12, tzinfo=UTC)
SLOTS = (
    SlotRow("03-01 Sun", None, "run", ""),
    SlotRow("03-02 Mon", RunStatus.FAILED, "rerun", ""),
    SlotRow("03-03 Tue", RunStatus.COMPLETED, "skip", "exists"),
)
SHEET = PlanSheet(
    name="orders",
    total=3,
    slots=SLOTS,
    starts=2,
    skips=1,
    seconds=120.0,
    finishes=NOW + timedelta(minutes=2),
    warnings=(),
    startable=True,
)


def told(*sheets, zone="UTC", looks=None):
    lines = backfilling.told(sheets, zone, NOW, looks or Looks())
    return ["".join(piece.text for piece in line).rstrip() for line in lines]


def test_a_plan_is_summed_up_first():
    assert told(SHEET)[:2] == [
        "3 slots: 2 to run, 1 left alone",
        "about 2m00s, done 12:02",
    ]


def test_each_slot_has_a_line_with_what_exists_and_what_would_happen():
    assert told(SHEET)[3:6] == [
        "03-01 Sun  no run      run",
        "03-02 Mon  ✗ failed    rerun",
        "03-03 Tue  ✓ completed skip  exists",
    ]
    assert told(SHEET, looks=Looks(ascii=True))[4] == "03-02 Mon  x failed    rerun"


def test_an_end_elsewhere_is_told_with_its_offset():
    assert told(SHEET, zone="Asia/Seoul")[1] == "about 2m00s, done 21:02 +09:00"


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"starts": 0, "skips": 3}, "nothing would be sent"),
        ({"seconds": None, "finishes": None}, "no estimate: fewer than five runs have gone well"),
        ({"slots": (), "total": 0}, "Its schedule doesn't fire on these dates"),
        ({"warnings": ("It is paused.",)}, "! It is paused."),
    ],
)
def test_what_has_to_be_known_is_said(changes, says):
    assert says in told(SHEET._replace(**changes))


def test_of_several_workflows_each_has_a_line():
    held = SHEET._replace(name="held", startable=False, warnings=("It is paused.",))
    done = SHEET._replace(name="done", starts=0)
    lines = told(SHEET, held, done)
    assert lines[0] == "3 workflows: 2 runs to start"
    assert any(line.startswith("orders") and "2 to run" in line for line in lines)
    assert any(line.startswith("held") and "left out" in line for line in lines)
    assert any(line.startswith("done") and "nothing to run" in line for line in lines)


def test_only_what_can_be_started_is_counted():
    assert backfilling.starts([SHEET, SHEET._replace(startable=False)]) == 2


def test_a_great_many_runs_want_their_number_typed():
    assert not backfilling.wants_count([SHEET._replace(starts=20)])
    assert backfilling.wants_count([SHEET._replace(starts=15), SHEET._replace(starts=6)])


def test_nobody_reads_ten_thousand_slots():
    many = SHEET._replace(total=903)
    assert told(many)[-3] == "and 900 more slots"
