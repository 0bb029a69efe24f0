"""Webhooks leave from here, to addresses of this machine alone: what is tried out stays at home."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Final, Self

import httpx

from dli_tui.playground.messages import Message

_SECONDS: Final = 5.0
_LOCAL: Final = "localhost"


class Poster:
    """Posts messages; open for as long as a block lasts."""

    def __init__(self, transport: httpx.AsyncBaseTransport | None = None) -> None:
        # What a proxy of the person's would make of it is nobody's wish here.
        self._http = httpx.AsyncClient(transport=transport, timeout=_SECONDS, trust_env=False)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    async def posted(self, message: Message) -> str:
        """Post a message, if it may be; what became of it, as a line to read."""
        event, execution = message.payload["event_type"], message.payload["execution_id"]
        return f"{event} of execution {execution} to {message.url}: {await self._sent(message)}"

    async def _sent(self, message: Message) -> str:
        if not _is_here(message.url):
            return "not sent, that isn't this machine"
        try:
            answer = await self._http.post(message.url, json=message.payload)
        except httpx.HTTPError as problem:
            return f"not delivered ({type(problem).__name__})"
        return f"answered {answer.status_code}"


def _is_here(url: str) -> bool:
    """Whether an address is one of this machine."""
    try:
        host = httpx.URL(url).host
    except httpx.InvalidURL:
        return False
    if host == _LOCAL:
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
