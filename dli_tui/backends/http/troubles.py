"""What goes wrong on the way to a server and back, in words: the one place that knows httpx's.

For a write one thing matters above all: has it left? Where that is certain the words say so;
else it is an `AnswerLostError`, and whoever sent it looks whether it happened.
"""

from __future__ import annotations

import errno
import socket
import ssl
from collections.abc import Iterator
from contextlib import suppress
from types import TracebackType
from typing import Final, NamedTuple, Self, TypeVar

import httpx

from dli_tui.backends.http.content import CutOffError
from dli_tui.backends.http.signin import CREDENTIALS
from dli_tui.domain.errors import AnswerLostError, ConnectionFailedError, DLIError
from dli_tui.domain.text import safe_line

E = TypeVar("E", bound=BaseException)

# asyncio.timeout and sockets speak OSError; a header that can't be written is a UnicodeError.
_FOREIGN: Final = (httpx.HTTPError, httpx.InvalidURL, CutOffError, OSError, UnicodeError)
_NO_CONNECTION: Final = (httpx.ConnectError, httpx.ConnectTimeout)
_NOTHING_LEFT: Final = (
    *_NO_CONNECTION,
    *(httpx.ProxyError, httpx.PoolTimeout, httpx.UnsupportedProtocol, httpx.LocalProtocolError),
    *(httpx.InvalidURL, UnicodeError),
)
_BROKEN_OFF: Final = ("Server disconnected", "peer closed", "peer unexpectedly closed")
"""How httpcore and h11 begin to say so, in an error that also means: that isn't HTTP."""
_CHECK_URL: Final = "Check the url of this profile."
_OTHER_NAME: Final = (62, 64)
"""OpenSSL's numbers for a certificate of another host or address."""
_UNREACHABLE: Final = {
    errno.ENETUNREACH: "there is no network to it",
    errno.EHOSTUNREACH: "there is no way to it",
    errno.ETIMEDOUT: "nothing answers there",
    errno.ECONNRESET: "the connection was broken off as it began",
}


class Route(NamedTuple):
    """The way to a server, for words."""

    server: str
    """host:port"""
    proxy: str | None
    connect_seconds: float
    seconds: float

    def __str__(self) -> str:
        return self.server if self.proxy is None else f"{self.server} by the proxy {self.proxy}"


class Crossing:
    """One request on its way: in this `with`, what httpx raises becomes an error of ours."""

    def __init__(self, route: Route, *, write: bool) -> None:
        self._route, self._write = route, write
        self.may_pass = False
        """Whether what went wrong may be over in a moment."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if not isinstance(error, _FOREIGN):
            return
        _strip(error)
        told = _told(error, self._route)
        self.may_pass = told.may_pass
        raise self._as_error(told, left=not isinstance(error, _NOTHING_LEFT)) from None

    def _as_error(self, told: _Told, *, left: bool) -> DLIError:
        if not self._write:
            return ConnectionFailedError(told.words, hint=told.hint)
        if left:
            return AnswerLostError(
                f"{told.words}; the request was sent and may have been carried out",
                hint="Look whether it happened before you try again.",
            )
        return ConnectionFailedError(f"{told.words}; nothing was sent", hint=told.hint)


class _Told(NamedTuple):
    words: str
    hint: str | None = None
    may_pass: bool = False


def _told(error: BaseException, route: Route) -> _Told:
    if isinstance(error, _NOTHING_LEFT):
        return _not_sent(error, route)
    if isinstance(error, (httpx.TimeoutException, TimeoutError)):
        hint = "It may be busy. Try again, or set a longer timeout_seconds in this profile."
        return _Told(f"{route} gave no complete answer in {route.seconds:g} s", hint)
    if isinstance(error, httpx.DecodingError):
        return _Told(f"The answer of {route} can't be unpacked")
    if isinstance(error, httpx.ProtocolError) and not str(error).startswith(_BROKEN_OFF):
        return _Told(f"{route} gives an answer that isn't HTTP", _CHECK_URL, may_pass=True)
    return _Told(f"{route} broke the connection off", may_pass=True)


def _not_sent(error: BaseException, route: Route) -> _Told:
    if isinstance(error, httpx.ConnectTimeout):
        return _Told(f"{route} gave no connection in {route.connect_seconds:g} s")
    if isinstance(error, httpx.ConnectError):
        return _no_connection(error, route)
    if isinstance(error, httpx.PoolTimeout):
        hint = "Wait until some of them are answered."
        return _Told(f"Too many requests to {route} wait for their answer", hint)
    if isinstance(error, httpx.ProxyError):
        said = safe_line(str(error), 200)
        hint = "Check the proxy of this profile, and its name and password."
        return _Told(f"The proxy {route.proxy} refused to connect us to the server: {said}", hint)
    return _Told(f"The request to {route} can't be put into HTTP", _CHECK_URL)


def _no_connection(error: httpx.ConnectError, route: Route) -> _Told:
    if (refused := _within(error, ssl.SSLCertVerificationError)) is not None:
        return _untrusted(refused, route)
    if _within(error, ssl.SSLError) is not None:
        hint = "Check the url of this profile: https:// where it should be http://, or the port?"
        return _Told(f"{route} doesn't speak TLS, or not as we do", hint)
    if _within(error, socket.gaierror) is not None:
        hint = "Check the url of this profile, the network and the VPN."
        return _Told(f"{route} can't be reached: no host of that name is known", hint)
    if _within(error, ConnectionRefusedError) is not None:
        hint = "Is the server running? Check the url of this profile."
        return _Told(f"{route} can't be reached: it refuses the connection", hint, may_pass=True)
    numbers = (cause.errno for cause in _causes(error) if isinstance(cause, OSError))
    why = next((_UNREACHABLE[number] for number in numbers if number in _UNREACHABLE), None)
    return _Told(f"{route} can't be reached{f': {why}' if why else ''}", may_pass=True)


def _untrusted(error: ssl.SSLCertVerificationError, route: Route) -> _Told:
    if error.verify_code in _OTHER_NAME:
        return _Told(f"The certificate of {route} is for another host", _CHECK_URL)
    why = safe_line(error.verify_message, 200)
    hint = "If your company signs its own, name its certificate with ca_file in this profile."
    return _Told(f"The certificate of {route} isn't trusted: {why}", hint)


def _within(error: BaseException, kind: type[E]) -> E | None:
    """The error of that kind that caused this one."""
    return next((cause for cause in _causes(error) if isinstance(cause, kind)), None)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error, what caused it, and what caused that; where many tries failed, of each."""
    waiting: list[BaseException | None] = [error]
    seen: set[int] = set()
    while waiting:
        one = waiting.pop(0)
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        waiting += [one.__cause__, one.__context__]
        if isinstance(one, BaseExceptionGroup):
            waiting += one.exceptions


def _strip(error: BaseException) -> None:
    """The request stays in the chain of errors; what it says of who we are doesn't."""
    if isinstance(error, httpx.RequestError):
        with suppress(RuntimeError):  # it never got as far as having one
            for name in CREDENTIALS:
                error.request.headers.pop(name, None)
