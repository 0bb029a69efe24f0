"""One line of ours, read strictly; below it the spec as it was."""

from datetime import UTC, datetime

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from dli_tui.domain.text import safe_line
from dli_tui.specs.reader import mapping_of
from dli_tui.specs.store.document import MAX_BY, Act, Header, bytes_of, parts_of
from dli_tui.specs.store.objects import UnreadableError

AT = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
ANA = Header(3, Act.REGISTERED, "ana@example.com", AT)
LINE = '# dli-tui: revision 3, registered by "ana@example.com" at 2026-11-21T09:00:00Z'
texts = st.text(st.characters(exclude_categories=["Cs"]))
moments = st.integers(0, 7_000_000_000).map(lambda second: datetime.fromtimestamp(second, UTC))


def test_the_line_is_a_comment_that_a_person_can_read():
    assert ANA.line() == LINE
    assert ANA.said() == "registered by ana@example.com on 2026-11-21 09:00:00 UTC (revision 3)"
    assert bytes_of(ANA, "name: x\n") == f"{LINE}\nname: x\n".encode()


@given(texts)
def test_the_spec_below_it_stays_as_it_was(text):
    header, found = parts_of(bytes_of(ANA, text), "key")
    assert header == ANA
    assert found == text.removeprefix("\ufeff")


@given(st.integers(1, 999_999_999), st.sampled_from(Act), texts, moments)
def test_any_name_comes_back_as_it_may_be_shown(revision, act, by, at):
    line = Header(revision, act, by, at).line()
    assert line.isascii()
    assert line.isprintable()
    header, text = parts_of(f"{line}\nname: x\n".encode(), "key")
    assert header == (revision, act, safe_line(by, MAX_BY), at)
    assert text == "name: x\n"


@pytest.mark.parametrize(
    "by", ["\x1b]0;owned\x07ana", "ana\nname: other", 'ana" at 1', "ana\u2028x", "#\\", "a" * 999]
)
def test_no_name_gets_out_of_its_line(by):
    data = bytes_of(ANA._replace(by=by), "name: x\n")
    assert data.count(b"\n") == 2
    assert mapping_of(data.decode()) == {"name": "x"}
    assert "\x1b" not in parts_of(data, "key")[0].said()


@pytest.mark.parametrize(
    "line",
    [
        LINE.replace("3", "03", 1),
        LINE.replace("3", "0", 1),
        LINE.replace("3", "9999999999", 1),
        LINE.replace("registered", "owned"),
        LINE.replace("11-21", "11-31"),
        LINE.replace("09:00:00Z", "09:00:00 "),
        LINE + " ",
        " " + LINE,
        LINE.replace("ana", "\\u0061na"),
        LINE.replace("ana", "\\u001b]0;x\\u0007"),
        LINE.replace("ana", "ána"),
        LINE.replace('"ana', '"a" b"na'),
        LINE.replace("ana", "a" * 3_000),
        "# dli-tui:",
        "",
    ],
)
def test_a_line_that_we_would_not_have_written_is_the_specs_own(line):
    text = f"{line}\nname: x\n"
    assert parts_of(text.encode(), "key") == (None, text)


def test_a_line_of_ours_in_the_spec_stays_the_specs_own():
    text = f"{LINE}\nname: x\n"
    removed = ANA._replace(act=Act.REMOVED)
    assert parts_of(bytes_of(removed, text), "key") == (removed, text)


def test_without_a_line_end_there_is_no_header():
    assert parts_of(LINE.encode(), "key") == (None, LINE)


@given(st.binary(max_size=300))
def test_any_bytes_are_a_spec_or_an_error_that_says_which_line(data):
    try:
        data.decode()
    except UnicodeDecodeError:
        with pytest.raises(UnreadableError, match=r"line [0-9]+ is not UTF-8 text"):
            parts_of(data, "key")
        return
    header, text = parts_of(data, "key")
    assert (header, text.encode()) == (None, data.removeprefix(b"\xef\xbb\xbf"))


def test_the_line_that_is_not_utf_8_is_counted_with_ours():
    with pytest.raises(UnreadableError, match=r"workflows/x\.yaml can't be read: line 3 "):
        parts_of(bytes_of(ANA, "name: x\n") + b"\xff", "workflows/x.yaml")


@pytest.mark.parametrize("text", ["%YAML 1.1\n---\nname: x\n", "\ufeffname: x\n", "---\r\nname: x"])
def test_a_spec_means_the_same_below_it(text):
    assert yaml.safe_load(bytes_of(ANA, text)) == {"name": "x"}
