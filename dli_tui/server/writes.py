"""A request that changes something: done once, written down before and after, given again.

Before anything of it is read or written down, it is decided whether whoever asks may do such a
thing at all: a refusal costs one short line in the audit log, and each person has a budget of them.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import nullcontext
from datetime import datetime
from typing import Any, Final, NamedTuple

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dli_tui.client.sent import CURRENT, Sent
from dli_tui.domain.errors import ErrorCode, ServerError, WorkflowPermissionError
from dli_tui.domain.request_id import request_id
from dli_tui.domain.traces import masked
from dli_tui.server.answering import Captured, give_again
from dli_tui.server.asked import Asked, said_again
from dli_tui.server.audit import AuditLog
from dli_tui.server.envelope import RefusedError, broken
from dli_tui.server.identity import Identity, Role, require_role
from dli_tui.server.limits import MOST_UNDER_WAY, RefusedWrites, UnderWay
from dli_tui.server.lines import failure_line, json_line, told_target
from dli_tui.server.repeats import Answer, Answers, Turn, fingerprint_of
from dli_tui.server.settings import ServerSettings
from dli_tui.server.threads import in_gate_thread

_NEW: Final = ("dataset_name", "workflow_name", "saga_type")
"""What a body calls something whose name isn't in the path yet."""
_MADE: Final = ("run_id", "saga_id")
_LONGEST: Final = 300


Needs = Callable[[Scope], Role | None]
"""The role that a write takes; None where there is no such request."""


class Deed(NamedTuple):
    """A write that may be done, as far as the gate can tell."""

    scope: Scope
    receive: Receive
    asked: Asked
    identity: Identity
    request_id: str
    address: str


