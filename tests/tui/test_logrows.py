"""Which rows are kept, how high they are, where the needle is: the same in one piece or many."""

import random
import time

import pytest

from dli_tui.tui.logrows import Level, LogRows
from tests.tui.support_log import BEGAN, row

WORDS = ("alpha", "beta", "Gamma", "한글 로그", "x" * 90, "", "STRASSE straße")
LEVELS = ("", "info", "warning", "error", "critical")


def some(count, seed=1):
    dice = random.Random(seed)
    return [
        row(" ".join(dice.choices(WORDS, k=dice.randrange(4))), dice.choice(LEVELS), at)
        for at in dice.choices((None, BEGAN), k=count)
    ]


def picture(log):
    """Everything that is asked of it."""
    places = [log.place_on(line) for line in range(log.lines)]
    firsts = [log.line_of(place) for place in range(log.kept)]
    hits = [log.hit_from(place, 0) for place in range(log.kept)]
    return [log.at(place) for place in range(log.kept)], places, firsts, hits


@pytest.mark.parametrize("level", Level)
@pytest.mark.parametrize("width", [0, 20])
def test_it_is_the_same_whether_rows_came_first_or_the_wish(level, width):
    rows = some(60)
    early, late = LogRows(), LogRows()
    early.show_level(level)
    early.wrap(width)
    early.search("a")
    for start in range(0, 60, 7):
        early.append(rows[start : start + 7])
    late.append(rows)
    late.search("a")
    late.wrap(width)
    late.show_level(level)
    assert picture(early) == picture(late)


def test_every_line_belongs_to_a_row_and_every_part_is_shown():
    log = LogRows()
    log.append(some(60))
    log.wrap(20)
    stamps = ["" if log.at(place).at is None else "10:02:14 " for place in range(log.kept)]
    heights = [len(log.parts(place, stamp)) for place, stamp in enumerate(stamps)]
    assert log.lines == sum(heights)
    assert [log.place_on(line) for line in range(log.lines)] == [
        place for place, height in enumerate(heights) for _ in range(height)
    ]


LETTERS = "a한🙂é\u0301 \u200d\ufe0f❤👩x—"


@pytest.mark.parametrize("width", [10, 11, 17, 30, 80])
def test_a_row_is_as_high_as_it_is_painted_whatever_letters_it_has(width):
    dice = random.Random(width)
    texts = ("".join(dice.choices(LETTERS, k=dice.randrange(90))) for _ in range(1500))
    log = LogRows()
    log.append([row(text, at=dice.choice((None, BEGAN))) for text in texts])
    log.wrap(width)
    ends = [*(log.line_of(place) for place in range(log.kept)), log.lines]
    for place in range(log.kept):
        stamp = "" if log.at(place).at is None else "10:02:14 "
        parts = log.parts(place, stamp)
        assert ends[place + 1] - ends[place] == len(parts), ascii(log.at(place).text)


def test_a_hundred_thousand_rows_of_many_letters_are_wrapped_between_two_keys():
    # Twenty times what it takes, so that a busy machine passes and a slow way doesn't.
    texts = ("한글 로그 " * 20, "loaded — done " * 10, "plain " * 20)
    log = LogRows()
    log.append([row(texts[n % 3] + str(n), at=BEGAN) for n in range(100_000)])
    began = time.process_time()
    log.wrap(100)
    assert time.process_time() - began < 1
    assert log.lines > 200_000


@pytest.mark.parametrize("typed", ["a", "al", "alpha b", "gam", "straSSE", "한글", "zzz"])
def test_what_is_typed_letter_by_letter_finds_what_it_finds_at_once(typed):
    log = LogRows()
    log.append(some(200))
    for end in range(1, len(typed) + 1):
        log.search(typed[:end])
    wanted = [n for n in range(200) if typed.casefold() in log.rows[n].text.casefold()]
    assert [place for place in range(200) if log.hit_from(place, 0) == place] == wanted
    log.search(typed[:1])
    assert log.hits(0).total >= len(wanted)


def test_a_row_that_a_level_hides_is_stood_for_by_the_one_before_it():
    log = LogRows()
    log.append([row("a", "error"), row("b"), row("c", "error"), row("d")])
    log.show_level(Level.ERRORS)
    assert [log.number(log.place_of(number)) for number in range(4)] == [0, 0, 2, 2]
    assert (log.first_error(), log.first_error(since=1), log.first_error(since=3)) == (0, 1, None)


def test_letters_of_levels_take_room_wherever_a_row_is_measured():
    rows = [row("x" * 20, level="error"), row("ü" * 20, level="info")]
    log = LogRows(letters=True)
    log.append(rows)
    log.wrap(22)
    assert log.lines == 2
    log.wrap(21)
    assert log.lines == 4
    assert log.parts(0, "E ") == ["E " + "x" * 19, "x"]
