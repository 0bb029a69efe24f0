"""Who asks again with the same Idempotency-Key gets the same answer, and nothing is done twice.

A key is noted as begun before its deed, and with the answer after it. What is kept:

- an answer below 500: a decision about the deed, a refusal as well as a success. Only "come again
  later" (408, 425, 429) is none, and forgotten.
- an error of 500 or more, if nothing had left for the place behind us: forgotten, as surely
  nothing was done and the same key may try again.
- any other: the outcome is unknown, as it is when the program died in between. Whoever asks again
  is told so; doing it once more isn't for us to decide.

In sqlite, so that neither a restart nor another server of the same place knows less; for a day,
and of each person the newest so many, so that nobody pushes out what is others'. A clock that is
set forward while the server runs makes no day: a key that is forgotten too early is done twice.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import Final, NamedTuple, TypeVar

from dli_tui.domain.errors import ConfigurationError, ErrorCode, ServerError
from dli_tui.server.audit import require_room
from dli_tui.server.envelope import RefusedError
from dli_tui.server.identity import Identity
from dli_tui.server.threads import in_gate_thread

KEPT_FOR: Final = timedelta(days=1)
MOST: Final = 20_000
MOST_BYTES: Final = 64 * 1024 * 1024
"""So many answers, and so much of them, are kept for each who asks."""
UNDER_WAY_SECONDS: Final = 60.0
"""So long a request of another server may be under way, before its outcome counts as unknown."""
_TIDIED_EVERY: Final = 100
_COME_AGAIN: Final = frozenset({408, 425, 429})
_PRIVATE: Final = 0o600
_BUSY_SECONDS: Final = 5.0
_SCHEMA: Final = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
CREATE TABLE IF NOT EXISTS answers (
    sender TEXT NOT NULL, key TEXT NOT NULL, fingerprint BLOB NOT NULL, at REAL NOT NULL,
    status INTEGER, content_type TEXT, body BLOB, PRIMARY KEY (sender, key)
);
CREATE INDEX IF NOT EXISTS answers_at ON answers (at);
"""
# One that is too old to count gives way.
_BEGIN: Final = """
INSERT INTO answers (sender, key, fingerprint, at) VALUES (?, ?, ?, ?)
ON CONFLICT (sender, key) DO UPDATE SET fingerprint = excluded.fingerprint, at = excluded.at,
    status = NULL, content_type = NULL, body = NULL WHERE answers.at <= ?
"""
_Id = tuple[str, str]
Found = TypeVar("Found")


class Answer(NamedTuple):
    """What was answered, as far as it is given again."""

    status: int
    content_type: str
    body: bytes


_NO_ANSWER: Final = Answer(0, "", b"")
"""Instead of an answer: it ended here, and its outcome is unknown."""


class _Row(NamedTuple):
    """What is kept of a key; without an answer it may be under way on another server."""

    fingerprint: bytes
    answer: Answer | None
    is_young: bool


class _UnderWay(NamedTuple):
    fingerprint: bytes
    over: asyncio.Event


class Turn:
    """A request with a key: either it was answered before, or its answer is to be kept."""

    def __init__(self, answers: Answers, of: _Id, answer: Answer | None) -> None:
        self.answer = answer
        self._answers = answers
        self._of = of

    async def conclude(self, answer: Answer, *, left: bool) -> None:
        """Keep the answer, or forget the key; `left`: whether anything was sent on."""
        if answer.status in _COME_AGAIN or (answer.status >= 500 and not left):  # noqa: PLR2004
            await self.forget()
        elif answer.status < 500:  # noqa: PLR2004 - a server's own failure
            await self._answers.keep(self._of, answer)
        else:
            await self._answers.keep(self._of, _NO_ANSWER)

    async def forget(self) -> None:
        """Nothing was done: the same key may try again."""
        await self._answers.forget(self._of)


def fingerprint_of(method: str, target: bytes, body: bytes) -> bytes:
    """What tells one request from another that bears the same key by mistake."""
    parts = (method.encode(), target, body)
    return hashlib.sha256(b"".join(len(part).to_bytes(8) + part for part in parts)).digest()


