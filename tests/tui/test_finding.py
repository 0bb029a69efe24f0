"""The best fits come first, quickly, however many names there are."""

from __future__ import annotations

from dli_tui.tui import finding

NAMES = ["shop.orders", "orders_daily", "reorders", "ml.train", "orders"]


def test_what_begins_as_typed_comes_first_then_words_then_the_rest():
    found = [NAMES[at] for _, at in finding.best("ord", NAMES)]
    assert found == ["orders", "orders_daily", "shop.orders", "reorders"]


def test_beginnings_of_words_are_found_where_the_letters_are_not_in_it_as_typed():
    found = [NAMES[at] for part in finding.by_words("ordd", NAMES) for at in part]
    assert found == ["orders_daily"]


def test_of_a_hundred_thousand_names_only_the_best_are_ranked():
    names = [f"team.orders_{number}" for number in range(100_000)] + ["order"]
    found = finding.best("o", names)
    assert [names[at] for _, at in found] == ["order"]
    assert len(finding.best("team.orders_1", names)) == finding.MOST
