"""The body of a reply, piece by piece, refused before it fills the memory.

It is unpacked here and not by httpx, which unpacks a piece whole however large it gets, and
takes a packed body that was cut off for a complete one. How large a body may be is one limit, how
much larger than its packed form another: no page of rows shrinks to a hundredth. What the body
holds is limited where it is parsed (`exchange.decoded`) and where rows are made of it.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncIterable, Iterator
from typing import Final, cast

import httpx

from dli_tui.domain.errors import ServerError

LARGEST: Final = 8 * 1024 * 1024
LARGEST_LOG: Final = 16 * 1024 * 1024
"""A log is text, which takes no more memory than its bytes."""
MOST_UNPACKED: Final = 100
"""How many times larger than its packed form a body may be, beyond the first piece."""
ENCODING: Final = "gzip"
"""What we say that we can unpack."""

_PIECE: Final = 1024 * 1024
_GZIP: Final = 16 + zlib.MAX_WBITS
_PLAIN: Final = ("", "identity")
_PACKED: Final = ("gzip", "x-gzip")


class CutOffError(Exception):
    """The body ended before it was complete."""


async def content_of(response: httpx.Response, largest: int | None = None) -> bytes:
    """The whole body, unpacked; up to `largest` bytes instead of the usual limit."""
    # The stream itself, as `aiter_raw` refuses a response that was made whole.
    stream = cast("AsyncIterable[bytes]", response.stream)
    encoding = response.headers.get("Content-Encoding", "").strip().casefold()
    if encoding in _PLAIN:
        return await _gathered(stream, None, largest or LARGEST)
    if encoding in _PACKED:
        return await _gathered(stream, _Gzip(), largest or LARGEST)
    raise ServerError(
        "The server's answer can't be read: it is packed in a way that wasn't asked for",
        hint="A proxy on the way may do that; the server's administrator knows.",
    )


async def _gathered(stream: AsyncIterable[bytes], gzip: _Gzip | None, largest: int) -> bytes:
    content, packed = bytearray(), 0
    async for raw in stream:
        packed += len(raw)
        for piece in (raw,) if gzip is None else gzip.unpacked(raw):
            content += piece
            if len(content) > largest:
                raise ServerError(
                    f"The server's answer is larger than {largest // 1024**2} MiB",
                    hint="Ask for less at once; the server may be sending something else.",
                )
            if len(content) > max(_PIECE, packed * MOST_UNPACKED):
                raise ServerError(
                    "The server's answer can't be read: unpacked it is more than "
                    f"{MOST_UNPACKED} times as large",
                    hint="The server, or a proxy on the way, sends something else than an answer.",
                )
            if len(piece) == _PIECE:
                await asyncio.sleep(0)  # what is packed well would hold the loop for long
    if gzip is not None:
        gzip.end()
    return bytes(content)


class _Gzip:
    """Unpacks gzip in pieces of bounded size, one member after the other."""

    def __init__(self) -> None:
        self._member = zlib.decompressobj(_GZIP)
        self._begun = False

    def unpacked(self, raw: bytes) -> Iterator[bytes]:
        """What `raw` adds."""
        while raw:
            if self._member.eof:
                self._member = zlib.decompressobj(_GZIP)
            self._begun = True
            piece = self._decompressed(raw)
            yield piece
            raw = self._member.unused_data if self._member.eof else self._member.unconsumed_tail

    def end(self) -> None:
        """Nothing more comes; is it complete?"""
        if self._begun and not self._member.eof:
            raise CutOffError

    def _decompressed(self, raw: bytes) -> bytes:
        try:
            return self._member.decompress(raw, _PIECE)
        except zlib.error:
            raise ServerError("The server's answer can't be read: it can't be unpacked") from None
