"""HTTP as steps and webhooks speak it: to the address that was checked, once, and not for ever."""

import http.client
import json
import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import pytest
import trustme

from dli_tui.airflow_dags import dli_dags
from dli_tui.airflow_dags.dli_dags import Found, Job, Request, Rules, StepError, exchange, spec_of

NAME = "api.example.com"
PUBLIC = "93.184.216.34"
BEGAN = datetime(2026, 1, 31, 9, tzinfo=UTC)
FOUND = Found("x", "manual", 0, BEGAN, "", None)


class _Server(ThreadingHTTPServer):
    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.seen = []
        self.waiting = threading.Event()


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        self.server.seen.append((self.command, self.path, dict(self.headers), body))
        if self.path.startswith("/wait"):
            self.server.waiting.wait(20)
        self.send_response(302 if self.path.startswith("/moved") else 200)
        self.send_header("Location", "/secret")
        if self.path.startswith("/cut"):
            self.send_header("Content-Length", "1000")
        self.end_headers()
        if self.path.startswith("/drips"):
            while not self.server.waiting.wait(0.05):
                self.wfile.write(b"x")
        if self.path.startswith("/long"):
            self.wfile.write(b"x" * (dli_dags._MAX_REPLY + 1))

    do_GET = do_POST  # noqa: N815 - as the standard library calls it

    def log_message(self, *words):
        """Say nothing."""


@pytest.fixture
def server(monkeypatch):
    """A server of loopback under a public name: the check is told that its address is public."""
    found = _Server()
    real = dli_dags.why_not_an_address
    monkeypatch.setattr(
        dli_dags, "why_not_an_address", lambda text: real(text.replace("127.0.0.1", PUBLIC))
    )
    monkeypatch.setattr(dli_dags, "why_not_our_own", lambda text: None)
    named(monkeypatch, "127.0.0.1")
    thread = threading.Thread(target=found.serve_forever)
    thread.start()
    yield found
    found.waiting.set()
    found.shutdown()
    thread.join()
    found.server_close()


def named(monkeypatch, *answers):
    """Let the name mean these addresses, and say how often it was asked for."""
    asked, real = [], socket.getaddrinfo

    def getaddrinfo(host, port, *words, **more):
        if host != NAME:
            return real(host, port, *words, **more)
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in answers]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return asked


