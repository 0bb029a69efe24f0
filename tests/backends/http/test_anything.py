"""Whatever a server sends, a question ends with an answer or with an error of ours."""

import httpx
from hypothesis import given, settings
from hypothesis import strategies as st

from dli_tui.backends.http.client import Http
from dli_tui.backends.http.exchange import Answer, decoded
from dli_tui.domain.errors import AnswerLostError, DLIError
from tests.backends.http.servers import LIST, RUN, Naps, client, listening, profile, request_from

NAMES = st.sampled_from(
    [
        *("Content-Type", "Content-Encoding", "Location", "Retry-After", "Date", "ETag"),
        *("Set-Cookie", "Content-Length", "WWW-Authenticate", "Transfer-Encoding", "X-Total-Count"),
    ]
)
VALUES = st.one_of(
    st.sampled_from(
        [
            *(
                "text/html",
                "application/json",
                "gzip",
                "br",
                "/elsewhere",
                "https://x.example/login",
            ),
            *(
                "http://[::1",
                "//",
                "http:///x",
                "x:y",
                "?",
                "//u:p@basecamp.example.com/",
                "0",
                "120",
            ),
            *("Wed, 21 Oct 2026 07:28:00 GMT", "Wed, 99 Xxx 99999 99:99:99 -9999", "chunked"),
            *("a=b; Domain=.com; Expires=never", '"tag"', "²"),
        ]
    ),
    st.text(st.characters(codec="latin-1", exclude_characters="\r\n\0"), max_size=40),
)
HEADERS = st.lists(st.tuples(NAMES, VALUES), max_size=4)
BODIES = st.one_of(
    st.binary(max_size=200),
    st.sampled_from(
        [b"", b"[]", b"{}", b"null", b"[NaN]", b"<html><title>Log in", b"\x1f\x8b", b"[" * 3000]
    ),
)

HEADS = (b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 500 No\r\nETag: ")


def streamed(content):
    async def pieces():
        yield content

    return pieces()


async def outcome_of(asking):
    """The answer or the error; anything else fails the test."""
    try:
        return await asking
    except DLIError as error:
        return error


@given(st.integers(200, 599), HEADERS, BODIES)
@settings(max_examples=400)
async def test_any_reply_to_a_read_gives_an_answer_or_an_error_of_ours(status, headers, body):
    raw = [(name.encode(), value.encode("latin-1")) for name, value in headers]

    def answer(request):
        return httpx.Response(status, headers=raw, content=streamed(body))

    async with client(answer, token_env="MY_TOKEN") as http:
        found = await outcome_of(http.read(LIST, decoded))
        again = await outcome_of(http.read(LIST, decoded))
    assert type(found) is type(again)
    assert isinstance(found, Answer) == isinstance(again, Answer)


@given(
    st.binary(max_size=300),
    st.sampled_from([b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\n\r\n"]),
)
@settings(max_examples=150)
async def test_any_bytes_on_the_line_do_too(raw, head):
    async def serve(reader, writer):
        await request_from(reader)
        writer.write(head + raw)
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    async with listening(serve) as url, Http(profile(url=url), {}, sleep=Naps()) as http:
        await outcome_of(http.read(LIST, decoded))
        found = await outcome_of(http.write(RUN, decoded))
    if not (head + raw).startswith(b"HTTP/1."):
        assert isinstance(found, AnswerLostError)
