"""Many dashboards on one server: how long an answer takes one of them, and one that is alone.

Each keeps its connection, has a page already and asks whether that still holds, as ours do; the
world behind goes on, so that it mostly doesn't. Plain sockets, as five hundred clients share a
machine with what they measure.
"""

from __future__ import annotations

import asyncio
import time
from statistics import median
from typing import Final, NamedTuple
from urllib.parse import urlsplit

READERS: Final = 500
EVERY: Final = 10.0
_ALONE: Final = 0.25
_PAGE: Final = "/api/v1/workflows?limit=500"


class Waits(NamedTuple):
    """How long answers took, in seconds, and how often none came."""

    times: list[float]
    failed: int

    @property
    def middle(self) -> float:
        """Half of the answers are quicker."""
        return median(self.times)

    @property
    def slowest(self) -> float:
        """One answer in a hundred is slower."""
        ordered = sorted(self.times)
        return ordered[min(len(ordered) - 1, int(0.99 * len(ordered)))]


async def alone(url: str, seconds: float) -> Waits:
    """One reader, who asks for whole pages."""
    return await _together(url, 1, _ALONE, seconds, keeps=False)


async def crowd(url: str, seconds: float) -> Waits:
    """Five hundred, each every ten seconds, at moments spread over those."""
    return await _together(url, READERS, EVERY, seconds, keeps=True)


async def _together(url: str, many: int, every: float, seconds: float, *, keeps: bool) -> Waits:
    until = time.monotonic() + seconds
    readers = [_Reader(url, every, every * place / many, keeps=keeps) for place in range(many)]
    await asyncio.gather(*(reader.read(until) for reader in readers))
    return Waits(
        [wait for reader in readers for wait in reader.waits],
        sum(reader.failed for reader in readers),
    )


class _Reader:
    """One connection that asks for the same page again and again."""

    def __init__(self, url: str, every: float, first: float, *, keeps: bool) -> None:
        self._at = urlsplit(url)
        self._every, self._first, self._keeps = every, first, keeps
        self._etag = ""
        self.waits: list[float] = []
        self.failed = 0

    async def read(self, until: float) -> None:
        await asyncio.sleep(self._first)
        came, line = await asyncio.open_connection(self._at.hostname, self._at.port)
        try:
            while time.monotonic() < until:
                began = time.perf_counter()
                line.write(self._question())
                await self._answer(came)
                self.waits.append(time.perf_counter() - began)
                await asyncio.sleep(self._every)
        except (OSError, asyncio.IncompleteReadError):
            self.failed += 1
        finally:
            line.close()

    def _question(self) -> bytes:
        known = f"If-None-Match: {self._etag}\r\n" if self._keeps and self._etag else ""
        return f"GET {_PAGE} HTTP/1.1\r\nHost: {self._at.netloc}\r\n{known}\r\n".encode()

    async def _answer(self, came: asyncio.StreamReader) -> None:
        head = (await came.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        fields = dict(field.lower().split(": ", 1) for field in head[1:] if ": " in field)
        await came.readexactly(int(fields.get("content-length", 0)))
        self._etag = fields.get("etag", "")
        if head[0].split()[1] not in ("200", "304"):
            self.failed += 1
