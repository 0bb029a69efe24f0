"""The head of a backfill's page says how far it is in a few lines, however many dates it has."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from dli_tui.domain.status import RunStatus
from dli_tui.present.backfillrows import DateRow
from dli_tui.tui import backfillhead
from dli_tui.tui.looks import Looks

START = datetime(2026, 3, 1, tzinfo=UTC)
DONE, FAILED, RUNNING = RunStatus.COMPLETED, RunStatus.FAILED, RunStatus.RUNNING


def strip(*statuses, width=40, looks=None):
    rows = [
        DateRow(START + timedelta(hours=at), "", status, "", None, "", None, None, "")
        for at, status in enumerate(statuses)
    ]
    lines = backfillhead.strip(rows, looks or Looks(), width)
    return ["".join(piece.text for piece in line).rstrip() for line in lines]


def test_each_date_has_a_sign_while_there_is_room():
    assert strip(DONE, FAILED, RUNNING, None) == ["strip       ✓✗►."]
    assert strip(DONE, FAILED, RUNNING, None, looks=Looks(ascii=True)) == ["strip       +x>."]


def test_many_dates_stand_in_three_lines_and_it_is_said_for_how_many_a_sign_stands():
    lines = strip(*[DONE] * 500, *[None] * 500)
    assert len(lines) == 4
    assert lines[-1].strip() == "each sign is the worst of 13 dates"
    assert all(len(line) <= 40 for line in lines[:3])


@pytest.mark.parametrize(
    ("bad", "sign"), [(FAILED, "✗"), (RunStatus.KILLED, "⊘"), (RUNNING, "►"), (None, ".")]
)
def test_of_many_dates_the_worst_is_seen(bad, sign):
    lines = strip(*[DONE] * 400, bad, *[DONE] * 599)
    assert "".join(lines[:3]).count(sign) == 1


def test_of_no_dates_there_is_no_strip():
    assert strip() == []
