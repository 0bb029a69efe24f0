"""The long-lived client of one profile: signed in, patient with reads, careful with writes.

Adapters ask it in `Asked`s and hand it the function that makes a value of the body. What goes
wrong comes out as a domain error; a write is sent once, and said to be lost when that can't be
told.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Final, NamedTuple, Self, TypeVar

import httpx

from dli_tui.backends.http.content import LARGEST_LOG, content_of
from dli_tui.backends.http.exchange import Answer, Asked, understood
from dli_tui.backends.http.line import LOCATION, address_of, opened, route_of
from dli_tui.backends.http.memory import Known, Mark, Memory
from dli_tui.backends.http.patience import AGAIN, LONGEST_PAUSE, asked_to_wait, pauses, with_wait
from dli_tui.backends.http.reply import ACCEPTED, Reply, onward, refuse_a_page
from dli_tui.backends.http.signin import Badge, FromProfile, SignIn, Source
from dli_tui.backends.http.troubles import Crossing, Route
from dli_tui.config.model import Profile
from dli_tui.domain.errors import (
    AnswerLostError,
    AuthenticationError,
    ConfigurationError,
    ConnectionFailedError,
    DLIError,
    ServerError,
)
from dli_tui.domain.threads import Threads
from dli_tui.wire.failures import Operation, failure

T = TypeVar("T")

_IN_A_THREAD: Final = 64 * 1024
"""A body beyond this takes longer to parse than a key should wait."""
_MOST_PARSED: Final = 2
"""So many bodies of one server are parsed at once; the others wait."""
_MOST_REDIRECTS: Final = 5
_UNCHANGED: Final = 304
_PROXY_UNAUTHORIZED: Final = 407
_FIRST_REFUSAL: Final = 400


class _Sending(NamedTuple):
    """What is on its way, and how careful to be with it."""

    asked: Asked
    write: bool
    content: bytes | None
    known: Known | None = None

    @property
    def headers(self) -> dict[str, str]:
        headers = dict(self.asked.headers)
        if self.content is not None:
            headers["Content-Type"] = "application/json"
        if self.known is not None and self.known.etag is not None:
            headers["If-None-Match"] = self.known.etag
        return headers

    def is_awaited(self, reply: Reply) -> bool:
        """Whether the caller reads that reply."""
        return reply.is_success or reply.status in self.asked.expected


class Http:
    """One server, by the profile that names it. Opened and closed with `async with`."""

    def __init__(
        self,
        profile: Profile,
        environment: Mapping[str, str],
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        source: Source | None = None,
        by_words: bool = True,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        """`by_words`: the kind of a refusal may show in its words alone (`wire.failures`)."""
        self._profile, self._transport, self._by_words = profile, transport, by_words
        self._sign_in = SignIn(source or FromProfile(profile, environment))
        self._sleep, self._jitter = sleep, jitter
        self._limit: Callable[[float], asyncio.Timeout] = asyncio.timeout
        self._memory = Memory()
        self._threads = Threads(_MOST_PARSED)
        self._route = route_of(profile)
        self._base = str(address_of(profile)).rstrip("/")
        self._client: httpx.AsyncClient | None = None

    async def __aenter__(self) -> Self:
        self._client = await asyncio.to_thread(opened, self._profile, self._transport)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._sign_in.close()
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    async def read(self, asked: Asked, parse: Callable[[bytes], T]) -> Answer[T]:
        """The answer to a question, which may be asked more than once.

        What `parse` makes of a body is kept: the same question must always be parsed alike.
        """
        known = self._memory.of(asked)
        content = None if asked.body is None else _encoded(asked.body)
        sending = _Sending(asked, write=False, content=content, known=known)
        reply = await self._patiently(sending)
        if known is not None and reply.status == _UNCHANGED:
            return self._same(asked, known, known.with_headers(reply.headers))
        self._check(sending, reply)
        mark = await self._aside(reply.content, Mark.of)
        if known is not None and (known.mark, known.status) == (mark, reply.status):
            return self._same(asked, known, reply.headers)
        value = await self._parsed(reply.content, parse)
        if reply.is_success:
            self._memory.keep(asked, Known(value, reply.status, reply.headers, mark))
        else:
            self._memory.forget(asked)
        return Answer(value, reply.status, reply.headers)

    async def write(self, asked: Asked, parse: Callable[[bytes], T]) -> Answer[T]:
        """The answer to a write, which is sent once.

        Once more with a new sign-in where a 401 says that it wasn't done.
        """
        sending = _Sending(asked, write=True, content=_encoded(asked.body or {}))
        reply = await self._signed(sending, Crossing(self._way(asked), write=True))
        with _accepted(reply.is_success):
            self._check(sending, reply)
            value = await self._parsed(reply.content, parse)
        return Answer(value, reply.status, reply.headers)

    async def _aside(self, content: bytes, work: Callable[[bytes], T]) -> T:
        """`work` on a body: in a thread where that takes a while."""
        if len(content) <= _IN_A_THREAD:
            return work(content)
        return await self._threads.run(lambda: work(content))

    async def _parsed(self, content: bytes, parse: Callable[[bytes], T]) -> T:
        # Raised after the block: a parser's own errors carry the body.
        problem: DLIError
        try:
            return await self._aside(content, parse)
        except DLIError as error:
            # The frames in its traceback would hold all that was parsed.
            problem = error.with_traceback(None)
        except (ValueError, RecursionError):
            problem = ServerError("The server's answer can't be read: something else was expected")
        raise problem

    async def _patiently(self, sending: _Sending) -> Reply:
        """The reply to a read, after a few tries where it may be over in a moment."""
        for pause in pauses(self._jitter):
            crossing = Crossing(self._way(sending.asked), write=False)
            seconds = pause
            try:
                reply = await self._signed(sending, crossing)
            except ConnectionFailedError:
                if not crossing.may_pass:
                    raise
            else:
                if reply.status not in AGAIN or sending.is_awaited(reply):
                    return reply
                seconds = max(pause, asked_to_wait(reply.headers) or 0.0)
                if seconds > LONGEST_PAUSE:
                    return reply
            await self._sleep(seconds)
        return await self._signed(sending, Crossing(self._way(sending.asked), write=False))

    async def _signed(self, sending: _Sending, crossing: Crossing) -> Reply:
        """The reply to who we are; to who we are now, where that has moved."""
        badge = await self._sign_in.badge()
        reply = await self._followed(sending, badge, crossing)
        if self._sign_in.is_refusal(reply.status, reply.content):
            renewed = await self._sign_in.renewed(badge)
            if renewed is not None:
                reply = await self._followed(sending, renewed, crossing)
        return reply

    async def _followed(self, sending: _Sending, badge: Badge, crossing: Crossing) -> Reply:
        """The reply at the end of the redirects that stay with this server."""
        to: httpx.URL | None = None
        for _ in range(_MOST_REDIRECTS + 1):
            reply = await self._exchanged(sending, badge, crossing, to)
            to = onward(reply, sending.asked.method, self._sign_in.advice)
            if to is None:
                return reply
        raise ServerError(
            f"The server pointed somewhere else {_MOST_REDIRECTS + 1} times",
            hint="Check the url of this profile.",
        )

    async def _exchanged(
        self, sending: _Sending, badge: Badge, crossing: Crossing, to: httpx.URL | None
    ) -> Reply:
        """One request and its reply. httpx's own limits hold for each piece, this for the whole."""
        client = self._opened()
        seconds = self._route.connect_seconds + self._way(sending.asked).seconds
        with crossing:
            request = self._request(client, sending, to)
            request.headers.update(badge.shown())
            async with self._limit(seconds):
                response = await client.send(request, stream=True)
                try:
                    with _accepted(sending.write and response.is_success):
                        content = await content_of(response, _largest(sending.asked))
                finally:
                    await response.aclose()
        location = response.extensions.get(LOCATION)
        return Reply(request.url, response.status_code, response.headers, content, location)

    def _request(
        self, client: httpx.AsyncClient, sending: _Sending, to: httpx.URL | None
    ) -> httpx.Request:
        asked = sending.asked
        return client.build_request(
            asked.method,
            to or self._base + asked.path,
            # Where we are sent on, the question stands in the address already.
            params=dict(asked.query) if to is None and asked.query else None,
            content=sending.content,
            headers=sending.headers,
            timeout=httpx.USE_CLIENT_DEFAULT if asked.seconds is None else self._longer(asked),
        )

    def _way(self, asked: Asked) -> Route:
        """The way there, with the time that this may take."""
        return self._route._replace(seconds=asked.seconds or self._route.seconds)

    def _longer(self, asked: Asked) -> httpx.Timeout:
        return httpx.Timeout(asked.seconds, connect=self._route.connect_seconds)

    def _opened(self) -> httpx.AsyncClient:
        if self._client is None:
            raise RuntimeError("the client is used within its `async with`")
        return self._client

    def _same(self, asked: Asked, known: Known, headers: httpx.Headers) -> Answer[Any]:
        self._memory.keep(asked, known._replace(headers=headers))
        return Answer(known.value, known.status, headers, unchanged=True)

    def _check(self, sending: _Sending, reply: Reply) -> None:
        """A reply that the caller doesn't read is an error, and so is a page in its place."""
        if not sending.is_awaited(reply):
            raise self._refusal(sending, reply)
        if reply.is_success:
            refuse_a_page(reply, self._sign_in.advice)

    def _refusal(self, sending: _Sending, reply: Reply) -> DLIError:
        """The error for a reply that the caller doesn't read."""
        if reply.status == _PROXY_UNAUTHORIZED:
            return ConnectionFailedError(
                f"The proxy {self._route.proxy or 'on the way'} wants a sign-in",
                hint="Put its name and password into the proxy of this profile.",
            )
        if reply.status < _FIRST_REFUSAL:
            return ServerError(
                f"The server gave an answer without meaning here (status {reply.status})",
                hint="Check the url of this profile.",
            )
        asked = sending.asked
        error = failure(
            reply.status,
            understood(reply.content),
            asked.operation,
            dataset_name=asked.dataset_name,
            run_id=asked.run_id,
            by_words=self._by_words,
        )
        if isinstance(error, AuthenticationError):
            error.hint = self._sign_in.advice
        elif isinstance(error, AnswerLostError):
            return error
        return with_wait(error, asked_to_wait(reply.headers) if reply.status in AGAIN else None)


def _largest(asked: Asked) -> int | None:
    return LARGEST_LOG if asked.operation is Operation.LOGS else None


def _encoded(body: Mapping[str, Any]) -> bytes:
    # Raised after the block: the encoder's errors quote the value.
    try:
        return json.dumps(dict(body), allow_nan=False).encode()
    except (TypeError, ValueError, RecursionError):
        pass
    raise ConfigurationError("A value can't be sent: JSON has no way to write it")


@contextmanager
def _accepted(holds: bool) -> Iterator[None]:
    """After a yes to a write, an answer that can't be read is as good as lost."""
    try:
        yield
    except (AuthenticationError, ConnectionFailedError):
        raise
    except ServerError as error:
        if not holds:
            raise
        lost = AnswerLostError(error.message, code=error.code, hint=ACCEPTED)
    else:
        return
    raise lost
