"""A part of a name is enough, and a slip of the finger is no riddle."""

from __future__ import annotations

import pytest

from dli_tui.present.completing import fitting, near

ZONES = ["America/New_York", "Asia/Seoul", "Asia/Tokyo", "Europe/Moscow", "UTC"]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("seo", ["Asia/Seoul"]),
        (" ASIA ", ["Asia/Seoul", "Asia/Tokyo"]),
        ("o", ["America/New_York", "Asia/Seoul"]),
        ("york", ["America/New_York"]),
        ("mars", []),
        ("", ["America/New_York", "Asia/Seoul"]),
    ],
)
def test_a_part_of_a_name_finds_it(typed, found):
    assert fitting(typed, ZONES, 2) == found


def test_what_begins_with_it_comes_before_what_holds_it():
    assert fitting("as", ["x.base", "x.asset", "as"], 3) == ["as", "x.asset", "x.base"]


@pytest.mark.parametrize(
    ("typed", "found"), [("Asia/Soul", ["Asia/Seoul"]), ("utc ", ["UTC"]), ("x" * 50, [])]
)
def test_what_is_nearly_a_name_is_near(typed, found):
    assert near(typed, ZONES, 1) == found
