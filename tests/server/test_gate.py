"""What is let in, what is written down of it, and what everybody is answered who doesn't."""

import asyncio

import pytest

from dli_tui.server import asked as asking
from dli_tui.server.settings import network_of
from tests.server.test_jwts import SECRET
from tests.server.test_jwts import SETTINGS as JWT
from tests.server.test_jwts import signed as signed_jwt
from tests.support_gate import JSON, WRONG, Gated, refusal_of, signed

TOO_MUCH = 1024 * 1024 + 1


async def test_the_open_demo_is_for_everybody_and_acts_for_who_started_it(demo):
    async with demo.client() as client:
        told = (await client.get("/who")).json()
        posted = (await client.post("/who", json={})).json()
    assert told == posted == {"name": "anybody on this machine", "role": "admin", "acting": None}


async def test_a_role_that_is_too_low_is_403(gate, tokens):
    async with gate.client(tokens["viewer"]) as client:
        answer = await client.post("/deeds", json={})
        assert answer.status_code == 403
        assert answer.json()["error"]["code"] == "DLI-803"
    async with gate.client(tokens["operator"]) as client:
        assert (await client.post("/deeds", json={})).status_code == 202
    assert len(gate.inner.deeds) == 1


@pytest.mark.parametrize("base", ["http://example.com", "http://127.0.0.1.example.com:8030"])
async def test_a_host_that_is_not_ours_is_refused_before_anything_else(demo, base):
    async with demo.client(base=base) as client:
        assert "isn't called that" in refusal_of(await client.get("/who"), 400)["message"]
        refusal_of(await client.post("/deeds", json={}), 400)
    assert demo.inner.deeds == []


async def test_a_page_of_another_site_is_refused_and_gets_no_leave(demo):
    async with demo.client(origin="https://evil.example.com") as client:
        answers = [
            await client.get("/who"),
            await client.post("/deeds", json={}),
            await client.options("/deeds", headers={"access-control-request-method": "POST"}),
        ]
    async with demo.client(origin="http://127.0.0.1:8030") as client:
        answers.append(await client.get("/who"))
    assert [answer.status_code for answer in answers] == [403, 403, 403, 200]
    for answer in answers:
        assert not [name for name in answer.headers if name.startswith("access-control")]
    assert demo.inner.deeds == []


@pytest.mark.parametrize("kind", ["application/json", "Application/JSON; charset=utf-8"])
async def test_a_write_is_json(demo, kind):
    async with demo.client() as client:
        answer = await client.post("/deeds", content=b"{}", headers={"content-type": kind})
    assert answer.status_code == 202
    assert demo.inner.deeds == [b"{}"]


@pytest.mark.parametrize(
    "kind",
    ["text/plain", "application/x-www-form-urlencoded", "application/json-patch", "", None],
)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "BREW"])
async def test_a_write_that_a_form_could_send_is_refused(demo, method, kind):
    headers = {} if kind is None else {"content-type": kind}
    async with demo.client() as client:
        answer = await client.request(method, "/deeds", content=b"{}", headers=headers)
    refusal_of(answer, 415)
    assert demo.inner.deeds == []


async def test_a_delete_needs_no_type_where_it_has_no_body(demo):
    async with demo.client() as client:
        assert (await client.delete("/deeds")).status_code == 202
        refusal_of(await client.request("DELETE", "/deeds", content=b"{}"), 415)


