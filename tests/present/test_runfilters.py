"""Which runs are wanted, as a question and in words."""

from datetime import date, timedelta

import pytest

from dli_tui.domain.query import HistoryQuery
from dli_tui.domain.status import RunStatus, RunType, SourceType
from dli_tui.present.runfilters import HistoryFilter
from tests.support_backends import run

MONDAY, FRIDAY = date(2026, 11, 16), date(2026, 11, 20)


def test_an_empty_filter_asks_for_everything():
    assert HistoryFilter().is_empty
    assert HistoryFilter().query(None) == HistoryQuery()
    assert HistoryFilter().told() == ""


def test_all_but_the_part_of_a_name_is_asked_of_the_server():
    wanted = HistoryFilter(
        " Orders ", SourceType.CODE, RunStatus.FAILED, RunType.BACKFILL, MONDAY, FRIDAY
    )
    assert wanted.query("orders.daily") == HistoryQuery(
        "orders.daily", SourceType.CODE, RunStatus.FAILED, RunType.BACKFILL, MONDAY, FRIDAY
    )
    assert wanted.needle == "orders"


@pytest.mark.parametrize(
    ("start", "end", "told"),
    [
        (None, None, "all"),
        (MONDAY, None, "since 2026-11-16"),
        (None, FRIDAY, "until 2026-11-20"),
        (MONDAY, FRIDAY, "2026-11-16 to 2026-11-20"),
        (MONDAY, MONDAY, "2026-11-16"),
    ],
)
def test_a_range_is_told_as_shortly_as_it_can_be(start, end, told):
    assert HistoryFilter(start=start, end=end).dates() == told


def test_the_whole_filter_is_told_in_words():
    wanted = HistoryFilter("ord", SourceType.CODE, RunStatus.FAILED, RunType.ADHOC, MONDAY)
    assert wanted.told() == (
        "'ord' in the name, source code, status failed, type adhoc, dates since 2026-11-16"
    )


def test_what_was_typed_is_told_safely():
    assert "\x1b" not in HistoryFilter("a\x1b[2Jb").told()


@pytest.mark.parametrize(
    ("wanted", "fits"),
    [
        (HistoryFilter(), True),
        (HistoryFilter("ORD"), True),
        (HistoryFilter("sales"), False),
        (HistoryFilter(source=SourceType.CODE), False),
        (HistoryFilter(status=RunStatus.FAILED), True),
        (HistoryFilter(status=RunStatus.COMPLETED), False),
        (HistoryFilter(run_type=RunType.BACKFILL), False),
        (HistoryFilter(start=MONDAY, end=FRIDAY), True),
        (HistoryFilter(start=FRIDAY), False),
        (HistoryFilter(end=MONDAY), False),
    ],
)
def test_whether_a_run_that_is_known_fits_is_told_without_asking(wanted, fits):
    known = run(
        "r1",
        RunStatus.FAILED,
        dataset_name="orders",
        source_type=SourceType.MANUAL,
        run_type=RunType.SCHEDULED,
    )
    assert wanted.fits(known, date(2026, 11, 18)) is fits
    assert wanted.fits(known, None) is (fits and not wanted.is_dated)


def test_the_days_of_a_zone_are_within_a_day_of_those_of_utc():
    wanted = HistoryFilter(start=FRIDAY, end=FRIDAY)
    asked = wanted.query("orders", margin=timedelta(days=1))
    assert (asked.start_date, asked.end_date) == (date(2026, 11, 19), date(2026, 11, 21))