@pytest.fixture
def secure(server, monkeypatch):
    """The same server over TLS, with a certificate that is believed."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(NAME).configure_cert(context)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    believing = ssl.create_default_context()
    authority.configure_trust(believing)
    monkeypatch.setattr(ssl, "create_default_context", lambda: believing)
    return server


def url(server, path="/", scheme="http"):
    return f"{scheme}://{NAME}:{server.server_port}{path}"


def job(server, path="/", values=None, **config):
    step = {"name": "a", "type": "http", "config": {"url": url(server, path), **config}}
    parameters: dict[str, dict[str, str]] = {
        name.removeprefix("params."): {} for name in values or {}
    }
    spec = spec_of(json.dumps({"name": "x", "parameters": parameters, "steps": [step]}))
    rules = Rules(urls=(url(server),))
    assert dli_dags.refusals(spec, "manual", rules) == []
    return Job(spec.steps[0], "manual", rules, values or {})


def test_a_name_that_means_this_machine_too_is_not_reached(monkeypatch):
    named(monkeypatch, PUBLIC, "169.254.169.254")
    monkeypatch.setattr(socket, "create_connection", lambda *_: pytest.fail("it was reached"))
    with pytest.raises(StepError, match=r"is not reached: 169\.254\.169\.254 is this"):
        exchange(Request("GET", f"http://{NAME}/", {}), 5)


def test_the_address_that_was_checked_is_the_one_that_is_reached(server, monkeypatch):
    asked, reached, real = named(monkeypatch, "127.0.0.1"), [], socket.create_connection

    def create_connection(address, *words):
        reached.append(address)
        return real(address, *words)

    monkeypatch.setattr(socket, "create_connection", create_connection)
    assert exchange(Request("GET", url(server), {}), 5).status == 200
    assert asked == [NAME]
    assert reached == [("127.0.0.1", server.server_port)]
    assert server.seen[0][2]["Host"] == f"{NAME}:{server.server_port}"


def test_a_conversation_that_is_over_is_not_begun_anew():
    talk = dli_dags._conversation(dli_dags.target_of(f"http://{NAME}/"), socket.socket())
    talk.close()
    with pytest.raises(http.client.NotConnected):
        talk.request("GET", "/")


def test_nobody_is_followed_anywhere(server):
    with pytest.raises(StepError, match="answered 302; redirects aren't followed"):
        dli_dags.work(job(server, "/moved"))
    assert [path for _, path, _, _ in server.seen] == ["/moved"]


def test_a_status_may_be_expected(server):
    dli_dags.work(job(server, "/moved", expected_status=[302]))
    with pytest.raises(StepError, match="answered 200"):
        dli_dags.work(job(server, expected_status=[302]))


def test_of_a_long_reply_a_mebibyte_is_read(server):
    assert len(exchange(Request("GET", url(server, "/long"), {}), 5).body) == dli_dags._MAX_REPLY


def test_who_never_answers_is_left(server):
    with pytest.raises(StepError, match=r"no reply from api\.example\.com"):
        dli_dags.work(job(server, "/wait", timeout=1))


def test_over_tls_a_reply_is_read_like_any(secure):
    reply = exchange(Request("POST", url(secure, "/hook", "https"), {}, b"x"), 5)
    assert reply == dli_dags.Reply(200, b"")
    assert secure.seen[0][2]["Host"] == f"{NAME}:{secure.server_port}"


def test_who_drips_is_left_after_so_long_with_tls_and_without(server, request):
    for scheme in ("http", "https"):
        if scheme == "https":
            request.getfixturevalue("secure")
        with pytest.raises(TimeoutError, match=r"longer than 0\.3 s"):
            exchange(Request("GET", url(server, "/drips", scheme), {}), 0.3)


def test_who_never_shakes_hands_is_left(monkeypatch):
    monkeypatch.setattr(dli_dags, "why_not_an_address", lambda text: None)
    monkeypatch.setattr(dli_dags, "why_not_our_own", lambda text: None)
    named(monkeypatch, "127.0.0.1")
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        pytest.raises(TimeoutError),
    ):
        exchange(Request("GET", f"https://{NAME}:{silent.getsockname()[1]}/", {}), 0.3)


def test_a_body_that_was_cut_off_is_no_reply(server):
    with pytest.raises(http.client.IncompleteRead):
        exchange(Request("GET", url(server, "/cut"), {}), 5)


def test_values_are_parts_of_a_path_and_never_more(server):
    values = {"params.x": "a?b=c#d é&"}
    dli_dags.work(job(server, "/rows/{{params.x}}?x={{params.x}}", values))
    quoted = "a%3Fb%3Dc%23d%20%C3%A9%26"
    assert server.seen[0][1] == f"/rows/{quoted}?x={quoted}"


@pytest.mark.parametrize("value", ["..", ".", "../admin"])
def test_a_value_leads_to_no_other_path(server, value):
    with pytest.raises(StepError, match="not allowed in a path"):
        dli_dags.work(job(server, "/rows/{{params.x}}", {"params.x": value}))
    assert server.seen == []


def test_a_value_ends_no_header(server):
    hostile = job(server, values={"params.x": "a\r\nX: y"}, headers={"X-Day": "{{params.x}}"})
    with pytest.raises(StepError, match="expected one line"):
        dli_dags.work(hostile)
    assert server.seen == []


def test_a_body_is_json_with_values_of_their_own_types(server):
    values = {"params.n": 3, "params.x": 'say "hi"'}
    body = {"n": "{{params.n}}", "text": "you {{params.x}}"}
    dli_dags.work(job(server, method="POST", values=values, body=body))
    ((command, _, headers, data),) = server.seen
    assert (command, headers["Content-Type"]) == ("POST", "application/json")
    assert json.loads(data) == {"n": 3, "text": 'you say "hi"'}


def event(server, kind="workflow_completed", target="webhook", path="/hook"):
    targets = [{"type": target, "url": url(server, path)}, {"type": "slack", "channel": "#x"}]
    spec = spec_of(
        json.dumps({"name": "x", "notifications": {"on_success": targets, "on_failure": targets}})
    )
    over = SimpleNamespace(
        start_date=BEGAN, end_date=BEGAN + timedelta(seconds=1.5), task_id="load", run_id="r1"
    )
    rules = Rules(urls=(url(server),))
    dli_dags._callback(kind, spec, FOUND, rules)({"dag_run": over, "ti": over, "run_id": "r1"})


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("workflow_completed", {"status": "completed"}),
        ("workflow_failed", {"status": "failed"}),
        ("step_completed", {"status": "completed", "step_name": "load"}),
        ("step_failed", {"status": "failed", "step_name": "load"}),
    ],
)
def test_a_webhook_is_told_once_what_happened(server, kind, more):
    event(server, kind)
    ((command, path, _, data),) = server.seen
    assert (command, path) == ("POST", "/hook")
    assert json.loads(data) == {
        "event_type": kind,
        "workflow_id": "x",
        "execution_id": "r1",
        "timestamp": "2026-01-31T09:00:01Z",
        "execution_time_ms": 1500,
        **more,
    }


def test_slack_is_told_in_words_too(server):
    event(server, target="slack")
    assert json.loads(server.seen[0][3])["text"] == "x: workflow completed (r1)"


def test_a_webhook_that_cant_be_told_harms_no_run_and_its_key_is_not_logged(server, caplog):
    server.shutdown()
    server.server_close()
    with caplog.at_level("INFO", "airflow.task"):
        event(server, path="/services/KEY")
    (message,) = caplog.messages
    assert "api.example.com was not told" in message
    assert "KEY" not in message


def test_a_run_of_which_little_is_known_is_told_all_the_same(server):
    text = {
        "name": "x",
        "notifications": {"on_failure": [{"type": "webhook", "url": url(server, "/hook")}]},
    }
    rules = Rules(urls=(url(server),))
    dli_dags._callback("workflow_failed", spec_of(json.dumps(text)), FOUND, rules)({"run_id": "r1"})
    told = json.loads(server.seen[0][3])
    assert (told["execution_id"], told["execution_time_ms"]) == ("r1", None)
