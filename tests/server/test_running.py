"""A server of its own process: it says where it listens, obeys signals, and ends in time."""

import json
import os
import signal
import socket
import ssl
import subprocess
import sys
from contextlib import closing, contextmanager
from http.client import HTTPResponse

import httpx
import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from dli_tui.domain.errors import ConfigurationError
from dli_tui.server import protocol, running
from dli_tui.server.gate import gated
from dli_tui.server.settings import JwtSettings, ServerSettings, Tls
from tests.support_gate import OPEN, Inner, a_token

WAIT = 20
SERVE = """
import asyncio, threading
from dli_tui.domain.errors import DLIError, ServerError
from dli_tui.server import protocol, running
from dli_tui.server.gate import gated
from dli_tui.server.settings import ServerSettings

async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        {starts}
        for _ in range(2):
            said = await receive()
            await send({{"type": said["type"] + ".complete"}})
        return
    if scope["path"] == "/waits":
        await asyncio.Event().wait()
    if scope["path"] == "/stuck":
        await asyncio.to_thread(threading.Event().wait)
    await send({{"type": "http.response.start", "status": 204, "headers": []}})
    await send({{"type": "http.response.body"}})

{before}
settings = ServerSettings(demo=True, port=0{settings})
try:
    code = running.serve(gated(app, settings), settings, lambda line: print(line, flush=True))
except DLIError as problem:
    print(problem, flush=True)
    code = 1
raise SystemExit(code)
"""


class Served:
    """A program that serves, and where."""

    def __init__(self, process):
        self.process = process
        self.said = process.stdout.readline().strip()
        self.url = next((word for word in self.said.split() if word.startswith("http")), "")

    @property
    def port(self):
        return int(self.url.rpartition(":")[2])

    def connected(self, start=b""):
        """A connection that has begun to say something."""
        line = socket.create_connection(("127.0.0.1", self.port), timeout=WAIT)
        line.sendall(start)
        return closing(line)

    def ended(self):
        """What it wrote, once it has ended; its exit code is in the process."""
        _, errors = self.process.communicate(timeout=WAIT)
        return errors.splitlines()

    def told_to_end(self, by=signal.SIGTERM):
        self.process.send_signal(by)
        return self.ended()


@contextmanager
def serving(before="", starts="pass", settings="", **more):
    script = SERVE.format(before=before, starts=starts, settings=settings)
    process = subprocess.Popen(
        [sys.executable, "-c", script],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **{"stdin": subprocess.DEVNULL, **more},
    )
    try:
        yield Served(process)
    finally:
        process.kill()
        process.communicate()


def test_it_says_where_it_listens_and_logs_a_line_of_json_a_request():
    with serving() as served:
        assert httpx.get(f"{served.url}/x", trust_env=False).status_code == 204
        lines = served.told_to_end()
    assert served.said == (
        f"Serving demo on {served.url} for this machine alone; "
        f"open it with: dli-tui --basecamp {served.url}"
    )
    assert [json.loads(line)["path"] for line in lines] == ["/x"]


