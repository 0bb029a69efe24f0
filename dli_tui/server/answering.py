"""An answer on its way out: what it was is noted, and it bears the id of its request."""

from __future__ import annotations

from typing import Final

from starlette.types import Message, Send

from dli_tui.server.repeats import Answer

_FAILURE: Final = 500
_GUESS_NOTHING: Final = (b"x-content-type-options", b"nosniff")


class Answering:
    """Sends an answer on, and knows its status; a failure waits until it is known whose it is.

    Starlette answers in its own words when it breaks, before it says that it broke.
    """

    __slots__ = ("_held", "_id", "_send", "status")

    def __init__(self, send: Send, request_id: str) -> None:
        self._send = send
        self._id = (b"x-request-id", request_id.encode())
        self.status: int | None = None
        self._held: list[Message] = []

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = message.get("headers", ())
            message = {**message, "headers": [*headers, self._id, _GUESS_NOTHING]}
        if self.status is not None and self.status >= _FAILURE:
            self._held.append(message)
        else:
            await self._send(message)

    async def let_go(self) -> None:
        """Send the failure that was held back: it was meant."""
        held, self._held = self._held, []
        for message in held:
            await self._send(message)

    def take_back(self) -> bool:
        """Drop a failure that was held back; whether another answer can be given now."""
        if self._held:
            self._held, self.status = [], None
        return self.status is None


class Captured:
    """Holds an answer back until it is known to be kept."""

    def __init__(self) -> None:
        self._start: Message | None = None
        self._parts: list[bytes] = []
        self.whole = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
        elif message["type"] == "http.response.body":
            self._parts.append(message.get("body", b""))
            self.whole = not message.get("more_body", False)

    @property
    def answer(self) -> Answer:
        """The answer, as far as it is kept."""
        start = self._start or {"status": 500}
        kinds = [value for name, value in start.get("headers", ()) if name == b"content-type"]
        kind = kinds[0].decode("latin-1") if kinds else ""
        return Answer(start["status"], kind, b"".join(self._parts))

    async def send(self, send: Send) -> None:
        """Let it go."""
        if self._start is not None:
            await send(self._start)
            await send({"type": "http.response.body", "body": b"".join(self._parts)})


async def give_again(answer: Answer, send: Send) -> None:
    """Send an answer that was kept, saying that it is one."""
    headers = [
        (b"content-length", str(len(answer.body)).encode()),
        (b"idempotency-replayed", b"true"),
        (b"cache-control", b"no-store"),
    ]
    if answer.content_type:
        headers.append((b"content-type", answer.content_type.encode("latin-1")))
    if answer.status == 204:  # noqa: PLR2004 - nothing follows, not even its length
        headers = headers[1:]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})
