"""A deed is done once, leaves its trace before and after, and is answered the same again."""

import asyncio
import errno
import json
import sqlite3
import stat

import pytest

from dli_tui.server.audit import AuditLog
from dli_tui.server.identity import Role
from dli_tui.server.limits import MOST_REFUSED
from dli_tui.server.repeats import Answers
from tests.support_gate import WRONG, Gated, a_token, signed

KEY = {"idempotency-key": "2f0c-1"}


@pytest.fixture
def token(tmp_path):
    return a_token(tmp_path / "tokens.json", "oncall@example.com")


@pytest.fixture
def viewer(tmp_path):
    return a_token(tmp_path / "tokens.json", "vi@example.com", Role.VIEWER)


@pytest.fixture
def gate(tmp_path, token):
    return Gated(signed(tmp_path))


@pytest.fixture
def audited(tmp_path):
    """The lines of the audit log."""

    def lines():
        path = tmp_path / "audit.jsonl"
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        return [json.loads(line) for line in path.read_text().splitlines()]

    async def read():
        return await asyncio.to_thread(lines)

    return read


def broken(monkeypatch, after=0):
    """An audit log whose disk is full after so many lines."""
    write, left = AuditLog.write, [after]

    def full(self, line):
        if not left[0]:
            raise OSError(errno.ENOSPC, "No space left on device")
        left[0] -= 1
        write(self, line)

    monkeypatch.setattr(AuditLog, "write", full)


async def test_the_audit_log_says_who_did_what_and_how_it_went(gate, token, audited):
    async with gate.client(token, peer="10.0.0.7") as client:
        answer = await client.post("/deeds?force=true", json={}, headers=KEY)
    facts = {
        "time": "2026-11-21T12:00:00+00:00",
        "id": answer.headers["x-request-id"],
        "place": "stage",
        "who": "oncall@example.com",
        "role": "operator",
        "token": token.split("_")[1],
        "address": "10.0.0.7",
        "method": "POST",
        "path": "/deeds?force=true",
        "named": None,
        "key": "2f0c-1",
    }
    begun, answered = {"event": "begun"}, {"event": "answered", "status": 202, "made": None}
    assert await audited() == [facts | begun, facts | answered]


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (b'{"dataset_name": "a.b", "owner": "bo", "params": {"pin": 1234}}', "a.b"),
        (b'{"workflow_name": "a.b"}', "a.b"),
        (b'{"saga_type": "restore"}', "restore"),
        (b'{"dataset_name": 7, "saga_type": "restore"}', "restore"),
        (b'{"dataset_name": "%s"}' % (b"x" * 400), "x" * 300),
        (b'{"dataset_name": "' + WRONG.encode() + b'"}', "***"),
        (b'["dataset_name"]', None),
        (b"[" * 100_000, None),
        (b"", None),
    ],
    ids=lambda one: repr(one)[:40],
)
async def test_the_audit_log_says_what_is_named_in_a_body_and_no_more(
    gate, token, audited, content, named
):
    async with gate.client(token) as client:
        await client.post("/deeds", content=content, headers={"content-type": "application/json"})
    begun = (await audited())[0]
    assert begun["named"] == named
    assert "1234" not in str(begun)


async def test_what_was_refused_or_broke_stands_there_as_well(gate, token, viewer, audited):
    async with gate.client(viewer) as client:
        await client.post("/deeds", json={})
    async with gate.client(token) as client:
        await client.post("/deeds", json="breaks")
    told = [(line["who"], line.get("status")) for line in await audited()]
    assert told == [
        *(("vi@example.com", None), ("vi@example.com", 403)),
        *(("oncall@example.com", None), ("oncall@example.com", 500)),
    ]


async def test_reading_leaves_no_trace_there(gate, token, tmp_path):
    async with gate.client(token) as client:
        await client.get("/who")
    assert not (tmp_path / "audit.jsonl").exists()


@pytest.mark.parametrize("headers", [{}, KEY], ids=["without a key", "with one"])
async def test_what_cannot_be_written_down_is_not_done(gate, token, monkeypatch, headers):
    broken(monkeypatch)
    async with gate.client(token) as client:
        answer = await client.post("/deeds", json={}, headers=headers)
        assert answer.status_code == 503
        assert "wasn't done" in answer.json()["error"]["message"]
        assert gate.inner.deeds == []
        assert "No space left" in gate.lines[0]["traceback"]
        assert "No space" not in answer.text
        monkeypatch.undo()
        assert (await client.post("/deeds", json={}, headers=headers)).status_code == 202


