"""A request as the gate reads it: the few headers that count, its id, and its body."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from typing import Any, Final

from starlette.types import Message, Receive

from dli_tui.domain.errors import ErrorCode
from dli_tui.domain.traces import masked
from dli_tui.server.envelope import JSON, RefusedError

MOST_BYTES: Final = 1024 * 1024
MOST_OF_A_READ: Final = 16 * 1024
"""Bytes of a body that nobody reads, as what is asked for stands in the query."""
BODY_SECONDS: Final = 30.0
_READS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_COUNTS: Final = frozenset(
    {
        b"host",
        b"origin",
        b"authorization",
        b"content-type",
        b"content-length",
        b"transfer-encoding",
        b"idempotency-key",
        b"x-request-id",
        b"x-forwarded-for",
    }
)
# Of which two would be read one way by us and another way by somebody in between.
_ONCE: Final = _COUNTS - {b"x-forwarded-for", b"x-request-id"}
_PLAIN_ID: Final = re.compile(rb"[A-Za-z0-9._-]{1,64}")
_PLAIN_KEY: Final = re.compile(rb"[\x21-\x7e]{1,200}")


class GoneError(Exception):
    """Whoever asked hung up before all was said."""


class Asked:
    """One request, read once."""

    __slots__ = ("_found", "method", "query", "raw_path", "twice")

    def __init__(self, scope: Mapping[str, Any]) -> None:
        self.method: str = scope["method"]
        self.raw_path: bytes = scope.get("raw_path") or scope["path"].encode()
        self.query: bytes = scope.get("query_string", b"")
        self.twice = b""
        found: dict[bytes, bytes] = {}
        for name, value in scope["headers"]:
            if name in _COUNTS:
                if name not in found:
                    found[name] = value
                elif name in _ONCE:
                    self.twice = name
                else:
                    found[name] += b"," + value
        self._found = found

    def header(self, name: bytes) -> bytes | None:
        """What a header says, if it is there."""
        return self._found.get(name)

    @property
    def writes(self) -> bool:
        """Whether it may change something."""
        return self.method not in _READS

    @property
    def request_id(self) -> str | None:
        """The id that came with it, if it is one that may be repeated."""
        given = self._found.get(b"x-request-id")
        if given is None or not _PLAIN_ID.fullmatch(given):
            return None
        plain = given.decode()
        # It is written down and given back: no place for somebody's token.
        return plain if masked(plain) == plain else None

    @property
    def has_body(self) -> bool:
        """Whether there is more to come than its head."""
        found = self._found
        return b"transfer-encoding" in found or found.get(b"content-length", b"0") != b"0"

    @property
    def key(self) -> str | None:
        """The Idempotency-Key of a write."""
        given = self._found.get(b"idempotency-key")
        if given is None:
            return None
        if not _PLAIN_KEY.fullmatch(given):
            raise RefusedError(
                422,
                ErrorCode.CONFIG_INVALID,
                "The Idempotency-Key can't be used",
                hint="Send up to 200 plain characters without blanks, such as a UUID.",
            )
        return given.decode()

    def must_be_clear(self) -> None:
        """Refuse a head that says two things."""
        if self.twice:
            raise RefusedError(
                400,
                ErrorCode.CONFIG_INVALID,
                f"The header {self.twice.decode()} was sent twice",
                hint="Send it once.",
            )

    def must_be_json(self) -> None:
        """Refuse a write that a plain form of some web page could send as well."""
        given = self._found.get(b"content-type")
        # No page can make a browser send DELETE without asking us first.
        if given is None and self.method == "DELETE" and not self.has_body:
            return
        if given is None or given.partition(b";")[0].strip().lower() != JSON.encode():
            raise RefusedError(
                415,
                ErrorCode.CONFIG_INVALID,
                "A request that changes something is JSON",
                hint=f"Send 'Content-Type: {JSON}'.",
            )

    async def body(self, receive: Receive) -> bytes:
        """All of its body, unless that is too much or comes too slowly."""
        most = MOST_BYTES if self.writes else MOST_OF_A_READ
        length = self._found.get(b"content-length", b"0")
        if not length.isdigit() or int(length) > most:
            raise _too_large(most)
        try:
            async with asyncio.timeout(BODY_SECONDS):
                return await _whole(receive, most)
        except TimeoutError:
            raise RefusedError(
                408,
                ErrorCode.CONFIG_INVALID,
                f"The body didn't come within {BODY_SECONDS:g} s",
                hint="Try again on a better line. Nothing was done.",
                headers={"connection": "close"},
            ) from None


async def _whole(receive: Receive, most: int) -> bytes:
    parts, size, more = [], 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise GoneError
        part = message.get("body", b"")
        more = message.get("more_body", False)
        size += len(part)
        if size > most:
            raise _too_large(most)
        parts.append(part)
    return b"".join(parts)


def _too_large(most: int) -> RefusedError:
    return RefusedError(
        413,
        ErrorCode.CONFIG_INVALID,
        f"The body is larger than {most // 1024} KiB",
        hint="Send less at once. Nothing was done.",
        # The rest of it is still on its way, and nobody will read it.
        headers={"connection": "close"},
    )


def said_again(body: bytes, receive: Receive) -> Receive:
    """A body that was read, for the one who is to read it; after it only hanging up can come."""
    unsaid: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def say() -> Message:
        return unsaid.pop() if unsaid else await receive()

    return say
