"""A request that changes something: done once, written down before and after, given again."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final, NamedTuple

from starlette.types import ASGIApp, Receive, Scope, Send

from dli_tui.client.sent import CURRENT, Sent
from dli_tui.domain.errors import ErrorCode, ServerError
from dli_tui.domain.traces import masked
from dli_tui.server.answering import Captured, give_again
from dli_tui.server.asked import Asked, said_again
from dli_tui.server.audit import AuditLog
from dli_tui.server.envelope import RefusedError, broken
from dli_tui.server.identity import Identity
from dli_tui.server.lines import failure_line, json_line, told_target
from dli_tui.server.repeats import Answer, Answers, Turn, fingerprint_of
from dli_tui.server.settings import ServerSettings

_NEW: Final = ("dataset_name", "workflow_name", "saga_type")
"""What a body calls something whose name isn't in the path yet."""
_MADE: Final = ("run_id", "saga_id")
_LONGEST: Final = 300


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
        now: Callable[[], datetime],
        tell: Callable[[str], None],
    ) -> None:
        self._app = app
        self._place = settings.place
        self._answers = answers
        self._audit = None if settings.audit is None else AuditLog(settings.audit)
        self._now = now
        self._tell = tell

    async def do(self, deed: Deed, send: Send) -> None:
        """Do it, or give the answer that it had."""
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
        facts = self._facts(deed, body)
        await self._write_before(facts)
        sent, captured = Sent(), Captured()
        token = CURRENT.set(sent)
        try:
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

    def _facts(self, deed: Deed, body: bytes) -> dict[str, Any]:
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
            "named": _text_in(body, _NEW),
            "key": None if asked.key is None else masked(asked.key),
        }

    async def _write_before(self, facts: dict[str, Any]) -> None:
        if self._audit is None:
            return
        line = json_line(time=self._now().isoformat(), event="begun", **facts)
        try:
            await asyncio.to_thread(self._audit.write, line)
        except OSError as problem:
            self._tell(failure_line(self._now(), facts["id"], problem))
            raise RefusedError(
                503,
                ErrorCode.SERVER_ERROR,
                "The server can't write down who does this, so it wasn't done",
                hint="Whoever runs it finds the reason in its log.",
            ) from None

    async def _write_after(self, facts: dict[str, Any], answer: Answer) -> None:
        if self._audit is None:
            return
        facts |= {"status": answer.status, "made": _text_in(answer.body, _MADE)}
        line = json_line(time=self._now().isoformat(), event="answered", **facts)
        try:
            await asyncio.to_thread(self._audit.write, line)
        except OSError as problem:
            self._tell(failure_line(self._now(), facts["id"], problem))
            self._tell(line)


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
