"""uvicorn's HTTP, with an end to how long and how large a head may be.

Without it, somebody who sends a header a minute holds a connection for good, and one endless
header fills the memory, before any request is there that could be refused.
"""

from __future__ import annotations

from asyncio import TimerHandle, Transport
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

LARGEST_HEAD: Final = 64 * 1024
HEAD_SECONDS: Final = 10.0
_TOO_LARGE: Final = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
    b"connection: close\r\ncontent-length: 0\r\n\r\n"
)


class PatientProtocol(HttpToolsProtocol):
    """Waits for a head of a request, but not for ever."""

    def __init__(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401 - uvicorn's own
        super().__init__(*arguments, **options)
        self._patience: TimerHandle | None = None
        self._head = 0
        self._in_head = False

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]  # as uvicorn
        super().connection_made(transport)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._had_head()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._in_head and not self.transport.is_closing():
            self._head += len(data)
            if self._head > LARGEST_HEAD:
                self.transport.write(_TOO_LARGE)
                self.transport.close()

    def on_message_begin(self) -> None:
        self._head, self._in_head = 0, True
        self._await_head()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._in_head = False
        self._had_head()
        super().on_headers_complete()

    def _await_head(self) -> None:
        self._had_head()
        self._patience = self.loop.call_later(HEAD_SECONDS, self.transport.close)

    def _had_head(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None
