"""Whatever a server sends, no terminal obeys it."""

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dli_tui.domain.text import MAX_LINE, REPLACEMENT, as_argument, safe, safe_line, spelled_out

_OBEYED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
    "\u2028\u2029\ufeff\ud800-\udfff"
    "\u00ad\u115f\u1160\u200b\u2060-\u2064\u3164\uffa0\U000e0000-\U000e007f]"
)
_HOSTILE = st.sampled_from(
    [
        *("\x1b", "\x1b[", "\x1b]52;c;", "\x1bP", "\x1b\\", "\x9b", "\x9c", "\x9d", "\x07", "31m"),
        *("\x00", "\x7f", "\r", "\n", "\r\n", "\t", "\x0b", "\x85", "\u202e", "\u2066", "\u200e"),
        *(
            "\u061c",
            "\u2028",
            "\u2029",
            "\ufeff",
            "\u200b",
            "\u3164",
            "\U000e0041",
            "\ud800",
            "\udfff",
            "a",
            " ",
            ";",
            "한",
            "👩\u200d💻",
        ),
    ]
)
_ANY_TEXT = st.text(st.characters(), max_size=60) | st.lists(_HOSTILE, max_size=40).map("".join)
_MANY = settings(deadline=None, max_examples=200, derandomize=True)


@_MANY
@given(_ANY_TEXT)
def test_nothing_that_a_terminal_obeys_is_left(text):
    assert _OBEYED.search(safe(text)) is None
    assert _OBEYED.search(safe_line(text)) is None


@_MANY
@given(_ANY_TEXT)
def test_safe_text_stays_as_it_is(text):
    once = safe(text)
    assert safe(once) == once


@_MANY
@given(_ANY_TEXT, st.integers(1, 50))
def test_a_safe_line_is_one_line_within_its_limit(text, limit):
    line = safe_line(text, limit)
    assert len(line) <= limit
    assert not set(line) & {"\n", "\r", "\t"}


@_MANY
@given(
    st.text(
        st.characters(
            exclude_categories=("Cc", "Cf", "Cs", "Cn", "Zl", "Zp"),
            exclude_characters="\u115f\u1160\u17b4\u17b5\u3164\uffa0",
        ),
        max_size=60,
    )
)
def test_ordinary_text_is_not_touched(text):
    assert safe(text) == text
    assert safe_line(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "daily_clicks",
        "데이터 일일 집계",
        "ᄒ\u1161\u11ab",
        "日本語、中文",
        "naïve — “quotes” … ½",
        "👩\u200d💻 👨\u200d👩\u200d👧\u200d👦 🏳\ufe0f\u200d🌈",
        "क्\u200dष",
        "one\ttwo\nthree",
        "C:\\path [31m not an escape]",
        "",
    ],
)
def test_words_of_any_language_stay(text):
    assert safe(text) == text


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("a\x1b]52;c;aGVsbG8=\x07b", "ab"),
        ("a\x1b]52;c;aGVsbG8=\x1b\\b", "ab"),
        ("a\x9d52;c;aGVsbG8=\x9cb", "ab"),
        ("a\x1b]0;a new title\x07b", "ab"),
        ("a\x1b]8;;http://example.com\x07link\x1b]8;;\x07b", "alinkb"),
        ("a\x1b[31mred\x1b[0mb", "aredb"),
        ("a\x1b[2J\x1b[Hb", "ab"),
        ("a\x9b2Jb", "ab"),
        ("a\x1b[?1049hb", "ab"),
        ("a\x1b[38:2::1:2:3mb", "ab"),
        ("a\x1bcb", "ab"),
        ("a\x1b(0b", "ab"),
        ("a\x1bP$qm\x1b\\b", "ab"),
        ("a\x1b_Gf=100;AAAA\x1b\\b", "ab"),
        ("a\x1b[", "a"),
        ("a\x1b[31", "a"),
        ("a\x1b]52;c;aGVs", "a"),
        ("a\x1b]52;c;aGVs\nb", "a\nb"),
        ("a\x1b]52;c;\x1b[31mb", "ab"),
        ("a\x1b", "a"),
        ("a\x1b\x1b[31mb", "ab"),
        ("one\r\ntwo", "one\ntwo"),
        ("50%\rdone", f"50%{REPLACEMENT}done"),
        ("a\x08b", f"a{REPLACEMENT}b"),
        ("a\x00b", f"a{REPLACEMENT}b"),
        ("a\x7fb", f"a{REPLACEMENT}b"),
        ("abc\u202egpj.exe", f"abc{REPLACEMENT}gpj.exe"),
        ("a\u2028b\u2029c", f"a{REPLACEMENT}b{REPLACEMENT}c"),
        ("\ufeffname", f"{REPLACEMENT}name"),
        ("pay\u200bpal", f"pay{REPLACEMENT}pal"),
        ("so\u00adft", f"so{REPLACEMENT}ft"),
        ("\u3164", REPLACEMENT),
        ("a\U000e0041\U000e0042b", f"a{REPLACEMENT * 2}b"),
        ("a\u2060b\ufff9c", f"a{REPLACEMENT}b{REPLACEMENT}c"),
        ("half \ud83d of it", f"half {REPLACEMENT} of it"),
    ],
)
def test_sequences_go_and_single_controls_leave_a_mark(hostile, shown):
    assert safe(hostile) == shown


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("one\ntwo", "one two"),
        ("one\r\n\r\n\ttwo", "one two"),
        ("one\rtwo", "one two"),
        ("one\x1b[31m\ntwo", "one two"),
        ("\n", " "),
    ],
)
def test_a_line_has_its_breaks_folded(text, line):
    assert safe_line(text) == line


@pytest.mark.parametrize(
    ("text", "limit", "line"),
    [
        ("12345", 5, "12345"),
        ("123456", 5, "1234…"),
        ("한국어텍스트", 4, "한국어…"),
        ("123456", 1, "…"),
        ("\x1b[31m12345\x1b[0m", 5, "12345"),
        ("a\n\n\n\n\nb", 3, "a b"),
    ],
)
def test_a_line_that_is_too_long_ends_in_an_ellipsis(text, limit, line):
    assert safe_line(text, limit) == line


@pytest.mark.parametrize(
    "piece", ["\x1b]52;c;", "\x1b[", "\x1b", "\x9d", "\x9b1;", "\x1bP\x1b", "\u202e", "한"]
)
def test_a_hostile_megabyte_is_made_safe_like_any_text(piece):
    text = piece * (1_000_000 // len(piece))
    assert _OBEYED.search(safe(text)) is None
    assert len(safe_line(text)) <= MAX_LINE


@given(st.lists(st.text() | _HOSTILE.filter(lambda part: part < "\ud800" or part > "\udfff")))
@settings(deadline=None, max_examples=100, derandomize=True)
def test_json_that_is_spelled_out_says_the_same_and_no_terminal_obeys_it(texts):
    shown = spelled_out(json.dumps(texts, ensure_ascii=False))
    assert json.loads(shown) == texts
    assert not _OBEYED.search(shown)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("orders_daily", "orders_daily"),
        ("Daily Sync (north)", "'Daily Sync (north)'"),
        ("it's", "'it'\"'\"'s'"),
        ("$(reboot)\x1b[1m", "'$(reboot)'"),
        ("", "''"),
    ],
)
def test_a_command_that_is_copied_from_a_hint_means_the_name_and_nothing_more(text, word):
    assert as_argument(text) == word
