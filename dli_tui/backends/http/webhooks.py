"""Messages to addresses that a spec names: to the very address that was checked, and nowhere else.

No profile stands behind these. A name is looked up once, all that it means is checked, and what
was checked is what is reached; no redirect is followed, no proxy asked, no reply read.
"""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
from collections.abc import Awaitable, Callable, Mapping, Sequence
from types import TracebackType
from typing import Any, Final, Self

import httpx

from dli_tui._version import __version__
from dli_tui.backends.http.line import trusting_the_system
from dli_tui.domain.errors import ConfigurationError, ConnectionFailedError, ServerError
from dli_tui.specs.reach import Target, target_of, why_not_an_address, why_not_our_own

SECONDS: Final = 10.0
"""For one message, from the look-up of its name to the status of the reply."""

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""The IP addresses that a name means."""


class Webhooks:
    """Sends messages. Opened and closed with `async with`."""

    def __init__(
        self,
        *,
        resolve: Resolve | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        seconds: float = SECONDS,
    ) -> None:
        self._resolve = resolve or _resolved
        self._transport, self._seconds = transport, seconds
        self._opening = asyncio.Lock()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        transport, self._transport = self._transport, None
        if transport is not None:
            await transport.aclose()

    async def post(self, url: str, told: Mapping[str, Any]) -> None:
        """Send it once; an error names the host alone, as the path of a webhook is its key."""
        try:
            target = target_of(url)
        except ValueError as wrong:
            raise ConfigurationError(f"The address of a webhook can't be used: {wrong}") from None
        # Raised after the blocks: httpx's own errors hold the request with its address.
        try:
            async with asyncio.timeout(self._seconds):
                status = await self._sent(target, json.dumps(dict(told)).encode())
        except TimeoutError:
            problem = ConnectionFailedError(f"{target.place} didn't answer in {self._seconds:g} s")
        except (httpx.HTTPError, httpx.InvalidURL, OSError, UnicodeError) as error:
            problem = ConnectionFailedError(f"{target.place} can't be told: {type(error).__name__}")
        else:
            if httpx.codes.is_success(status):
                return
            more = "; redirects aren't followed" if httpx.codes.is_redirect(status) else ""
            raise ServerError(f"{target.place} answered {status}{more}")
        raise problem

    async def _sent(self, target: Target, content: bytes) -> int:
        transport = await self._opened()
        addresses = await self._checked(target)
        for address in addresses[:-1]:
            try:
                return await self._exchanged(transport, target, address, content)
            except (httpx.ConnectError, httpx.ConnectTimeout):
                continue  # nothing was sent yet
        return await self._exchanged(transport, target, addresses[-1], content)

    async def _checked(self, target: Target) -> Sequence[str]:
        """What the host means, if nothing of it is closed to us."""
        addresses = list(dict.fromkeys(await self._resolve(target.host, target.port)))
        for address in addresses:
            why = why_not_an_address(address) or why_not_our_own(address)
            if why is not None:
                raise ConfigurationError(f"{target.host} is not reached: {why}")
        if not addresses:
            raise ConnectionFailedError(f"{target.host} means no address")
        return addresses

    async def _exchanged(
        self, transport: httpx.AsyncBaseTransport, target: Target, address: str, content: bytes
    ) -> int:
        path = target.path + (f"?{target.query}" if target.query else "")
        request = httpx.Request(
            "POST",
            httpx.URL(
                scheme=target.scheme, host=address, port=target.port, raw_path=path.encode("ascii")
            ),
            headers={
                "Host": target.place,
                "Content-Type": "application/json",
                "User-Agent": f"dli-tui/{__version__}",
            },
            content=content,
            extensions={
                # The certificate must be of the name, though its address is what is reached.
                "sni_hostname": target.host,
            },
        )
        # The transport itself: a client would look at redirects, cookies and the environment.
        reply = await transport.handle_async_request(request)
        try:
            return reply.status_code
        finally:
            await reply.aclose()

    async def _opened(self) -> httpx.AsyncBaseTransport:
        async with self._opening:
            if self._transport is None:
                # Most who watch never send anything, and certificates take a while to read.
                trusted = await asyncio.to_thread(trusting_the_system)
                self._transport = _transport(trusted)
            return self._transport


def _transport(trusted: ssl.SSLContext) -> httpx.AsyncBaseTransport:
    # Connections are kept by their address: another name of the same one would come by a
    # connection whose certificate was checked for the first.
    limits = httpx.Limits(max_keepalive_connections=0)
    return httpx.AsyncHTTPTransport(verify=trusted, trust_env=False, limits=limits)


async def _resolved(host: str, port: int) -> Sequence[str]:
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(one[4][0]) for one in found]
