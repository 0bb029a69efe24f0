"""A write to a Basecamp server, under a key by which a server of ours knows it again.

Where the answer of our server is lost, the same request is sent again under the same key: the
server does it once and gives the same answer. Another server may not know such keys, so there
nothing is sent a second time.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from hashlib import sha256
from typing import Final, TypeVar
from uuid import uuid4

from dli_tui.backends.basecamp.offer import Offers
from dli_tui.backends.http.client import Http
from dli_tui.backends.http.exchange import Asked
from dli_tui.domain.errors import AnswerLostError, ServerError
from dli_tui.domain.request_id import current_request_id

T = TypeVar("T")
KEY_HEADER: Final = "Idempotency-Key"
RESENDS: Final = (0.0, 1.0, 2.0, 4.0, 8.0)
"""Seconds before each sending of one write."""

Sleep = Callable[[float], Awaitable[None]]


class Writer:
    """Sends what changes something."""

    def __init__(self, http: Http, offers: Offers, sleep: Sleep = asyncio.sleep) -> None:
        self._http = http
        self._offers = offers
        self._sleep = sleep
        self.headers: Mapping[str, str] = {}
        """The head of the answer to the latest write."""

    async def send(self, asked: Asked, parse: Callable[[bytes], T]) -> T:
        """Send it, and what `parse` makes of the answer."""
        keyed = asked._replace(headers={**asked.headers, KEY_HEADER: _key(asked)})
        lost: AnswerLostError | None = None
        for seconds in RESENDS:
            if seconds:
                await self._sleep(seconds)
            try:
                answer = await self._http.write(keyed, parse)
                self.headers = answer.headers
                return answer.value
            except AnswerLostError as error:
                lost = error
                if not self._offers.is_ours:
                    break
            except ServerError as error:
                # After a lost answer a server that is gone or forgot the key tells nothing.
                if lost is None:
                    raise
                lost.__cause__ = error
        raise lost or AnswerLostError


def _key(asked: Asked) -> str:
    """The key of a write: the same each time that what the user confirmed once is sent."""
    wish = current_request_id()
    if wish is None:
        return uuid4().hex
    body = json.dumps(dict(asked.body or {}), sort_keys=True, default=str)
    parts = (wish, asked.method, asked.path, body)
    return sha256("\n".join(parts).encode(errors="surrogatepass")).hexdigest()[:32]
