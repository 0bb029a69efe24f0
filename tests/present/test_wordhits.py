"""Finding a name by the beginnings of its words."""

import pytest

from dli_tui.present.wordhits import begins_words


@pytest.mark.parametrize(
    ("letters", "name"),
    [
        ("ordd", "orders_daily"),
        ("mrt", "ml.recommender.train"),
        ("mlrec", "ml.recommender.train"),
        ("mt", "ml.recommender.train"),
        ("ana.cl", "iceberg.analytics.daily.clicks"),
        ("주일", "주문_일별"),
        ("aab", "a_aa_ab"),
    ],
)
def test_beginnings_of_words_in_order_find_a_name(letters, name):
    assert begins_words(letters, name)


@pytest.mark.parametrize(
    ("letters", "name"),
    [
        ("odly", "orders_daily"),
        ("rd", "orders_daily"),
        ("do", "orders_daily"),
        ("do", "orders_daily_info"),
        ("oo", "orders_daily"),
        ("x", "xylophone"),
        ("", "anything"),
        ("dailyy", "orders_daily"),
    ],
)
def test_anything_looser_does_not(letters, name):
    assert not begins_words(letters, name)


def test_a_name_made_to_be_slow_is_not():
    assert not begins_words("a" * 60 + "b", "a_" * 125)