async def test_a_deed_whose_end_cannot_be_written_is_answered_and_told(gate, token, monkeypatch):
    broken(monkeypatch, after=1)
    async with gate.client(token) as client:
        assert (await client.post("/deeds", json={})).status_code == 202
        failure, lost, _ = gate.lines
        assert "No space left" in failure["traceback"]
        assert (lost["event"], lost["who"], lost["status"]) == (
            "answered",
            "oncall@example.com",
            202,
        )
        assert (await client.post("/deeds", json={})).status_code == 503
    assert len(gate.inner.deeds) == 1


async def test_the_same_key_is_answered_the_same_and_done_once(gate, token, audited):
    async with gate.client(token) as client:
        first = await client.post("/deeds", json={}, headers=KEY)
        again = await client.post("/deeds", json={}, headers=KEY)
        other = await client.post("/deeds", json={}, headers={"idempotency-key": "other"})
    assert first.json() == again.json() == {"deed": 1}
    assert first.headers["content-type"] == again.headers["content-type"]
    assert again.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.headers
    assert again.headers["x-request-id"] != first.headers["x-request-id"]
    assert other.json() == {"deed": 2}
    assert len(await audited()) == 4


@pytest.mark.parametrize(
    ("path", "body"), [("/deeds", {"other": 1}), ("/deeds?force=true", {}), ("/who", {})]
)
async def test_the_same_key_for_something_else_is_422(gate, token, path, body):
    async with gate.client(token) as client:
        await client.post("/deeds", json={}, headers=KEY)
        answer = await client.post(path, json=body, headers=KEY)
    assert answer.status_code == 422
    assert len(gate.inner.deeds) == 1


@pytest.mark.parametrize("key", ["", "a b", "x" * 201, "\xff", "a\tb"])
async def test_a_key_is_plain(gate, token, key):
    async with gate.client(token) as client:
        headers = {"idempotency-key": key.encode("latin-1")}
        assert (await client.post("/deeds", json={}, headers=headers)).status_code == 422
    assert gate.inner.deeds == []


async def test_a_second_that_comes_meanwhile_waits_for_the_answer_of_the_first(gate, token):
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def meanwhile():
        begun.set()
        await go_on.wait()

    gate.inner.before = meanwhile
    async with gate.client(token) as client, asyncio.TaskGroup() as group:
        first = group.create_task(client.post("/deeds", json={}, headers=KEY))
        await begun.wait()
        second = group.create_task(client.post("/deeds", json={}, headers=KEY))
        go_on.set()
    assert first.result().json() == second.result().json() == {"deed": 1}


async def test_what_broke_in_the_midst_is_not_done_again(gate, token):
    async with gate.client(token) as client:
        assert (await client.post("/deeds", json="breaks", headers=KEY)).status_code == 500
        again = await client.post("/deeds", json="breaks", headers=KEY)
    assert again.status_code == 409
    assert "isn't known" in again.json()["error"]["message"]
    assert len(gate.inner.deeds) == 1


async def test_what_broke_before_anything_left_may_be_tried_again(gate, token):
    async with gate.client(token) as client:
        for _ in range(2):
            assert (await client.post("/503", json={}, headers=KEY)).status_code == 503
    assert len(gate.inner.deeds) == 2


async def test_an_answer_that_cannot_be_kept_is_given_and_its_key_is_unknown(
    gate, token, monkeypatch
):
    keep = Answers.keep

    async def full(self, of, answer):
        with monkeypatch.context() as patch:
            patch.setattr(self, "_database", lambda: (_ for _ in ()).throw(sqlite3.Error("full")))
            await keep(self, of, answer)

    monkeypatch.setattr(Answers, "keep", full)
    async with gate.client(token) as client:
        assert (await client.post("/deeds", json={}, headers=KEY)).status_code == 202
        assert "can't keep its answers: full" in gate.lines[0]["traceback"]
        assert (await client.post("/deeds", json={}, headers=KEY)).status_code == 409
    assert len(gate.inner.deeds) == 1


async def test_an_answer_without_a_body_is_given_again_without_one(gate, token):
    async with gate.client(token) as client:
        for _ in range(2):
            answer = await client.post("/204", headers={**KEY, "content-type": "application/json"})
            assert answer.status_code == 204
    assert answer.headers["idempotency-replayed"] == "true"
    assert "content-length" not in answer.headers


