"""A message goes to the address that was checked, once, and nobody is followed anywhere."""

import asyncio
import json
import ssl
import traceback

import httpx
import pytest
import trustme

from dli_tui.backends.http.webhooks import Webhooks
from dli_tui.domain.errors import ConfigurationError, ConnectionFailedError, DLIError, ServerError
from tests.backends.http.servers import Stub, listening

HOOK = "https://hooks.example.com/T0/k3y?a=b%2Fc"
PUBLIC = "93.184.216.34"
OK = httpx.Response(200)


class Names:
    """What a name means, once; and how often it was asked for."""

    def __init__(self, *answers):
        self.answers, self.asked = answers, []

    async def __call__(self, host, port):
        self.asked.append((host, port))
        return self.answers


def webhooks(answer, *addresses, **more):
    return Webhooks(
        resolve=Names(*addresses or (PUBLIC,)), transport=httpx.MockTransport(answer), **more
    )


async def test_it_is_sent_once_to_the_address_that_was_checked_in_the_name_that_was_asked_for():
    stub, names = Stub(OK), Names(PUBLIC, "93.184.216.35")
    async with Webhooks(resolve=names, transport=httpx.MockTransport(stub)) as one:
        await one.post(HOOK, {"event_type": "source_changed"})
    (request,) = stub.requests
    assert names.asked == [("hooks.example.com", 443)]
    assert (request.method, request.url.host, request.url.port) == ("POST", PUBLIC, None)
    assert request.url.raw_path == b"/T0/k3y?a=b%2Fc"
    assert request.headers["Host"] == "hooks.example.com"
    assert request.headers["Content-Type"] == "application/json"
    assert request.extensions["sni_hostname"] == "hooks.example.com"
    assert json.loads(request.content) == {"event_type": "source_changed"}


@pytest.mark.parametrize(
    "addresses",
    [
        *(("127.0.0.1",), ("::1",), ("169.254.169.254",), ("fe80::1%eth0",), ("0.0.0.0",)),
        *((PUBLIC, "127.0.0.1"), ("::ffff:169.254.169.254",), ("100.100.100.200",)),
    ],
)
async def test_a_name_that_means_this_machine_too_is_not_reached(addresses):
    stub = Stub(OK)
    with pytest.raises(ConfigurationError, match=r"hooks\.example\.com is not reached"):
        await webhooks(stub, *addresses).post(HOOK, {})
    assert stub.requests == []


async def test_a_private_address_is_reached():
    stub = Stub(OK)
    await webhooks(stub, "10.0.0.5").post("http://inner.example.com:8080/", {})
    assert str(stub.requests[0].url) == "http://10.0.0.5:8080/"
    assert stub.requests[0].headers["Host"] == "inner.example.com:8080"


async def test_an_address_of_ipv6_is_reached():
    stub = Stub(OK)
    await webhooks(stub, "2606:4700::1111").post("https://[2606:4700::1111]/", {})
    assert stub.requests[0].url.host == "2606:4700::1111"
    assert stub.requests[0].headers["Host"] == "[2606:4700::1111]"


async def test_where_one_address_is_not_there_the_next_is_asked():
    stub = Stub(httpx.ConnectError("no"), OK)
    await webhooks(stub, PUBLIC, "93.184.216.35").post(HOOK, {})
    assert [one.url.host for one in stub.requests] == [PUBLIC, "93.184.216.35"]


@pytest.mark.parametrize("problem", [httpx.ReadError("no"), httpx.RemoteProtocolError("no")])
async def test_what_may_have_been_sent_is_not_sent_again(problem):
    stub = Stub(problem, OK)
    with pytest.raises(ConnectionFailedError, match="can't be told"):
        await webhooks(stub, PUBLIC, "93.184.216.35").post(HOOK, {})
    assert len(stub.requests) == 1


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_a_redirect_is_not_followed(status):
    stub = Stub(httpx.Response(status, headers={"Location": "https://else.example.com/"}))
    with pytest.raises(ServerError, match=f"answered {status}; redirects aren't followed"):
        await webhooks(stub).post(HOOK, {})
    assert len(stub.requests) == 1


