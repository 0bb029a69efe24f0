"""Chance without state."""

from itertools import pairwise

from dli_tui.backends.demo.dice import Dice, stable_hash


def test_the_same_keys_give_the_same_numbers_and_others_give_others():
    def rolls(*keys):
        dice = Dice(*keys)
        return [dice.roll() for _ in range(5)]

    assert rolls(1, 2) == rolls(1, 2)
    many = [rolls(0, key) for key in range(100)] + [rolls(key, 0) for key in range(1, 100)]
    assert all(one != other for one, other in pairwise(sorted(many)))


def test_numbers_are_spread_evenly_from_nought_to_one():
    rolls = [Dice(0, key).roll() for key in range(10_000)]
    assert 0 <= min(rolls) < 0.01
    assert 0.99 < max(rolls) < 1
    assert 0.48 < sum(rolls) / len(rolls) < 0.52


def test_a_pick_is_one_of_that_many():
    dice = Dice(3)
    assert {dice.pick(4) for _ in range(200)} == {0, 1, 2, 3}


def test_a_text_has_the_same_number_on_every_machine():
    assert stable_hash("orders_daily") == 0xCF3704CB
    assert stable_hash("주문") != stable_hash("물류")
    assert stable_hash("\ud800") >= 0
