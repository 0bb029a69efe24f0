"""Is this request meant for us, and where does it come from?

A page that somebody visits can make their browser ask any server that the browser reaches, this
one too. Its name in the Host header gives it away when its DNS was bent to our address, and its
Origin does otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from dli_tui.domain.errors import ErrorCode
from dli_tui.server.envelope import RefusedError
from dli_tui.server.settings import Network, ServerSettings, is_loopback

_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_Authority = tuple[str, int | None]


class Hosts:
    """The names by which one may ask, and the proxies that one may come through."""

    def __init__(self, settings: ServerSettings) -> None:
        self._names = settings.names
        self._proxies = settings.proxies
        # Through the proxy alone: tokens that come straight here would come in the clear.
        self._only_proxied = bool(settings.proxies) and settings.tls is None
        # What can be asked by name or address is little, and asked again and again.
        self._is_ours = lru_cache(maxsize=256)(self._is_our_name)
        self.is_proxy = lru_cache(maxsize=1_024)(self._is_one_of_the_proxies)

    def address(self, peer: str, forwarded: str) -> str:
        """Who really asks: as the proxies say, who are believed from the nearest on."""
        if not self._proxies:
            return peer
        if not self.is_proxy(peer):
            self._may_come_straight(peer)
            return peer
        found = peer
        for hop in reversed([word.strip() for word in forwarded.split(",")]):
            plain = _plain_address(hop)
            if plain is None:
                break
            found = plain
            if not self.is_proxy(plain):
                break
        return found

    def check(self, host: bytes | None, origin: bytes | None) -> None:
        """Refuse what is meant for somebody else, or comes from somebody else's page."""
        if host is None or not self._is_ours(host):
            raise RefusedError(
                400,
                ErrorCode.CONFIG_INVALID,
                "This server isn't called that",
                hint="Ask by one of its names; more are added with: dli-tui serve --host-name NAME",
            )
        if origin is not None and not _is_own(origin, host):
            raise RefusedError(
                403,
                ErrorCode.WORKFLOW_PERMISSION_DENIED,
                "Pages of other sites may not ask this server",
                hint="Use dli-tui, or a program of your own that isn't a web page.",
            )

    def _may_come_straight(self, peer: str) -> None:
        if self._only_proxied and not is_loopback(peer):
            raise RefusedError(
                403,
                ErrorCode.WORKFLOW_PERMISSION_DENIED,
                "This server is reached through its proxy alone",
                hint="Use the address of the proxy.",
            )

    def _is_our_name(self, host: bytes) -> bool:
        authority = _authority(host.decode("latin-1"))
        return authority is not None and authority[0] in self._names

    def _is_one_of_the_proxies(self, address: str) -> bool:
        return _within(address, self._proxies)


def _within(address: str, networks: Sequence[Network]) -> bool:
    try:
        found = ip_address(address)
    except ValueError:
        return False
    return any(found in network for network in networks)


def _plain_address(text: str) -> str | None:
    """An address as proxies write it, with a port or without; None for anything else."""
    for candidate in (text, text.strip("[]"), (_authority(text) or ("",))[0]):
        try:
            return str(ip_address(candidate))
        except ValueError:
            continue
    return None


def _authority(text: str) -> _Authority | None:
    """A name or address without brackets and the port, if one is given; None if it is neither."""
    if not text or any(character in "/?#@\\" or character <= " " for character in text):
        return None
    try:
        parts = urlsplit(f"//{text}")
        name, port = parts.hostname, parts.port
    except ValueError:
        return None
    if not name:
        return None
    try:
        return str(ip_address(name)), port
    except ValueError:
        return name.rstrip("."), port


def _is_own(origin: bytes, host: bytes) -> bool:
    """Whether a page was served under the name that is asked now."""
    scheme, _, rest = origin.decode("latin-1").partition("://")
    default = _DEFAULT_PORTS.get(scheme)
    page, asked = _authority(rest), _authority(host.decode("latin-1"))
    if default is None or page is None or asked is None:
        return False
    return (page[0], page[1] or default) == (asked[0], asked[1] or default)