def by_role(tmp_path, needs=Role.OPERATOR):
    """A gate that knows which role a deed takes."""
    settings = signed(tmp_path, answers=tmp_path / "answers.sqlite3")
    return Gated(settings, needs=lambda scope: needs if scope["path"] == "/deeds" else None)


async def never_read():
    raise AssertionError("the body was read")
    yield b""


async def test_a_role_that_is_too_low_is_refused_before_anything_is_read_kept_or_begun(
    tmp_path, viewer, token, audited
):
    gate = by_role(tmp_path)
    async with gate.client(viewer) as client:
        headers = {"content-type": "application/json", **KEY}
        answer = await client.post("/deeds", content=never_read(), headers=headers)
        assert answer.status_code == 403
        assert answer.json()["error"]["code"] == "DLI-803"
    assert not (tmp_path / "answers.sqlite3").exists()
    (line,) = await audited()
    assert (line["event"], line["who"], line["status"]) == ("refused", "vi@example.com", 403)
    assert set(line) == {
        *("time", "event", "id", "place", "who", "role", "token", "address", "method"),
        *("path", "status"),
    }
    assert gate.inner.deeds == []
    async with gate.client(token) as client:
        assert (await client.post("/deeds", json={}, headers=KEY)).status_code == 202


async def test_a_role_is_asked_again_after_a_promotion(tmp_path, viewer):
    gate = by_role(tmp_path)
    async with gate.client(viewer) as client:
        assert (await client.post("/deeds", json={}, headers=KEY)).status_code == 403
    path = tmp_path / "tokens.json"
    promoted = await asyncio.to_thread(a_token, path, "vi@example.com", Role.OPERATOR)
    gate.hour.passed += 2
    async with gate.client(promoted) as client:
        assert (await client.post("/deeds", json={}, headers=KEY)).status_code == 202


async def test_refused_writes_have_a_budget_and_those_of_others_are_theirs(
    tmp_path, viewer, token, audited
):
    gate = by_role(tmp_path)
    async with gate.client(viewer) as client:
        answers = [await client.post("/deeds", json={}) for _ in range(MOST_REFUSED + 50)]
    statuses = [answer.status_code for answer in answers]
    assert statuses == [403] * MOST_REFUSED + [429] * 50
    assert answers[-1].headers["retry-after"] == "1"
    assert len(await audited()) == MOST_REFUSED
    async with gate.client(token) as client:
        assert (await client.post("/deeds", json={})).status_code == 202
    gate.hour.passed += 1
    async with gate.client(viewer) as client:
        assert (await client.post("/deeds", json={})).status_code == 403
        assert (await client.get("/who")).status_code == 200


async def test_what_is_refused_behind_counts_as_well(tmp_path, token):
    gate = Gated(signed(tmp_path))
    async with gate.client(token) as client:
        for _ in range(MOST_REFUSED):
            assert (await client.post("/409", json={})).status_code == 409
        assert (await client.post("/409", json={})).status_code == 429


async def test_what_is_done_costs_nothing_of_the_budget(tmp_path, token):
    gate = by_role(tmp_path)
    async with gate.client(token) as client:
        for _ in range(MOST_REFUSED + 1):
            assert (await client.post("/deeds", json={})).status_code == 202


async def test_a_write_to_nowhere_leaves_no_line(tmp_path, token):
    gate = by_role(tmp_path)
    async with gate.client(token) as client:
        assert (await client.post("/nowhere", json={}, headers=KEY)).status_code == 404
    assert not (tmp_path / "audit.jsonl").exists()
    assert not (tmp_path / "answers.sqlite3").exists()


async def test_of_one_person_so_many_writes_are_worked_on_at_once(tmp_path, token, monkeypatch):
    monkeypatch.setattr("dli_tui.server.writes.MOST_UNDER_WAY", 2)
    gate = by_role(tmp_path)
    let, begun = asyncio.Event(), asyncio.Semaphore(0)

    async def waits():
        begun.release()
        await let.wait()

    gate.inner.before = waits
    async with gate.client(token) as client:
        first = [asyncio.create_task(client.post("/deeds", json={})) for _ in range(2)]
        for _ in first:
            await begun.acquire()
        assert (await client.post("/deeds", json={})).status_code == 429
        let.set()
        assert [answer.status_code for answer in await asyncio.gather(*first)] == [202, 202]
        assert (await client.post("/deeds", json={})).status_code == 202
