"""What is written down holds no secret, is one line, and keeps nobody waiting."""

import io
import json
from threading import Event

import pytest

from dli_tui.server.lines import MOST_WAITING, LineWriter, failure_line, json_line, told_target
from tests.support_gate import NOON

TOKEN = f"dli_0123456789ab_{'s' * 43}"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbmEifQ.c2VhbA-_"


@pytest.mark.parametrize("secret", [TOKEN, JWT])
@pytest.mark.parametrize("where", ["/{}", "/a?run={}", "/a?b=c&d={}&e=f", "/a/{}/b?{}"])
def test_a_token_in_an_address_is_left_out(secret, where):
    path, _, query = where.replace("{}", secret).partition("?")
    told = told_target(path.encode(), query.encode())
    assert secret not in told
    assert secret[-8:] not in told
    assert "***" in told


@pytest.mark.parametrize(
    "name", ["token", "access_token", "api_key", "apiKey", "PASSWORD", "Auth", "%74oken"]
)
def test_what_is_called_a_secret_is_left_out(name):
    told = told_target(b"/api/v1/workflows", f"limit=5&{name}=hunter2&offset=9".encode())
    assert told == f"/api/v1/workflows?limit=5&{name}=***&offset=9"


def test_what_is_none_can_be_read():
    query = b"status=active&dataset_name=iceberg.analytics.daily_clicks_20260101&limit=500"
    assert told_target(b"/api/v1/workflows", query).encode() == b"/api/v1/workflows?" + query


def test_an_address_is_cut():
    assert len(told_target(b"/" + b"a" * 5_000, b"")) <= 1_000
    assert len(told_target(b"/", b"a" * 5_000)) <= 1_000


@pytest.mark.parametrize("word", ["=" * 300_000, "a+" * 150_000])
def test_a_word_that_was_made_to_keep_us_looking_does_not(word):
    line = failure_line(NOON, "id-1", RuntimeError(word))
    assert word in json.loads(line)["traceback"]


def test_a_line_is_ascii_whatever_it_says():
    line = json_line(path="/\x1b]0;title\x07\n\u202e\ud800☃")
    assert line.isascii()
    assert line.isprintable()
    assert json.loads(line)["path"].endswith("☃")


def test_a_failure_is_told_with_its_place_and_without_secrets():
    try:
        raise RuntimeError(f"choked on Bearer {TOKEN} and {JWT}")
    except RuntimeError as problem:
        line = failure_line(NOON, "id-1", problem)
    told = json.loads(line)
    assert "test_lines.py" in told["traceback"]
    assert told["id"] == "id-1"
    assert "s" * 43 not in line
    assert "c2VhbA" not in line


def test_lines_come_out_in_their_order():
    stream = io.StringIO()
    writer = LineWriter(stream)
    for number in range(100):
        writer(str(number))
    writer.close()
    assert stream.getvalue().split() == [str(number) for number in range(100)]


class Stuck(io.StringIO):
    """A pipe that nobody empties, until somebody does."""

    def __init__(self):
        super().__init__()
        self.stuck, self.emptied = Event(), Event()

    def write(self, text):
        self.stuck.set()
        self.emptied.wait()
        return super().write(text)


def test_where_nobody_reads_lines_are_counted_instead_of_kept():
    stream = Stuck()
    writer = LineWriter(stream)
    writer("first")
    stream.stuck.wait()
    for number in range(MOST_WAITING + 7):
        writer(str(number))
    stream.emptied.set()
    writer.close()
    lines = stream.getvalue().splitlines()
    assert lines[0] == "first"
    assert '{"event":"lines lost","count":7}' in lines
    assert lines[-1] == str(MOST_WAITING - 1)


def test_a_stream_that_is_closed_stops_nobody():
    stream = io.StringIO()
    stream.close()
    writer = LineWriter(stream)
    writer("lost")
    writer.close()
    assert stream.closed


def test_closing_what_never_wrote_is_fine():
    LineWriter(io.StringIO()).close()
