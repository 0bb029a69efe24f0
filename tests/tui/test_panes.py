"""The height of a run's page: the log can always be read, and what fits is whole."""

import itertools

from dli_tui.tui.panes import FRAME, LEAST_LOG, shares


def test_on_a_small_terminal_the_log_keeps_its_lines_whatever_else_there_is():
    for facts, steps in itertools.product((1, 7, 40), (0, 4, 6, 101)):
        given = shares(24 - FRAME, facts=facts, steps=steps)
        assert 24 - FRAME - sum(given) >= LEAST_LOG
        assert given.facts >= min(facts, 3)
        assert given.steps >= min(steps, 4)


def test_what_fits_is_shown_whole():
    assert shares(24 - FRAME, facts=7, steps=6) == (7, 6)
    assert shares(60 - FRAME, facts=12, steps=30) == (12, 30)


def test_a_pane_alone_has_everything_and_the_log_leaves_nothing_to_others():
    assert shares(21, facts=7, steps=6, alone="facts") == (22, 0)
    assert shares(21, facts=7, steps=6, alone="steps") == (0, 22)
    assert shares(21, facts=7, steps=6, alone="log-pane") == (0, 0)