class Answers:
    """The answers of the last day, by who asked and with which key."""

    def __init__(
        self, path: Path | None, now: Callable[[], datetime], ticks: Callable[[], float]
    ) -> None:
        self._path = path
        self._now, self._ticks = now, ticks
        self._started = now().timestamp() - ticks()
        self._under_way: dict[_Id, _UnderWay] = {}
        self._lock = Lock()
        self._opened: sqlite3.Connection | None = None
        self._claimed = 0

    @asynccontextmanager
    async def turn(self, identity: Identity, key: str, fingerprint: bytes) -> AsyncIterator[Turn]:
        """One request with a key; one that is under way already is waited for."""
        of = identity.sender, key
        while (other := self._under_way.get(of)) is not None:
            if other.fingerprint != fingerprint:
                raise _used_for_another()
            await other.over.wait()
        mine = self._under_way[of] = _UnderWay(fingerprint, asyncio.Event())
        try:
            yield Turn(self, of, await self._claim(of, fingerprint))
        finally:
            del self._under_way[of]
            mine.over.set()

    async def keep(self, of: _Id, answer: Answer) -> None:
        """Note how it ended."""

        def kept(db: sqlite3.Connection) -> None:
            change = "UPDATE answers SET status=?, content_type=?, body=? WHERE sender=? AND key=?"
            db.execute(change, (*answer, *of))

        await self._asked(kept)

    async def forget(self, of: _Id) -> None:
        """Note that nothing happened."""
        await self._asked(lambda db: db.execute("DELETE FROM answers WHERE sender=? AND key=?", of))

    def check(self) -> None:
        """Refuse to start where nothing can be kept."""
        try:
            with self._lock:
                self._database()
        except (sqlite3.Error, OSError) as problem:
            raise ConfigurationError(
                f"The answers can't be kept in {self._path}: {problem}",
                hint="Make it writable, or move away what is in its place, "
                "or set XDG_STATE_HOME to another folder.",
            ) from None

    async def check_now(self) -> None:
        """Raise where nothing can be kept now."""

        def written(db: sqlite3.Connection) -> None:
            db.execute("BEGIN IMMEDIATE")
            db.execute("ROLLBACK")

        await self._asked(written)
        path = self._path
        if path is not None:
            await in_gate_thread(lambda: require_room(path.parent))

    def close(self) -> None:
        """Close the file; it is opened again by whoever asks again."""
        with self._lock:
            if self._opened is not None:
                self._opened.close()
                self._opened = None

    async def _claim(self, of: _Id, fingerprint: bytes) -> Answer | None:
        """The answer that there is; None: it is noted as begun."""
        try:
            row = await self._asked(lambda db: self._begun(db, of, fingerprint))
        except ServerError as problem:
            raise RefusedError(503, problem.code, problem.message, hint=problem.hint) from None
        if row is None:
            return None
        if row.fingerprint != fingerprint:
            raise _used_for_another()
        if row.answer is None and row.is_young:
            raise RefusedError(
                409,
                ErrorCode.SERVER_ERROR,
                "A request with this key is under way, on another server of this place",
                hint="Send it again with the same key in a moment: it is answered then.",
                headers={"retry-after": "2"},
            )
        if row.answer is None:
            raise RefusedError(
                409,
                ErrorCode.SERVER_ERROR,
                "A request with this key was begun, and how it ended isn't known",
                hint="Look whether it happened (dli-tui workflow history), then use a new key.",
            )
        return row.answer

    def _begun(self, db: sqlite3.Connection, of: _Id, fingerprint: bytes) -> _Row | None:
        if self._claimed % _TIDIED_EVERY == 0:
            self._tidy(db)
        self._claimed += 1
        # One statement, so that of two servers with one file only one begins.
        begun = db.execute(_BEGIN, (*of, fingerprint, self._now().timestamp(), self._oldest()))
        return None if begun.rowcount else self._row(db, of)

    def _row(self, db: sqlite3.Connection, of: _Id) -> _Row | None:
        """The fingerprint and the answer of a key, if it is known and of the last day."""
        found = db.execute(
            "SELECT fingerprint, status, content_type, body, at FROM answers "
            "WHERE sender=? AND key=? AND at>?",
            (*of, self._oldest()),
        ).fetchone()
        if found is None:
            return None
        fingerprint, status, content_type, body, at = found
        age = self._now().timestamp() - at
        is_young = status is None and 0 <= age < UNDER_WAY_SECONDS
        answer = Answer(status, content_type, body) if status else None
        return _Row(fingerprint, answer, is_young)

    def _tidy(self, db: sqlite3.Connection) -> None:
        """Forget what is older than a day, and the oldest of what is too much of one person's."""
        db.execute("DELETE FROM answers WHERE at<=?", (self._oldest(),))
        db.execute(
            "DELETE FROM answers WHERE rowid IN (SELECT rowid FROM ("
            "SELECT rowid, ROW_NUMBER() OVER newest AS n, SUM(COALESCE(LENGTH(body), 0)) "
            "OVER newest AS bytes FROM answers "
            "WINDOW newest AS (PARTITION BY sender ORDER BY at DESC, rowid DESC)) "
            "WHERE n>? OR bytes>?)",
            (MOST, MOST_BYTES),
        )

    def _oldest(self) -> float:
        passed = self._started + self._ticks()
        return min(self._now().timestamp(), passed) - KEPT_FOR.total_seconds()

    async def _asked(self, ask: Callable[[sqlite3.Connection], Found]) -> Found:
        def asked() -> Found:
            with self._lock, self._database() as db:
                return ask(db)

        # Raised after the block: sqlite's errors are no concern of whoever asks.
        try:
            return await in_gate_thread(asked)
        except (sqlite3.Error, OSError) as problem:
            reason = str(problem)
        raise ServerError(
            f"The server can't keep its answers: {reason}",
            hint="Whoever runs it looks at its state folder: is the disk full?",
        )

    def _database(self) -> sqlite3.Connection:
        if self._opened is None:
            if self._path is not None:
                self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                # sqlite gives its own files the rights that this one has.
                handle = os.open(self._path, os.O_WRONLY | os.O_CREAT, _PRIVATE)
                try:
                    os.fchmod(handle, _PRIVATE)
                finally:
                    os.close(handle)
            # The lock sees to it that one thread at a time has it.
            opened = sqlite3.connect(
                self._path or ":memory:", timeout=_BUSY_SECONDS, check_same_thread=False
            )
            opened.executescript(_SCHEMA)
            self._opened = opened
        return self._opened


def _used_for_another() -> RefusedError:
    return RefusedError(
        422,
        ErrorCode.CONFIG_INVALID,
        "This Idempotency-Key was used for another request",
        hint="Make a new key for each thing that you want done.",
    )
