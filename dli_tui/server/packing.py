"""Long answers packed on their way out: a page of five hundred rows is a tenth of its size then.

What hundreds ask for is packed once, and that in a thread: zlib leaves the others their turn.
"""

from __future__ import annotations

import asyncio
import zlib
from collections import OrderedDict
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

_WORTH: Final = 4_096
"""Bytes below which a packet goes out as it is."""
_LEVEL: Final = 1
_GZIP: Final = zlib.MAX_WBITS | 16
_MOST_BYTES: Final = 4 * 1024 * 1024
"""So much of what was packed last is kept."""


class Packer:
    """Packs answers for who can unpack them; those with an ETag once for all."""

    def __init__(self) -> None:
        self._packed: OrderedDict[str, bytes] = OrderedDict()
        self._bytes = 0

    async def pack(self, request: Request, answer: Response) -> Response:
        """The same answer, shorter if it is long."""
        content = bytes(answer.body)
        if len(content) < _WORTH:
            return answer
        answer.headers["vary"] = "accept-encoding"
        if "gzip" not in request.headers.get("accept-encoding", ""):
            return answer
        answer.body = await self._once(answer.headers.get("etag"), content)
        answer.headers["content-encoding"] = "gzip"
        answer.headers["content-length"] = str(len(answer.body))
        return answer

    async def _once(self, etag: str | None, content: bytes) -> bytes:
        found = self._packed.get(etag or "")
        if found is None:
            found = await asyncio.to_thread(_shortened, content)
            if etag is not None and etag not in self._packed:
                self._packed[etag] = found
                self._bytes += len(found)
                while self._bytes > _MOST_BYTES:
                    self._bytes -= len(self._packed.popitem(last=False)[1])
        return found


def _shortened(content: bytes) -> bytes:
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP)
    return packer.compress(content) + packer.flush()
