"""What came back: ways elsewhere, and web pages where an answer should be."""

import httpx
import pytest

from dli_tui.backends.http.exchange import decoded
from dli_tui.domain.errors import AuthenticationError, ErrorCode, ServerError
from tests.backends.http.servers import LIST, RUN, TOKEN, URL, Stub, client

SIGN_IN = '<!DOCTYPE html><html><body><form><input name="p" type="password"></form></body></html>'
PAGE = "<html><head><title>Welcome &amp; hello</title></head><body>nginx</body></html>"


def redirect(to, status=302):
    return httpx.Response(status, headers={"Location": to})


def page(text=PAGE, kind="text/html; charset=utf-8", status=200):
    return httpx.Response(status, headers={"Content-Type": kind}, content=text.encode())


async def error_of(stub, asking="read", **changes):
    async with client(stub, **changes) as http:
        with pytest.raises(ServerError) as caught:
            await getattr(http, asking)(LIST if asking == "read" else RUN, decoded)
    return caught.value


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("to", ["/moved?page=2", f"{URL}/moved?page=2", f"{URL}:443/moved?page=2"])
async def test_a_read_follows_to_the_same_origin(status, to):
    stub = Stub(redirect(to, status), httpx.Response(200, json=["a"]))
    asked = LIST._replace(query={"limit": 500}, headers={"Accept": "text/plain"})
    async with client(stub, token_env="MY_TOKEN") as http:
        assert (await http.read(asked, decoded)).value == ["a"]
    second = stub.requests[1]
    assert str(second.url) == f"{URL}/moved?page=2"
    assert (second.headers["Accept"], second.headers["Authorization"]) == (
        "text/plain",
        f"Bearer {TOKEN}",
    )


@pytest.mark.parametrize(
    ("to", "where"),
    [
        ("https://evil.example/a?token=abc", "https://evil.example/a"),
        ("http://basecamp.example.com/a", "http://basecamp.example.com/a"),
        ("https://basecamp.example.com:8443/a", "https://basecamp.example.com:8443/a"),
        ("//evil.example/a", "https://evil.example/a"),
        ("https://me:pw@basecamp.example.com/a", "https://basecamp.example.com/a"),
        ("https://[::1]/a#b", "https://[::1]/a"),
    ],
)
@pytest.mark.parametrize("asking", ["read", "write"])
async def test_nothing_leaves_the_origin(to, where, asking):
    stub = Stub(redirect(to, 307))
    error = await error_of(stub, asking, token_env="MY_TOKEN")
    assert error.message == f"The server points to {where}, which is another server"
    assert ("Nothing was sent there." in error.hint) == (asking == "write")
    assert len(stub.requests) == 1


@pytest.mark.parametrize("to", ["http://[::1", "http://a:b/", "x\x7f://"])
async def test_a_way_that_cant_be_read_is_an_error(to):
    error = await error_of(Stub(redirect(to)))
    assert error.code is ErrorCode.SERVER_ERROR
    assert "points to" in error.message


async def test_going_round_in_circles_ends():
    stub = Stub(redirect("/again"))
    assert "6 times" in (await error_of(stub)).message
    assert len(stub.requests) == 6


@pytest.mark.parametrize("status", [307, 308])
async def test_a_write_is_repeated_where_the_server_asks_for_just_that(status):
    stub = Stub(redirect("/api/v1/workflows/a.b.c/run/", status), httpx.Response(202, json={}))
    async with client(stub) as http:
        await http.write(RUN._replace(body={"params": {}}), decoded)
    assert [request.method for request in stub.requests] == ["POST", "POST"]
    assert stub.requests[1].content == b'{"params": {}}'


@pytest.mark.parametrize("status", [301, 302, 303])
async def test_else_it_isnt(status):
    stub = Stub(redirect("/elsewhere", status))
    error = await error_of(stub, "write")
    assert error.message == f"The server answered by pointing to {URL}/elsewhere"
    assert error.hint.startswith("Look whether it happened")
    assert len(stub.requests) == 1


@pytest.mark.parametrize("status", [300, 302, 304])
async def test_a_status_without_meaning_is_named(status):
    assert f"status {status}" in (await error_of(Stub(httpx.Response(status)))).message


@pytest.mark.parametrize(
    "reply",
    [
        page(SIGN_IN),
        page(SIGN_IN, "application/json"),
        page(SIGN_IN, ""),
        page("<html><title>Sign in · Example</title>"),
        page('<html><form><input type="hidden" name="SAMLRequest"></form>'),
        redirect("https://login.example.com/start?secret=abc"),
        redirect("https://example.okta.example/oauth2/v1/authorize?state=abc"),
    ],
)
@pytest.mark.parametrize("asking", ["read", "write"])
async def test_a_sign_in_page_is_recognised(reply, asking):
    error = await error_of(Stub(reply), asking, token_env="MY_TOKEN")
    assert isinstance(error, AuthenticationError)
    assert error.message.startswith("A sign-in page came instead of an answer, from https://")
    assert error.hint == "Sign in again: the token comes from the environment variable MY_TOKEN."
    assert "abc" not in error.message


async def test_so_is_one_that_we_were_sent_on_to():
    error = await error_of(Stub(redirect("/login?next=%2Fapi"), page()))
    assert isinstance(error, AuthenticationError)
    assert error.message.endswith(f"from {URL}/login")


@pytest.mark.parametrize("kind", ["text/html", "application/xhtml+xml", "application/json", ""])
async def test_another_page_is_called_by_its_title(kind):
    error = await error_of(Stub(page(kind=kind)))
    assert not isinstance(error, AuthenticationError)
    assert error.message == "A web page came instead of an answer: Welcome & hello"
    assert "url" in error.hint


async def test_a_log_may_begin_like_a_page():
    async with client(Stub(page("<html> is what it wrote", "text/plain"))) as http:
        assert (await http.read(LIST, bytes.decode)).value == "<html> is what it wrote"


async def test_a_refusal_that_the_caller_reads_may_be_a_page():
    async with client(Stub(page(status=404))) as http:
        answer = await http.read(LIST._replace(expected=frozenset({404})), bytes)
    assert (answer.status, answer.value) == (404, PAGE.encode())


async def test_an_error_page_gives_its_title_alone():
    error = await error_of(Stub(page("<html><title>502 Bad Gateway</title><b>x</b>", status=502)))
    assert error.message.endswith(": 502 Bad Gateway")
