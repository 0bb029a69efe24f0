"""The line to a server: what it trusts, what it goes through, and what it refuses to begin with."""

import asyncio
import ssl

import httpx
import pytest
import trustme
from cryptography.hazmat.primitives import serialization

from dli_tui.backends.http.client import Http
from dli_tui.backends.http.exchange import decoded
from dli_tui.backends.http.line import is_loopback, route_of
from dli_tui.domain.errors import ConfigurationError, ConnectionFailedError, ErrorCode
from tests.backends.http.servers import (
    LIST,
    TOKEN,
    WITH_TOKEN,
    Naps,
    Saying,
    Stub,
    client,
    listening,
    profile,
    request_from,
)

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2"
PORT_OF_NOBODY = "http://127.0.0.1:9"


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture
def ca_file(authority, tmp_path):
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(path)
    return path


@pytest.fixture
def mine(authority, tmp_path):
    """A certificate of ours: with its key, and its key alone."""
    certificate, key = tmp_path / "me.pem", tmp_path / "me.key"
    issued = authority.issue_cert("me@example.com")
    issued.private_key_and_cert_chain_pem.write_to_path(certificate)
    issued.private_key_pem.write_to_path(key)
    return certificate, key


@pytest.fixture
def locked_key(mine, tmp_path):
    """The same key, which can't be read without a password any more."""
    path = tmp_path / "locked.pem"
    path.write_bytes(
        serialization.load_pem_private_key(mine[1].read_bytes(), None).private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"sesame"),
        )
    )
    return path


@pytest.fixture(params=["missing", "broken"])
def unreadable(request, tmp_path):
    """A file that isn't there, and one that isn't what it should be."""
    path = tmp_path / "unreadable.pem"
    if request.param == "broken":
        path.write_text("-----BEGIN nonsense")
    return path


def tls_of(host, authority):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(host).configure_cert(context)
    return context


@pytest.fixture
def server_tls(authority):
    return tls_of("127.0.0.1", authority)


@pytest.fixture
def tls_of_another_host(authority):
    return tls_of("other.example.com", authority)


async def asked(url, environment=WITH_TOKEN, **changes):
    """What a list of that profile gives."""
    async with Http(profile(url=url, **changes), environment, sleep=Naps()) as http:
        return (await http.read(LIST, decoded)).value


async def test_a_certificate_of_ones_own_authority_is_trusted_by_ca_file(server_tls, ca_file):
    async with listening(Saying(OK, b"[]"), tls=server_tls) as url:
        assert await asked(url, token_env="MY_TOKEN", ca_file=ca_file) == []


async def test_one_that_isnt_trusted_says_so_and_names_ca_file(server_tls):
    serve = Saying(OK, b"[]")
    async with listening(serve, tls=server_tls) as url:
        with pytest.raises(ConnectionFailedError, match="isn't trusted") as caught:
            await asked(url, token_env="MY_TOKEN")
    assert "ca_file" in caught.value.hint
    assert serve.asked == 0


async def test_one_of_another_host_says_so(tls_of_another_host, ca_file):
    async with listening(Saying(OK, b"[]"), tls=tls_of_another_host) as url:
        with pytest.raises(ConnectionFailedError, match="is for another host"):
            await asked(url, ca_file=ca_file)


async def test_a_server_without_tls_says_so(ca_file):
    async def puzzled(reader, writer):
        await reader.read(1)
        writer.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()

    async with listening(puzzled) as url:
        with pytest.raises(ConnectionFailedError, match="doesn't speak TLS"):
            await asked(url.replace("http", "https"), ca_file=ca_file)


@pytest.mark.parametrize("with_key", [True, False])
async def test_a_client_certificate_is_shown(authority, ca_file, server_tls, mine, with_key):
    server_tls.verify_mode = ssl.CERT_REQUIRED
    authority.configure_trust(server_tls)
    certificate, key = mine
    files = {"client_cert": certificate, "client_key": key if with_key else None}
    async with listening(Saying(OK, b"[]"), tls=server_tls) as url:
        assert await asked(url, ca_file=ca_file, **files) == []


async def test_a_server_that_wants_one_is_no_riddle_without_it(authority, ca_file, server_tls):
    server_tls.verify_mode = ssl.CERT_REQUIRED
    authority.configure_trust(server_tls)
    async with listening(Saying(OK, b"[]"), tls=server_tls) as url:
        with pytest.raises(ConnectionFailedError, match="broke the connection off"):
            await asked(url, ca_file=ca_file)


@pytest.mark.parametrize("setting", ["ca_file", "client_cert", "client_key"])
async def test_a_file_that_cant_be_read_is_named(setting, ca_file, mine, unreadable):
    certificate, key = mine
    files = {"ca_file": ca_file, "client_cert": certificate, "client_key": key}
    with pytest.raises(ConfigurationError, match=setting) as caught:
        await asked("https://127.0.0.1:9", **{**files, setting: unreadable})
    assert str(unreadable) in caught.value.message
    assert caught.value.__context__ is None


async def test_a_key_with_a_password_is_refused_instead_of_asking_for_it(mine, locked_key):
    with pytest.raises(ConfigurationError, match="client_key") as caught:
        await asked("https://127.0.0.1:9", client_cert=mine[0], client_key=locked_key)
    assert "no password" in caught.value.hint


