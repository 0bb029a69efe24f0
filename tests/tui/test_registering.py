"""The plan of a registration: what would be sent, when it fires, and what it overwrites."""

from __future__ import annotations

from dli_tui.present.fires import Fire
from dli_tui.present.registrations import Standing
from dli_tui.tui import registering
from dli_tui.tui.opening import Where
from dli_tui.tui.registering import Wanted

STANDING = Standing("every day at 06:00 (0 6 * * *) UTC", 0, None, "by ann", "s3://x")


def words(wanted, where=None):
    plan = registering.plan(wanted, where or Where())
    return ["".join(piece.text for piece in line).rstrip() for line in plan.lines]


def test_a_fire_has_the_other_clock_beside_it_and_its_note_below():
    fires = [Fire("Nov 01 01:30 -05:00", "15:30 +09:00", "in 2h", "it comes twice")]
    told = words(Wanted("d", schedule="daily", fires=fires))
    assert "next        Nov 01 01:30 -05:00  15:30 +09:00 here" in told
    assert "            it comes twice" in told


def test_where_the_clocks_agree_it_is_told_how_soon():
    told = words(Wanted("d", fires=[Fire("01:30 +00:00", "", "in 2h", "")]))
    assert "next        01:30 +00:00         in 2h" in told


def test_what_is_overwritten_is_set_against_what_comes():
    told = words(Wanted("d", schedule="every minute UTC", standing=STANDING))
    assert "overwrites  what was registered by ann" in told
    assert told.index("after       every minute UTC") == 1 + told.index(
        "before      every day at 06:00 (0 6 * * *) UTC"
    )
    assert "schedule" not in " ".join(told)
    assert "active      no run is under way" in told


def test_who_registered_it_may_be_unknown_and_a_field_wrong():
    told = words(Wanted("d", standing=STANDING._replace(by="")))
    assert "overwrites  what is registered now" in told
    assert "after       a field is still wrong" in told


def test_one_who_overwrites_is_told_of_runs_under_way_and_presses_for_that():
    wanted = Wanted("d", standing=STANDING._replace(active=2))
    assert "active      2 runs under way, which it may cut off" in words(wanted)
    assert registering.plan(wanted, Where()).verb == "overwrite"
    assert registering.plan(Wanted("d"), Where()).verb == "register"


def test_why_there_is_nothing_to_register_stands_in_place_of_a_plan():
    assert words(Wanted(note=["No dataset", "in there"], hint="Look elsewhere")) == [
        "No dataset",
        "in there",
        "Look elsewhere",
    ]


def test_the_name_is_typed_out_where_the_place_wants_that():
    prod = Where("prod", production=True, typed=True)
    assert registering.plan(Wanted("d"), prod).confirm == "d"
    assert registering.plan(Wanted("d"), Where()).confirm == ""