@pytest.mark.parametrize(
    "answer",
    [
        *(httpx.Response(500, content=b"k3y"), httpx.Response(404), httpx.ReadTimeout("k3y")),
        *(httpx.ConnectError("k3y"), OSError("k3y"), httpx.InvalidURL("k3y")),
    ],
)
async def test_a_failure_names_the_host_and_not_the_key(answer):
    with pytest.raises(ServerError, match=r"hooks\.example\.com") as caught:
        await webhooks(Stub(answer)).post(HOOK, {})
    told = "".join(traceback.format_exception(caught.value))
    assert "k3y" not in told


async def test_a_name_that_means_nothing_is_a_failure_in_words():
    async def resolve(host, port):
        raise UnicodeError("label too long")

    with pytest.raises(ConnectionFailedError, match="can't be told"):
        await Webhooks(resolve=resolve, transport=httpx.MockTransport(Stub(OK))).post(HOOK, {})

    async def nothing(host, port):
        return ()

    with pytest.raises(ConnectionFailedError, match="means no address"):
        await Webhooks(resolve=nothing, transport=httpx.MockTransport(Stub(OK))).post(HOOK, {})


async def test_an_address_that_can_not_be_used_is_not_looked_up():
    names = Names(PUBLIC)
    for url in ("ftp://hooks.example.com/", "https://a:b@hooks.example.com/"):
        with pytest.raises(ConfigurationError, match="can't be used"):
            await Webhooks(resolve=names).post(url, {})
    assert names.asked == []


async def test_who_never_answers_is_left_after_so_long():
    async def never(request):
        await asyncio.Event().wait()

    with pytest.raises(ConnectionFailedError, match=r"didn't answer in 0\.01 s"):
        await webhooks(never, seconds=0.01).post(HOOK, {})


async def test_a_reply_is_not_read_and_no_connection_kept(monkeypatch):
    """Over a real line: what comes after the status may be endless."""
    monkeypatch.setattr("dli_tui.backends.http.webhooks.why_not_an_address", lambda text: None)
    monkeypatch.setattr("dli_tui.backends.http.webhooks.why_not_our_own", lambda text: None)
    heard = []

    async def serve(reader, writer):
        heard.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\nx")
        await writer.drain()
        await reader.read()

    async with listening(serve) as url:
        port = url.rpartition(":")[2].strip("/")
        async with Webhooks(resolve=Names("127.0.0.1")) as one:
            await one.post(f"http://hooks.example.com:{port}/a", {"b": 1})
            await one.post(f"http://hooks.example.com:{port}/a", {"b": 1})
    assert len(heard) == 2
    assert b"POST /a HTTP/1.1\r\nHost: hooks.example.com:" in heard[0]


@pytest.fixture
def certified():
    """What a server of hooks.example.com shows, and what believes it."""
    authority = trustme.CA()
    shown = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("hooks.example.com").configure_cert(shown)
    trusted = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    authority.configure_trust(trusted)
    return shown, trusted


async def test_a_certificate_is_of_the_name_each_time_though_the_address_is_the_same(
    monkeypatch, certified
):
    shown, trusted = certified
    here = "dli_tui.backends.http.webhooks"
    monkeypatch.setattr(f"{here}.why_not_an_address", lambda text: None)
    monkeypatch.setattr(f"{here}.why_not_our_own", lambda text: None)
    monkeypatch.setattr(f"{here}.trusting_the_system", lambda: trusted)
    heard = []

    async def serve(reader, writer):
        # It would serve more than one on the same line.
        while head := await reader.readuntil(b"\r\n\r\n"):
            heard.append(head.partition(b"\r\n")[0])
            await reader.readexactly(len("{}"))
            writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
            await writer.drain()

    async with listening(serve, tls=shown) as url:
        port = url.rpartition(":")[2].strip("/")
        async with Webhooks(resolve=Names("127.0.0.1")) as one:
            await one.post(f"https://hooks.example.com:{port}/a", {})
            with pytest.raises(ConnectionFailedError, match="ConnectError"):
                await one.post(f"https://other.example.com:{port}/a", {})
    assert heard == [b"POST /a HTTP/1.1"]


async def test_a_name_is_looked_up_as_the_machine_does_unless_another_way_is_handed_in():
    with pytest.raises(DLIError, match=r"127\.0\.0\.1 is not reached"):
        await Webhooks(transport=httpx.MockTransport(Stub(OK))).post("http://127.0.0.1/", {})