@pytest.mark.parametrize(
    "sign_in",
    [
        {"token_env": "MY_TOKEN"},
        {"api_key_env": "MY_TOKEN"},
        {"username": "jo", "password_env": "MY_TOKEN"},
        {"token_command": ("pass", "show", "x")},
    ],
)
async def test_a_secret_over_plain_http_is_refused_before_anything_is_sent(sign_in):
    stub = Stub(httpx.Response(200))
    http = client(stub, url="http://basecamp.example.com", **sign_in)
    with pytest.raises(ConfigurationError, match=r"travel to .*:80 in the clear") as caught:
        await http.__aenter__()
    assert caught.value.code is ErrorCode.CONFIG_INVALID
    assert "https://" in caught.value.hint
    assert stub.requests == []


@pytest.mark.parametrize(
    "changes",
    [
        {"url": "http://basecamp.example.com", "token_env": "MY_TOKEN", "allow_insecure": True},
        {"url": "http://basecamp.example.com"},
        {"url": "http://localhost:8080", "token_env": "MY_TOKEN"},
        {"url": "http://[::1]:8080", "token_env": "MY_TOKEN"},
        {"url": "https://basecamp.example.com", "token_env": "MY_TOKEN"},
    ],
)
async def test_otherwise_it_is_sent(changes):
    async with client(lambda _: httpx.Response(200, json=[]), **changes) as http:
        assert (await http.read(LIST, decoded)).value == []


@pytest.mark.parametrize(
    ("host", "is_it"),
    [
        *(("localhost", True), ("localhost.", True), ("a.localhost", True), ("127.9.9.9", True)),
        *(
            ("::1", True),
            ("localhost.example.com", False),
            ("10.0.0.1", False),
            ("127.evil", False),
        ),
    ],
)
def test_loopback_is_this_machine_alone(host, is_it):
    assert is_loopback(host) is is_it


async def test_a_proxy_carries_the_request_and_its_own_password():
    heads = []

    async def proxy(reader, writer):
        heads.append((await request_from(reader))[0])
        writer.write(OK + b"\r\n\r\n[]")
        await writer.drain()

    async with listening(proxy) as url:
        through = url.replace("//", "//me:pa55@")
        assert await asked("http://basecamp.example.com/base", proxy=through) == []
    assert heads[0].startswith(
        b"GET http://basecamp.example.com/base/api/v1/workflows HTTP/1.1\r\n"
    )
    assert b"Proxy-Authorization: Basic bWU6cGE1NQ==" in heads[0]


async def test_loopback_never_goes_through_a_proxy():
    serve = Saying(OK, b"[]")
    async with listening(serve) as url:
        assert await asked(url, token_env="MY_TOKEN", proxy=PORT_OF_NOBODY) == []
    assert serve.asked == 1


async def test_a_proxy_of_the_environment_is_none_of_ours(monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, PORT_OF_NOBODY)
    async with listening(Saying(OK, b"[]")) as url:
        assert await asked(url) == []


async def test_a_proxy_that_refuses_is_named_without_its_password():
    refusing = Saying(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0")
    async with listening(refusing) as url:
        through = url.replace("//", "//me:pa55@")
        for server in ("http://basecamp.example.com", "https://basecamp.example.com"):
            with pytest.raises(ConnectionFailedError, match=r"The proxy 127\.0\.0\.1:") as caught:
                await asked(server, proxy=through)
            assert "pa55" not in str(caught.value)
            assert "proxy" in caught.value.hint


def test_the_route_names_server_and_proxy_with_their_ports():
    assert str(route_of(profile(url="http://[::1]/x"))) == "[::1]:80"
    through = route_of(profile(proxy="http://me:pa55@proxy.example.com:3128"))
    assert str(through) == "basecamp.example.com:443 by the proxy proxy.example.com:3128"


@pytest.mark.parametrize(
    "url", [None, "", "ftp://x.example", "https://", "http://[::1", "http://a:b"]
)
def test_a_url_that_is_none_is_refused(url):
    with pytest.raises(ConfigurationError, match="The url of profile 'prod'"):
        client(Stub(httpx.Response(200)), url=url)


async def test_a_proxy_that_is_no_address_is_refused_without_repeating_it():
    with pytest.raises(ConfigurationError, match="The proxy of profile 'prod'") as caught:
        Http(profile(proxy=f"http://me:{TOKEN}@[::1"), {})
    assert TOKEN not in str(caught.value)
    assert caught.value.__context__ is None


async def test_one_connection_serves_one_question_after_the_other():
    connections = 0
    answering = Saying(OK, b"[]")

    async def serve(reader, writer):
        nonlocal connections
        connections += 1
        await answering(reader, writer)

    async with listening(serve) as url, Http(profile(url=url), {}) as http:
        for _ in range(3):
            await http.read(LIST, decoded)
    assert (connections, answering.asked) == (1, 3)


async def test_no_cookie_is_kept():
    stub = Stub(httpx.Response(200, headers={"Set-Cookie": "session=x; Path=/"}, json=[]))
    async with client(stub) as http:
        await http.read(LIST, decoded)
        await http.read(LIST, decoded)
    assert "Cookie" not in stub.requests[1].headers


async def test_opening_and_closing_asks_nobody():
    serve = Saying(OK, b"[]")
    async with listening(serve) as url, Http(profile(url=url), {}):
        await asyncio.sleep(0)
    assert serve.asked == 0