class Writes:
    """Does deeds, each with its trace; nobody sees an answer before it is kept."""

    def __init__(
        self,
        app: ASGIApp,
        settings: ServerSettings,
        answers: Answers,
        *,
        needs: Needs,
        now: Callable[[], datetime],
        ticks: Callable[[], float],
        tell: Callable[[str], None],
    ) -> None:
        self._app, self._needs = app, needs
        self._refused, self._under_way = RefusedWrites(ticks), UnderWay(MOST_UNDER_WAY)
        self.failures = 0
        """How often the audit log couldn't be written."""
        self._place = settings.place
        self._answers = answers
        self.audit = None if settings.audit is None else AuditLog(settings.audit)
        self._now = now
        self._tell = tell

    async def do(self, deed: Deed, send: Send) -> None:
        """Do it, or give the answer that it had."""
        sender = deed.identity.sender
        seconds = self._refused.wait(sender)
        if seconds:
            raise _come_later("Too many of your requests to change something were refused", seconds)
        role = self._needs(deed.scope)
        if role is None:
            self._refused.refused(sender)
            await self._app(deed.scope, deed.receive, send)
            return
        with self._under_way.one_more(sender) as may:
            if not may:
                raise _come_later("Too many of your requests to change something go on", 1)
            await self._counted(deed, role, Noted(send))

    async def check(self) -> None:
        """Raise where nothing could be written down now."""
        if self.audit is not None:
            await in_gate_thread(self.audit.require_room)

    async def _counted(self, deed: Deed, role: Role, send: Noted) -> None:
        try:
            await self._require(deed, role)
            await self._do(deed, send)
        except RefusedError as refused:
            send.status = refused.status
            raise
        finally:
            if send.status is not None and is_refusal(send.status):
                self._refused.refused(deed.identity.sender)

    async def _require(self, deed: Deed, role: Role) -> None:
        """Refuse what that person may not do, with one line in the log."""
        try:
            require_role(deed.identity, role)
        except WorkflowPermissionError as problem:
            refused = RefusedError(403, problem.code, problem.message, hint=problem.hint)
        else:
            return
        facts = self._facts(deed) | {"status": refused.status}
        line = json_line(time=self._now().isoformat(), event="refused", **facts)
        try:
            await self._written(line)
        except OSError as problem:
            # Nothing was to be done: it is refused all the same.
            self._tell(failure_line(self._now(), deed.request_id, problem))
        raise refused

    async def _do(self, deed: Deed, send: Send) -> None:
        asked = deed.asked
        asked.must_be_json()
        body = await asked.body(deed.receive)
        key = asked.key
        if key is None:
            captured, _ = await self._done(deed, body)
            await captured.send(send)
            return
        fingerprint = fingerprint_of(asked.method, asked.raw_path + b"?" + asked.query, body)
        async with self._answers.turn(deed.identity, key, fingerprint) as turn:
            if turn.answer is None:
                captured = await self._done_in(turn, deed, body)
        if turn.answer is None:
            await captured.send(send)
        else:
            await give_again(turn.answer, send)

    async def _done_in(self, turn: Turn, deed: Deed, body: bytes) -> Captured:
        try:
            captured, left = await self._done(deed, body)
        except RefusedError:
            await self._concluded(turn.forget, deed)
            raise
        answer = captured.answer

        async def conclude() -> None:
            await turn.conclude(answer, left=left)

        await self._concluded(conclude, deed)
        return captured

    async def _concluded(self, conclude: Callable[[], Any], deed: Deed) -> None:
        """The deed is done whether or not this can be kept; then its key says "unknown"."""
        try:
            await conclude()
        except ServerError as problem:
            self._tell(failure_line(self._now(), deed.request_id, problem))

    async def _done(self, deed: Deed, body: bytes) -> tuple[Captured, bool]:
        """Its answer, and whether anything was sent on to the place behind us."""
        facts = self._facts(deed) | {
            "named": _text_in(body, _NEW),
            "key": None if deed.asked.key is None else masked(deed.asked.key),
        }
        await self._write_before(facts)
        sent, captured = Sent(), Captured()
        token = CURRENT.set(sent)
        key = deed.asked.key
        # A run behind us gets its id of the key: a second server that is sent the same makes none.
        same = nullcontext() if key is None else request_id(key)
        try:
            with same:
                await self._app(deed.scope, said_again(body, deed.receive), captured)
        except Exception as problem:  # noqa: BLE001 - whatever it was, the trace is ended
            self._tell(failure_line(self._now(), deed.request_id, problem))
            captured.whole = False
        finally:
            CURRENT.reset(token)
        if not captured.whole:
            captured = Captured()
            await broken().answer(deed.request_id)(deed.scope, deed.receive, captured)
        await self._write_after(facts, captured.answer)
        return captured, sent.what is not None

    def _facts(self, deed: Deed) -> dict[str, Any]:
        identity, asked = deed.identity, deed.asked
        return {
            "id": deed.request_id,
            "place": self._place,
            "who": identity.name,
            "role": identity.role,
            "token": identity.token_id,
            "address": deed.address,
            "method": asked.method,
            "path": told_target(asked.raw_path, asked.query),
        }

    async def _written(self, line: str) -> None:
        if self.audit is None:
            return
        audit = self.audit
        try:
            await in_gate_thread(lambda: audit.write(line))
        except OSError:
            self.failures += 1
            raise

    async def _write_before(self, facts: dict[str, Any]) -> None:
        line = json_line(time=self._now().isoformat(), event="begun", **facts)
        try:
            await self._written(line)
        except OSError as problem:
            self._tell(failure_line(self._now(), facts["id"], problem))
            raise RefusedError(
                503,
                ErrorCode.SERVER_ERROR,
                "The server can't write down who does this, so it wasn't done",
                hint="Whoever runs it finds the reason in its log.",
            ) from None

    async def _write_after(self, facts: dict[str, Any], answer: Answer) -> None:
        facts |= {"status": answer.status, "made": _text_in(answer.body, _MADE)}
        line = json_line(time=self._now().isoformat(), event="answered", **facts)
        try:
            await self._written(line)
        except OSError as problem:
            self._tell(failure_line(self._now(), facts["id"], problem))
            self._tell(line)


class Noted:
    """Sends an answer on, and knows its status."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.status: int | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        await self._send(message)


def is_refusal(status: int) -> bool:
    """Whether an answer says that nothing was done."""
    return 400 <= status < 500  # noqa: PLR2004 - HTTP's own


def _come_later(message: str, seconds: int) -> RefusedError:
    return RefusedError(
        429,
        ErrorCode.CONFIG_INVALID,
        message,
        hint=f"Nothing was done. Try again in {seconds} s.",
        headers={"retry-after": str(seconds)},
    )


def _text_in(content: bytes, names: tuple[str, ...]) -> str | None:
    """What a JSON object calls one of `names`, as it may be written down; nothing else of it."""
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict):
        return None
    texts = (text for name in names if isinstance(text := found.get(name), str))
    text = next(texts, None)
    return None if text is None else masked(text[:_LONGEST])