@pytest.mark.parametrize(("by", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_a_signal_ends_it_whoever_is_connected(by, code):
    with serving() as served, served.connected(), served.connected(b"GET / HT"):
        assert httpx.get(served.url, trust_env=False).status_code == 204
        assert len(served.told_to_end(by)) == 1
        assert served.process.returncode == code


def test_what_does_not_come_to_an_end_is_told_that_the_server_did():
    request = b"GET /waits HTTP/1.1\r\nhost: localhost\r\n\r\n"
    with serving("running.DRAIN_SECONDS = 1") as served, served.connected(request) as line:
        # Another request comes and goes: the first is at work.
        assert httpx.get(served.url, trust_env=False).status_code == 204
        served.told_to_end()
        assert served.process.returncode == 0
        answer = line.recv(10_000).decode()
    assert answer.startswith("HTTP/1.1 503")
    assert "The server ended before this did" in answer


def test_a_thread_that_is_stuck_keeps_nobody_waiting():
    request = b"GET /stuck HTTP/1.1\r\nhost: localhost\r\n\r\n"
    with (
        serving("running.DRAIN_SECONDS, running.END_SECONDS = 0, 1") as served,
        served.connected(request),
    ):
        assert httpx.get(served.url, trust_env=False).status_code == 204
        served.told_to_end()
        assert served.process.returncode == 0


def test_a_head_that_never_ends_is_not_waited_for():
    with serving("protocol.HEAD_SECONDS = 0.1") as served:
        for start in (b"", b"GET / HTTP/1.1\r\nhost: localh"):
            with served.connected(start) as line:
                assert line.recv(100) == b""
        with served.connected(b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n") as line:
            assert line.recv(10_000).startswith(b"HTTP/1.1 204")
            line.sendall(b"GET / HTTP/1.1\r\n")
            assert line.recv(100) == b""


HEALTHY = b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n"
REFUSED = b"POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100\r\n\r\n"


@pytest.mark.parametrize(("request_", "more"), [(HEALTHY, b"\r\n"), (REFUSED, b"x")])
def test_what_is_no_new_request_keeps_no_connection(request_, more):
    with serving("protocol.HEAD_SECONDS = 0.1") as served, served.connected(request_) as line:
        answer = HTTPResponse(line)
        answer.begin()
        answer.read()
        line.sendall(more)
        assert line.recv(100) == b""


def error_in(answer):
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"content-type: application/json" in head
    return json.loads(body)["error"]


@pytest.mark.parametrize(
    "start",
    [
        b"hello\r\n\r\n",
        b"\x16\x03\x01\x02\x00",
        b"BREW / HTTP/1.1\r\nhost: localhost\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\nhost: localhost\r\n\r\n",
        REFUSED[:-2] + b"transfer-encoding: chunked\r\n\r\n",
    ],
)
def test_what_is_no_http_is_refused_like_all_else(start):
    with serving() as served, served.connected(start) as line:
        answer = line.recv(10_000)
        assert answer.startswith(b"HTTP/1.1 400 Bad Request\r\n")
        assert error_in(answer)["code"] == "DLI-001"
        assert line.recv(100) == b""


def test_a_large_head_is_refused_like_all_else():
    with serving() as served, served.connected(b"GET / HTTP/1.1\r\na: b") as line:
        assert httpx.get(served.url, trust_env=False).status_code == 204
        # All of it is read, so the answer isn't lost with what nobody reads.
        for _ in range(protocol.LARGEST_HEAD // 1_024 + 1):
            line.sendall(b"a" * 1_024)
        answer = line.recv(10_000)
    assert answer.startswith(b"HTTP/1.1 431 ")
    assert f"{protocol.LARGEST_HEAD // 1024} KiB" in error_in(answer)["message"]


def test_who_wants_a_socket_is_answered_without_a_complaint():
    asked = (
        b"GET / HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n"
    )
    with serving() as served, served.connected(asked) as line:
        assert line.recv(10_000).startswith(b"HTTP/1.1 204")
        assert [json.loads(one).get("event") for one in served.told_to_end()] == [None]


def test_a_head_that_is_endless_is_refused():
    with (
        serving() as served,
        served.connected(b"GET / HTTP/1.1\r\n") as line,
        pytest.raises((BrokenPipeError, ConnectionResetError)),
    ):
        # What the two machines hold between them is less than this.
        line.sendall(b"a" * 100_000_000)


def test_no_name_of_the_server_and_no_leave_for_other_pages_are_in_an_answer():
    with serving() as served:
        answer = httpx.get(served.url, trust_env=False, headers={"origin": served.url})
    assert "server" not in answer.headers
    assert not [name for name in answer.headers if name.startswith("access-control")]


def test_a_place_that_cannot_be_opened_is_told_in_words():
    with serving(starts="raise ServerError('it is not there')") as served:
        served.ended()
    assert served.process.returncode == 1
    assert served.said == "[DLI-503] it is not there"


def test_what_breaks_as_it_starts_leaves_its_trace_in_the_log():
    with serving(starts="raise KeyError('x')") as served:
        lines = [json.loads(line) for line in served.ended()]
    assert served.said == "[DLI-503] The server couldn't start"
    assert "KeyError: 'x'" in lines[0]["traceback"]


def test_a_port_that_is_taken_is_told_in_words():
    with closing(socket.create_server(("127.0.0.1", 0))) as other:
        port = other.getsockname()[1]
        with pytest.raises(ConfigurationError, match=f"127.0.0.1 port {port}: Address") as told:
            running.serve(gated(Inner().app, OPEN), ServerSettings(demo=True, port=port), print)
    assert "--port" in told.value.hint


def test_localhost_is_one_port_on_every_address_that_it_stands_for():
    sockets = running._listening("localhost", 0)
    ports = {one.getsockname()[1] for one in sockets}
    for one in sockets:
        one.close()
    assert len(ports) == 1


def test_a_name_that_is_nowhere_is_told_in_words(monkeypatch):
    def nowhere(*_, **__):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", nowhere)
    with pytest.raises(ConfigurationError, match="can't be found"):
        running._listening("workflows.example.com", 0)


def test_an_address_of_another_machine_is_told_in_words():
    with pytest.raises(ConfigurationError, match="no such address here"):
        running._listening("192.0.2.1", 0)


@pytest.mark.parametrize(
    ("more", "port", "address"),
    [
        ({}, 8030, "http://127.0.0.1:8030"),
        ({"host": "::1"}, 1, "http://[::1]:1"),
        ({"host_names": ("w.example.com",)}, 1, "http://w.example.com:1"),
    ],
)
def test_the_address_is_one_that_can_be_opened(more, port, address):
    assert running.address_of(ServerSettings(demo=True, **more), port) == address


@pytest.fixture
def tokens(tmp_path):
    path = tmp_path / "tokens.json"
    a_token(path)
    return path


def issued(folder, name):
    """Files of a certificate that fit together."""
    made = trustme.CA().issue_cert("localhost")
    certificate, key = folder / f"{name}.pem", folder / f"{name}.key"
    made.cert_chain_pems[0].write_to_path(certificate)
    made.private_key_pem.write_to_path(key)
    return Tls(certificate=certificate, key=key)


@pytest.fixture
def tls(tmp_path):
    return issued(tmp_path, "first")


@pytest.fixture
def renewed(tmp_path):
    return issued(tmp_path, "renewed")


def with_tls(tls):
    return f", tls=running.Tls(certificate={str(tls.certificate)!r}, key={str(tls.key)!r})"


def shown_by(served):
    """The certificate that a server shows, in PEM."""
    return ssl.get_server_certificate(("127.0.0.1", served.port), timeout=WAIT)


def leaf(tls):
    return x509.load_pem_x509_certificate(tls.certificate.read_bytes())


def event(served, name):
    """The next line of the log that tells of `name`."""
    return next(
        line for line in map(json.loads, served.process.stderr) if line.get("event") == name
    )


def test_a_hangup_shows_the_renewed_certificate_and_breaks_nothing_off(tls, renewed):
    with serving(settings=with_tls(tls)) as served, served.connected() as line:
        before = x509.load_pem_x509_certificate(shown_by(served).encode())
        assert before == leaf(tls)
        renewed.certificate.replace(tls.certificate)
        renewed.key.replace(tls.key)
        served.process.send_signal(signal.SIGHUP)
        assert event(served, "reloaded")["certificate"] == "read again"
        after = x509.load_pem_x509_certificate(shown_by(served).encode())
        assert after == leaf(tls) != before
        # The connection from before stands.
        context = ssl.create_default_context(cafile=None)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        with context.wrap_socket(line) as secured:
            secured.sendall(b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n")
            assert secured.recv(1_000).startswith(b"HTTP/1.1 204")


def test_a_hangup_with_a_certificate_of_no_use_keeps_the_one_before(tls):
    with serving(settings=with_tls(tls)) as served:
        before = shown_by(served)
        tls.certificate.write_text("")
        served.process.send_signal(signal.SIGHUP)
        assert "can't be used together" in event(served, "not reloaded")["problem"]
        assert shown_by(served) == before


def test_a_terminal_that_is_closed_ends_what_was_served_from_it():
    master, terminal = os.openpty()
    with serving(stdin=terminal, start_new_session=True) as served:
        os.close(terminal)
        os.close(master)
        lines = served.told_to_end(signal.SIGHUP)
    assert (served.process.returncode, lines) == (0, [])


def test_a_connection_that_never_speaks_tls_is_not_waited_for(tls):
    before = "running._HANDSHAKE_SECONDS = 0.1"
    with serving(before, settings=with_tls(tls)) as served, served.connected() as line:
        assert line.recv(100) == b""


def test_what_fits_is_fine(tokens, tls, tmp_path):
    running.check(OPEN)
    audit = tmp_path / "audit.jsonl"
    settings = ServerSettings(
        host="0.0.0.0", host_names=("w.example.com",), tokens=tokens, tls=tls, audit=audit
    )
    running.check(settings)
    assert audit.exists()


def test_a_file_without_tokens_keeps_it_from_starting(tmp_path):
    with pytest.raises(ConfigurationError, match="nobody could sign in") as told:
        running.check(ServerSettings(tokens=tmp_path / "none.json"))
    assert f"--tokens {tmp_path / 'none.json'}" in told.value.hint


def test_with_jwts_there_need_be_no_token(tmp_path):
    jwt = JwtSettings(issuer="i", audience="a", jwks=tmp_path / "jwks.json")
    with pytest.raises(ConfigurationError, match="JWKS"):
        running.check(ServerSettings(tokens=tmp_path / "none.json", jwt=jwt))


def test_a_certificate_that_is_of_no_use_is_told_in_words(tls, tokens, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    issued = trustme.CA().issue_cert("localhost")
    issued.private_key_pem.write_to_path(other / "key.pem")
    for key, says in ((other / "key.pem", "used together"), (tmp_path / "none", "can't be read")):
        wrong = Tls(certificate=tls.certificate, key=key)
        with pytest.raises(ConfigurationError, match=says):
            running.check(ServerSettings(tokens=tokens, tls=wrong))


def test_a_key_that_needs_a_password_asks_nobody_for_it(tls, tokens):
    key = serialization.load_pem_private_key(tls.key.read_bytes(), None)
    sealed = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"word"),
    )
    tls.key.write_bytes(sealed)
    with pytest.raises(ConfigurationError, match="used together"):
        running.check(ServerSettings(tokens=tokens, tls=tls))
