"""The body of a reply, piece by piece, refused before it fills the memory.

It is unpacked here and not by httpx, which unpacks a piece whole however large it gets, and
takes a packed body that was cut off for a complete one.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncIterable, Iterator
from typing import Final, cast

import httpx

from dli_tui.domain.errors import ServerError

LARGEST: Final = 64 * 1024 * 1024
ENCODING: Final = "gzip"
"""What we say that we can unpack."""

_PIECE: Final = 1024 * 1024
_GZIP: Final = 16 + zlib.MAX_WBITS
_PLAIN: Final = ("", "identity")
_PACKED: Final = ("gzip", "x-gzip")


class CutOffError(Exception):
    """The body ended before it was complete."""


async def content_of(response: httpx.Response) -> bytes:
    """The whole body, unpacked."""
    # The stream itself, as `aiter_raw` refuses a response that was made whole.
    stream = cast("AsyncIterable[bytes]", response.stream)
    encoding = response.headers.get("Content-Encoding", "").strip().casefold()
    if encoding in _PLAIN:
        return await _gathered(stream, None)
    if encoding in _PACKED:
        return await _gathered(stream, _Gzip())
    raise ServerError(
        "The server's answer can't be read: it is packed in a way that wasn't asked for",
        hint="A proxy on the way may do that; the server's administrator knows.",
    )


async def _gathered(stream: AsyncIterable[bytes], gzip: _Gzip | None) -> bytes:
    content = bytearray()
    async for raw in stream:
        for piece in (raw,) if gzip is None else gzip.unpacked(raw):
            content += piece
            if len(content) > LARGEST:
                raise ServerError(
                    f"The server's answer is larger than {LARGEST // 1024**2} MiB",
                    hint="Ask for less at once; the server may be sending something else.",
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
