"""A write to a Basecamp server: sent once, under a key by which its answer can be asked for again.

Servers of ours keep the answer to a key for a day. Where one was lost on the way, it is asked
for; the write itself is never sent a second time.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Final, TypeVar
from uuid import uuid4

from dli_tui.backends.basecamp.offer import BESIDE, Offers
from dli_tui.backends.http.client import Http
from dli_tui.backends.http.exchange import Asked, decoded
from dli_tui.domain.errors import AnswerLostError, DLIError, ServerError
from dli_tui.wire.failures import failure
from dli_tui.wire.values import count, record

T = TypeVar("T")
KEY_HEADER: Final = "Idempotency-Key"
_UNKNOWN: Final = 404
_UNDER_WAY: Final = 409
_FIRST_REFUSAL: Final = 400
_LOOKS: Final = 5
_BETWEEN_LOOKS: Final = 1.0

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
        key = uuid4().hex
        keyed = asked._replace(headers={**asked.headers, KEY_HEADER: key})
        try:
            answer = await self._http.write(keyed, parse)
            self.headers = answer.headers
        except AnswerLostError as lost:
            if not self._offers.is_ours:
                raise
            return await self._answer_to(key, asked, parse, lost)
        return answer.value

    async def _answer_to(
        self, key: str, asked: Asked, parse: Callable[[bytes], T], lost: AnswerLostError
    ) -> T:
        """The answer that was lost; the loss itself where that can't be found out."""
        question = Asked(
            asked.operation,
            f"{BESIDE}/answers/{key}",
            expected=frozenset({_UNKNOWN, _UNDER_WAY}),
        )
        for _ in range(_LOOKS):
            try:
                answer = await self._http.read(question, decoded)
            except DLIError:
                raise lost from None
            if answer.status == _UNKNOWN:
                # It never arrived; or it did, before a restart in which the key was forgotten.
                raise lost
            if answer.status != _UNDER_WAY:
                return _given(answer.value, asked, parse, lost)
            await self._sleep(_BETWEEN_LOOKS)
        raise lost


def _given(kept: object, asked: Asked, parse: Callable[[bytes], T], lost: AnswerLostError) -> T:
    """What was answered then; lost still where that can't be read."""
    told = record(kept) or {}
    status, body = count(told.get("status")), told.get("body")
    if not status:
        raise lost
    if status >= _FIRST_REFUSAL:
        raise _refusal(status, body, asked)
    try:
        return parse(json.dumps(body).encode())
    except (ServerError, ValueError, RecursionError):
        raise lost from None


def _refusal(status: int, body: object, asked: Asked) -> DLIError:
    return failure(
        status, body, asked.operation, dataset_name=asked.dataset_name, run_id=asked.run_id
    )
