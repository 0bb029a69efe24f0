"""uvicorn's HTTP, with limits on what comes before and beside a request.

Without them, a client that sends a header a minute holds a connection for good, and one endless
header, or endless trailers after a chunked body, fill the memory before there is a request that
could be refused. Trailers are dropped: merged into the headers (RFC 9110, 6.5.1, forbids that) they
would pass by whatever a proxy in front checks. What never becomes a request is refused here, in the
same envelope as all other refusals.
"""

from __future__ import annotations

from asyncio import TimerHandle, Transport
from http import HTTPStatus
from typing import Any, Final

from starlette.responses import Response
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from dli_tui.domain.errors import ErrorCode
from dli_tui.server.connections import Connections, offer_connections
from dli_tui.server.envelope import refusal

LARGEST_HEAD: Final = 32 * 1024
MOST_HEADERS: Final = 100
"""As tuples of Python, many short headers take thirty times the memory that they take as bytes."""
LARGEST_TRAILERS: Final = 8 * 1024
MOST_PIPELINED: Final = 16
"""Requests that may wait on one connection for the one before them."""
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


_NOTHING: Final = b""


class _TooMuchError(Exception):
    """Ends the reading of a request from within a callback of the parser."""


class PatientProtocol(HttpToolsProtocol):
    """Waits for a head of a request, but not for ever, whatever else is sent meanwhile."""

    def __init__(
        self,
        *arguments: Any,  # noqa: ANN401 - uvicorn's own
        connections: Connections | None = None,
        **options: Any,  # noqa: ANN401 - uvicorn's own
    ) -> None:
        super().__init__(*arguments, **options)
        self._counted = connections
        # Until somebody signs in, an idle connection is kept no longer than a head is waited for.
        self._kept_alive = self.timeout_keep_alive
        self.timeout_keep_alive = min(self._kept_alive, max(1, int(HEAD_SECONDS)))
        self._patience: TimerHandle | None = None
        self._head = 0
        self._in_head = False
        self._trailers = 0
        self._after_chunk_head = False
        self._refusal = _NOT_HTTP

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]  # as uvicorn
        super().connection_made(transport)
        self._await_head()
        if self._counted is not None:
            self._counted.opened(self, "" if self.client is None else self.client[0])

    def connection_lost(self, exc: Exception | None) -> None:
        self._had_head()
        if self._counted is not None:
            self._counted.closed(self)
        super().connection_lost(exc)

    def close(self) -> None:
        """Close the connection at once, as there are too many."""
        self.transport.abort()

    def data_received(self, data: bytes) -> None:
        # Of what came together with the end of another request, nobody knows how much is head.
        goes_on, after_chunk_head = self._in_head, self._after_chunk_head
        super().data_received(data)
        if self.transport.is_closing():
            return
        if self._in_head:
            self._head += len(data) if goes_on else 0
            if self._head > LARGEST_HEAD:
                self._refuse(_TOO_LARGE)
        elif after_chunk_head and self._after_chunk_head:
            # Neither a piece of the body nor its end came: all of this belongs to trailers, one
            # of which the parser may be gathering.
            self._trailers += len(data)
            if self._trailers > LARGEST_TRAILERS:
                self._refuse(_TOO_LARGE)
        if (
            not self._in_head
            and not self.transport.is_closing()
            and self._patience is None
            and self.cycle.response_complete
        ):
            # An empty line, or more of a body that was refused: uvicorn's own timer ends with it.
            self._await_head()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - uvicorn's words; ours are others
        """Refuse what is no request, in the envelope of all refusals."""
        self._refuse(self._refusal)

    def on_message_begin(self) -> None:
        self._head, self._in_head = 0, True
        self._trailers, self._after_chunk_head = 0, False
        self._await_head()
        super().on_message_begin()
        offer_connections(self.scope, self._signed_in, self._counted)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header; a trailer is counted and dropped."""
        if not self._in_head:
            self._trailers += len(name) + len(value)
            if self._trailers > LARGEST_TRAILERS:
                self._end_with(_TOO_LARGE)
            return
        if len(self.headers) >= MOST_HEADERS:
            self._end_with(_TOO_LARGE)
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._in_head = False
        self._had_head()
        if len(self.pipeline) >= MOST_PIPELINED:
            self._end_with(_NOTHING)
        super().on_headers_complete()

    def on_chunk_header(self) -> None:
        """Note that a piece of the body follows, or trailers."""
        self._after_chunk_head = True

    def on_body(self, body: bytes) -> None:
        self._after_chunk_head = False
        super().on_body(body)

    def on_chunk_complete(self) -> None:
        """Note that a piece of the body, or the trailers, ended."""
        self._after_chunk_head = False

    def _unsupported_upgrade_warning(self) -> None:
        """Say nothing: who wants a socket is answered as if he hadn't, and none is missing here."""

    def _signed_in(self) -> None:
        self.timeout_keep_alive = self._kept_alive
        if self._counted is not None:
            self._counted.signed_in(self)

    def _end_with(self, refusal: bytes) -> None:
        self._refusal = refusal
        raise _TooMuchError

    def _refuse(self, refusal: bytes) -> None:
        """Close the connection, with a refusal unless an answer went out or is on its way."""
        cycle: RequestResponseCycle | None = self.cycle  # none before the first request
        if self._in_head or cycle is None or not cycle.response_started:
            self.transport.write(refusal)
        self.transport.close()

    def _await_head(self) -> None:
        self._had_head()
        self._patience = self.loop.call_later(HEAD_SECONDS, self.transport.close)

    def _had_head(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None