async def drops(size):
    for _ in range(size // 1000 + 1):
        yield b" " * 1000


@pytest.mark.parametrize("method", ["POST", "GET"])
async def test_a_body_over_a_mebibyte_is_refused_with_a_length_and_without(demo, method):
    async with demo.client() as client:
        said = await client.request(method, "/who", content=b" " * TOO_MUCH, headers=JSON)
        unsaid = await client.request(method, "/who", content=drops(TOO_MUCH), headers=JSON)
    for answer in (said, unsaid):
        refusal_of(answer, 413)
        assert answer.headers["connection"] == "close"


async def test_a_read_brings_no_large_body(demo):
    async with demo.client() as client:
        for size, status in ((16 * 1024, 200), (16 * 1024 + 1, 413)):
            answer = await client.request("GET", "/who", content=b" " * size)
            assert answer.status_code == status


async def test_a_body_of_a_mebibyte_is_fine(demo):
    async with demo.client() as client:
        body = b" " * (TOO_MUCH - 1)
        assert (await client.post("/deeds", content=body, headers=JSON)).status_code == 202
    assert demo.inner.deeds == [body]


@pytest.mark.parametrize("length", ["-1", "x", "1e3", "9" * 30])
async def test_a_length_is_a_number(demo, length):
    async with demo.client() as client:
        answer = await client.post("/deeds", headers={**JSON, "content-length": length})
    refusal_of(answer, 413)


async def test_a_body_that_never_comes_is_not_waited_for(demo, monkeypatch):
    monkeypatch.setattr(asking, "BODY_SECONDS", 0.01)
    scope = scope_of("POST", "/deeds", [*JSON_HEADERS, (b"transfer-encoding", b"chunked")])
    sent = await run(demo, scope, asyncio.Event().wait)
    assert sent[0]["status"] == 408


async def test_who_hangs_up_in_the_midst_of_a_body_is_answered_nothing(demo):
    async def hangs_up():
        return {"type": "http.disconnect"}

    assert await run(demo, scope_of("POST", "/deeds", JSON_HEADERS), hangs_up) == []
    assert demo.lines[-1]["status"] == 499
    assert demo.inner.deeds == []


HOST = (b"host", b"127.0.0.1:8030")
JSON_HEADERS = [HOST, (b"content-type", b"application/json"), (b"content-length", b"2")]


def scope_of(method, path, headers, kind="http"):
    return {
        "type": kind,
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": headers,
        "client": ("127.0.0.1", 4_711),
    }


async def run(gate, scope, receive):
    """What is sent to somebody who speaks ASGI by hand."""
    sent = []

    async def send(message):
        sent.append(message)

    await gate.app(scope, receive, send)
    return sent


async def silence():
    raise AssertionError("there is no body to wait for")


@pytest.mark.parametrize("name", [b"host", b"authorization", b"content-length", b"origin"])
async def test_a_header_that_says_two_things_is_refused(demo, name):
    value = b"127.0.0.1:8030" if name == b"host" else b"1"
    headers = [HOST, (name, value), (name, value)]
    sent = await run(demo, scope_of("GET", "/who", headers), silence)
    assert sent[0]["status"] == 400


async def test_without_a_host_nobody_comes_in(demo):
    assert (await run(demo, scope_of("GET", "/who", []), silence))[0]["status"] == 400


async def test_a_socket_is_closed_at_once(demo):
    sent = await run(demo, scope_of("GET", "/who", [HOST], "websocket"), silence)
    assert sent == [{"type": "websocket.close", "code": 1008}]


async def test_behind_a_proxy_the_address_is_the_one_that_it_tells(tmp_path, tokens):
    beyond = {"host": "0.0.0.0", "host_names": ("w.example.com",)}
    gate = Gated(signed(tmp_path, proxies=(network_of("10.0.0.1"),), **beyond))
    base, told = "https://w.example.com", {"x-forwarded-for": "6.6.6.6, 1.2.3.4"}
    async with gate.client(tokens["admin"], base=base, peer="10.0.0.1", **told) as client:
        assert (await client.get("/who")).status_code == 200
    assert gate.lines[-1]["address"] == "1.2.3.4"
    async with gate.client(tokens["admin"], base=base, peer="10.0.0.9", **told) as client:
        refusal_of(await client.get("/who"), 403)
    assert gate.lines[-1]["address"] == "10.0.0.9"


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_nothing_of_a_failure_leaves_but_the_id_to_look_for(gate, tokens, method):
    async with gate.client(tokens["admin"]) as client:
        answer = await client.request(method, "/breaks", headers=JSON)
    error = refusal_of(answer, 500)
    assert error["code"] == "DLI-503"
    assert "choked" not in answer.text
    failure = next(line for line in gate.lines if line.get("event") == "failure")
    assert failure["id"] == answer.headers["x-request-id"]
    assert "support_gate.py" in failure["traceback"]
    assert "RuntimeError: choked on Bearer ***" in failure["traceback"]


async def test_a_failure_that_was_meant_is_sent_as_it_is(demo):
    async with demo.client() as client:
        for method in ("GET", "POST"):
            answer = await client.request(method, "/503", headers=JSON)
            assert (answer.status_code, answer.json()) == (503, {})
    assert "failure" not in [line.get("event") for line in demo.lines]


async def test_a_line_says_who_asked_what_when_from_where_and_how_it_went(gate, tokens):
    async with gate.client(tokens["viewer"], peer="10.0.0.7") as client:
        answer = await client.get("/who?limit=5&token=hunter2")
    assert gate.lines == [
        {
            "time": "2026-11-21T12:00:00+00:00",
            "id": answer.headers["x-request-id"],
            "method": "GET",
            "path": "/who?limit=5&token=***",
            "status": 200,
            "ms": 0.0,
            "who": "viewer@example.com",
            "token": tokens["viewer"].split("_")[1],
            "address": "10.0.0.7",
        }
    ]


@pytest.mark.parametrize("plain", ["abc", "2f1d-9", "A.b_c", "x" * 64])
async def test_a_request_id_that_is_plain_is_kept(demo, plain):
    async with demo.client(**{"x-request-id": plain}) as client:
        assert (await client.get("/who")).headers["x-request-id"] == plain
    assert demo.lines[-1]["id"] == plain


@pytest.mark.parametrize("other", ["", "a b", "x" * 65, "a,b", '"', "a;b", "\xff"])
async def test_any_other_is_replaced(demo, other):
    async with demo.client(**{"x-request-id": other.encode("latin-1")}) as client:
        assert (await client.get("/who")).headers["x-request-id"] == "id-0"


async def everything_wrong(gate, text):
    """Ask in many ways, right and wrong, with `text` in every place where one may put it."""
    async with gate.client(text) as client:
        for method in ("GET", "POST", "DELETE", "BREW"):
            for path in ("/who", "/breaks", "/deeds", f"/{text}", f"/who?q={text}&token={text}"):
                yield await client.request(method, path, json={"a": text})
        yield await client.get("/who", headers={"x-request-id": text[:60], "origin": text})
        yield await client.get("/who", headers={"host": text})
        for key in (text, f"k {text}"):
            yield await client.post("/deeds", json={}, headers={"idempotency-key": key})


@pytest.mark.parametrize("kind", ["right", "wrong", "jwt", "wrong jwt"])
async def test_no_secret_is_ever_written_down_or_answered(tmp_path, tokens, kind):
    gate = Gated(signed(tmp_path, jwt=JWT))
    texts = {
        "right": tokens["admin"],
        "wrong": WRONG,
        "jwt": signed_jwt(role="admin"),
        "wrong jwt": signed_jwt("another-secret-that-is-long-enough-too"),
    }
    text = texts[kind]
    answers = [answer async for answer in everything_wrong(gate, text)]
    written = "\n".join(gate.told) + (await read(tmp_path / "audit.jsonl"))
    secret = text[-43:]
    assert len(answers) == 24
    assert secret not in written
    assert SECRET.reveal() not in written
    for answer in answers:
        heads = f"{answer.status_code} {answer.headers}"
        assert secret not in heads + (answer.text if answer.status_code != 404 else "")


async def read(path):
    return await asyncio.to_thread(lambda: path.read_text() if path.exists() else "")


async def test_the_lifespan_is_that_of_the_app_inside_and_all_is_closed_at_its_end(
    tmp_path, tokens
):
    gate = Gated(signed(tmp_path, answers=tmp_path / "answers.sqlite3"))
    async with gate.client(tokens["admin"]) as client:
        await client.post("/deeds", json={}, headers={"idempotency-key": "k"})
    assert (tmp_path / "answers.sqlite3-wal").exists()
    said = iter([{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}])

    async def receive():
        return next(said)

    sent = await run(gate, {"type": "lifespan", "state": {}}, receive)
    assert [one["type"] for one in sent] == [
        "lifespan.startup.complete",
        "lifespan.shutdown.complete",
    ]
    assert not (tmp_path / "answers.sqlite3-wal").exists()
