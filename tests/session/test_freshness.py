"""Before the first answer nothing is known, and nothing is wrong."""

from dli_tui.session.freshness import Freshness


def test_at_first_there_is_neither_an_answer_nor_a_problem():
    assert Freshness() == (None, None, None, False)
