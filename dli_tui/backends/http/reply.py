"""What came back, before anybody trusts it: the answer, a way elsewhere, or somebody's web page."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

import httpx

from dli_tui.domain.errors import AuthenticationError, ServerError
from dli_tui.domain.text import safe_line
from dli_tui.wire.failures import message_of

ACCEPTED: Final = "It was accepted and may have happened. Look before trying again."
"""The hint where a server said yes to a write and then something that can't be read."""

_OK: Final = range(200, 300)
_SAME_AGAIN: Final = frozenset({307, 308})
_SHOWN: Final = 200
_SCANNED: Final = 100_000
_PAGE: Final = re.compile(
    rb"\s*(?:<!--.{0,500}?-->\s*)?<(?:!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL
)
_PAGES: Final = ("text/html", "application/xhtml+xml")
_LOGIN: Final = re.compile(
    r"(?:^|[./_-])(?:log-?in|sign-?in|sso|oauth2?|saml2?|auth|authorize)(?=[./_-]|$)", re.IGNORECASE
)
_SIGN_IN: Final = re.compile(
    r"""<input[^>]{0,500}type\s*=\s*["']?password | name\s*=\s*["']?SAMLRequest
      | <title[^>]*>[^<]{0,200}\b(?:sign[ -]?in|log[ -]?in|single[ ]sign)""",
    re.IGNORECASE | re.VERBOSE,
)


class Reply(NamedTuple):
    """One reply, read to its end."""

    url: httpx.URL
    status: int
    headers: httpx.Headers
    content: bytes
    location: str | None = None
    """Where a redirect points, as it came."""

    @property
    def is_success(self) -> bool:
        """Whether the server said yes."""
        return self.status in _OK

    @property
    def where(self) -> str:
        """The address that it came from, safe to show and without what may be secret in it."""
        return where(self.url)


def is_same_origin(one: httpx.URL, other: httpx.URL) -> bool:
    """Whether what is meant for the one may be shown to the other."""
    same = (one.scheme, one.host, one.port) == (other.scheme, other.host, other.port)
    return same and not other.userinfo


def where(url: httpx.URL) -> str:
    """An address without names, passwords and queries."""
    port = "" if url.port is None else f":{url.port}"
    host = f"[{url.host}]" if ":" in url.host else url.host
    return safe_line(f"{url.scheme}://{host}{port}{url.path}", _SHOWN)


def onward(reply: Reply, method: str, advice: str) -> httpx.URL | None:
    """Where the same question is to be asked again; None when this is the answer.

    An error where that would be another server, or no repetition of what was asked.
    """
    if not reply.location:
        return None
    try:
        to = reply.url.join(reply.location)
    except (httpx.InvalidURL, ValueError):
        raise ServerError(
            "The server points to an address that can't be read",
            hint="Check the url of this profile.",
        ) from None
    if not is_same_origin(reply.url, to):
        raise _elsewhere(to, method, advice)
    if method != "GET" and reply.status not in _SAME_AGAIN:
        raise ServerError(
            f"The server answered by pointing to {where(to)}",
            hint="Look whether it happened before you try again, and check the url of the profile.",
        )
    return to


def refuse_a_page(reply: Reply, advice: str) -> None:
    """A web page in place of an answer is an error, and says so when it wants a sign-in."""
    if not _is_page(reply):
        return
    page = reply.content[:_SCANNED].decode("utf-8", errors="replace")
    if _LOGIN.search(reply.url.path) or _SIGN_IN.search(page):
        raise _sign_in_page(reply.where, advice)
    title = message_of(page) if page.lstrip().startswith("<") else None
    raise ServerError(
        f"A web page came instead of an answer{f': {title}' if title else ''}",
        hint="Check the url of this profile: it may need a path, or be another server's.",
    )


def _is_page(reply: Reply) -> bool:
    kind = reply.headers.get("Content-Type", "").partition(";")[0].strip().casefold()
    if not reply.content:
        return False
    # A log may well begin like a page.
    return kind in _PAGES or (kind != "text/plain" and bool(_PAGE.match(reply.content)))


def _elsewhere(to: httpx.URL, method: str, advice: str) -> ServerError:
    if _LOGIN.search(to.host + to.path):
        return _sign_in_page(where(to), advice)
    nothing = "" if method == "GET" else "Nothing was sent there. "
    return ServerError(
        f"The server points to {where(to)}, which is another server",
        hint=f"{nothing}If that is its new address, put it into this profile's url.",
    )


def _sign_in_page(address: str, advice: str) -> AuthenticationError:
    return AuthenticationError(
        f"A sign-in page came instead of an answer, from {address}", hint=advice
    )
