"""uvicorn's HTTP, with an end to how long and how large a head may be.

Without it, somebody who sends a header a minute holds a connection for good, and one endless
header fills the memory, before any request is there that could be refused. What never becomes a
request is answered here, in the words that everybody else is answered in.
"""

from __future__ import annotations

from asyncio import TimerHandle, Transport
from http import HTTPStatus
from typing import Any, Final

from starlette.responses import Response
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from dli_tui.domain.errors import ErrorCode
from dli_tui.server.envelope import refusal

LARGEST_HEAD: Final = 64 * 1024
HEAD_SECONDS: Final = 10.0
_CLOSES: Final = {"connection": "close", "x-content-type-options": "nosniff"}


def _written(answer: Response) -> bytes:
    """An answer as it goes over the line."""
    phrase = HTTPStatus(answer.status_code).phrase
    lines = [f"HTTP/1.1 {answer.status_code} {phrase}".encode()]
    lines += [name + b": " + value for name, value in answer.raw_headers]
    return b"\r\n".join([*lines, b"", bytes(answer.body)])


_TOO_LARGE: Final = _written(
    refusal(
        431,
        ErrorCode.CONFIG_INVALID,
        f"The head of this request is larger than {LARGEST_HEAD // 1024} KiB",
        hint="Send fewer or shorter headers.",
        headers=_CLOSES,
    )
)
_NOT_HTTP: Final = _written(
    refusal(
        400,
        ErrorCode.CONFIG_INVALID,
        "This is not HTTP that can be read",
        hint="Check the URL: is it http or https, and is that the port?",
        headers=_CLOSES,
    )
)


class PatientProtocol(HttpToolsProtocol):
    """Waits for a head of a request, but not for ever, whatever else is sent meanwhile."""

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
        # Of what came together with the end of another request, nobody knows how much is head.
        goes_on = self._in_head
        super().data_received(data)
        if self.transport.is_closing():
            return
        if self._in_head:
            self._head += len(data) if goes_on else 0
            if self._head > LARGEST_HEAD:
                self.transport.write(_TOO_LARGE)
                self.transport.close()
        elif self._patience is None and self.cycle.response_complete:
            # An empty line, or more of a body that was refused: uvicorn's own timer ends with it.
            self._await_head()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - uvicorn's words; ours are others
        """Refuse what is no request, in the envelope of all refusals."""
        self.transport.write(_NOT_HTTP)
        self.transport.close()

    def on_message_begin(self) -> None:
        self._head, self._in_head = 0, True
        self._await_head()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._in_head = False
        self._had_head()
        super().on_headers_complete()

    def _unsupported_upgrade_warning(self) -> None:
        """Say nothing: who wants a socket is answered as if he hadn't, and none is missing here."""

    def _await_head(self) -> None:
        self._had_head()
        self._patience = self.loop.call_later(HEAD_SECONDS, self.transport.close)

    def _had_head(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None
