"""The mark of a backfill that we keep going is read back from any of its runs, or not at all."""

from datetime import UTC, datetime

import pytest

from dli_tui.domain.sequence import KEY, SequenceMark

SLOTS = (datetime(2026, 3, 1, 6, tzinfo=UTC), datetime(2026, 3, 2, 6, tzinfo=UTC))
BEGUN = datetime(2026, 3, 9, tzinfo=UTC)
MARK = SequenceMark("b1", SLOTS, BEGUN, "ann")


def test_it_is_read_as_it_was_written():
    assert SequenceMark.of({"a": 1, KEY: MARK.as_parameter(1)}) == MARK


def test_each_date_has_a_run_id_of_its_own_that_is_the_same_each_time():
    first, second = (MARK.run_id(slot) for slot in SLOTS)
    assert first != second
    assert first == SequenceMark("b1", SLOTS, BEGUN).run_id(SLOTS[0])


def test_its_id_tells_its_workflow():
    days = SLOTS[0].date(), SLOTS[1].date()
    whole = SequenceMark.new_id("sales.daily_backfill_x", days, BEGUN, "0a1b2c")
    assert SequenceMark.workflow_in(whole) == "sales.daily_backfill_x"
    mark = SequenceMark(whole, SLOTS, BEGUN)
    for other in (mark.run_id(SLOTS[0]), "d_backfill_20260301_20260302", f"{whole}0", "r1", ""):
        assert SequenceMark.workflow_in(other) is None


def test_its_id_tells_its_days():
    days = SLOTS[0].date(), SLOTS[1].date()
    assert SequenceMark.days_in(SequenceMark.new_id("d", days, BEGUN, "0a1b2c")) == days
    for other in ("r1", "d_backfill_20261399_20261399_20260309T000000_0a1b2c"):
        assert SequenceMark.days_in(other) is None


@pytest.mark.parametrize(
    "found",
    [
        None,
        "text",
        {},
        {"backfill_id": "b", "slots": "2026"},
        {"backfill_id": 3, "slots": []},
        {"backfill_id": "b", "slots": ["no time"]},
        {"backfill_id": "b", "slots": [5]},
        {"backfill_id": "b", "slots": []},
        {"backfill_id": "b", "slots": [], "begun": "then"},
    ],
)
def test_what_is_no_mark_is_none(found):
    assert SequenceMark.of({KEY: found}) is None


def test_a_run_without_one_belongs_to_nothing():
    assert SequenceMark.of({"day": "2026-03-01"}) is None


def test_its_id_is_told_without_reading_its_dates():
    assert SequenceMark.id_of({KEY: {"backfill_id": "b", "slots": "broken"}}) == "b"
    assert SequenceMark.id_of({}) is None
