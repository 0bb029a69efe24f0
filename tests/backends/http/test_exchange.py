"""Questions, paths and bodies, before and after they are HTTP."""

import json

import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dli_tui.backends.http.exchange import (
    MOST_CONTAINERS,
    MOST_TEXTS,
    decoded,
    segment,
    understood,
)
from dli_tui.domain.errors import ErrorCode, ServerError


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("iceberg.analytics.daily_clicks", "iceberg.analytics.daily_clicks"),
        ("a b/c", "a%20b%2Fc"),
        ("50%?#&", "50%25%3F%23%26"),
        ("schlüssel", "schl%C3%BCssel"),
        ("half \ud800", "half%20%3F"),
    ],
)
def test_a_segment_is_quoted_whole(text, quoted):
    assert segment(text) == quoted


@given(st.text(min_size=1))
@example(".")
@example("..")
def test_no_segment_leaves_its_place(text):
    url = httpx.URL(f"https://x.example/api/{segment(text)}/run")
    parts = url.raw_path.decode().split("/")
    assert (parts[:2], parts[3:]) == (["", "api"], ["run"])
    assert parts[2].upper().replace("%2E", ".") not in ("", ".", "..")


@pytest.mark.parametrize(
    ("content", "value"),
    [(b"", None), (b" \n", None), (b"\xef\xbb\xbf[1]", [1]), ('{"ü": 1.5}'.encode(), {"ü": 1.5})],
)
def test_a_body_is_decoded(content, value):
    assert decoded(content) == value


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"<html>", "isn't JSON"),
        (b'{"a": 1', "isn't JSON"),
        (b'"\xff"', "isn't JSON"),
        (b"[NaN]", "a number that nothing can be"),
        (b"[-Infinity]", "a number that nothing can be"),
        (b"[1e999]", "a number that nothing can be"),
        (b"1" * 5000, "a number that nothing can be"),
        (b"[" * 201 + b"]" * 201, "nested more than 200 levels deep"),
        (b"[" * 100_000 + b"]" * 100_000, "nested more than 200 levels deep"),
        (b'{"a":' * 201 + b"1" + b"}" * 201, "nested more than 200 levels deep"),
    ],
)
def test_a_body_that_cant_be_read_is_refused_in_words(content, says):
    with pytest.raises(ServerError, match=says) as caught:
        decoded(content)
    assert caught.value.code is ErrorCode.SERVER_ERROR
    assert caught.value.__context__ is None


def test_a_body_may_be_nested_deeper_than_any_value_that_is_kept():
    assert decoded(b"[" * 200 + b"]" * 200) is not None


def test_an_error_body_is_json_or_text():
    assert understood(b'{"detail": "no"}') == {"detail": "no"}
    assert understood(b"out of \xff order") == "out of � order"
    assert understood(b"") is None


@pytest.mark.parametrize(
    ("item", "count"),
    [(b"{}", MOST_CONTAINERS), (b"[]", MOST_CONTAINERS), (b'"ab"', MOST_TEXTS)],
    ids=["objects", "lists", "texts"],
)
def test_a_body_of_more_values_than_fit_into_the_memory_is_refused_unparsed(
    monkeypatch, item, count
):
    monkeypatch.setattr(json, "loads", lambda *_, **__: pytest.fail("it was parsed"))
    body = b"[" + b",".join([item] * (count + 1)) + b"]" + b" " * 1024**2
    with pytest.raises(ServerError, match="more values than fit"):
        decoded(body)


def test_a_long_log_of_lines_is_decoded():
    lines = b",".join([b'{"event": "a \\"quoted\\" word, {one} [two]"}'] * 60_000)
    found = decoded(b"[" + lines + b"]")
    assert isinstance(found, list)
    assert len(found) == 60_000
