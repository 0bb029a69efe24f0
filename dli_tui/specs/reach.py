"""Where a spec may have messages sent: the rules of the DAG factory, for whoever sends from here.

Who may register must not thereby reach this machine, its link, or the keeper of its keys. Both
files hold the same rules, as nothing of ours is where DAGs are made; a test compares them.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Iterable, Mapping
from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final, NamedTuple
from urllib.parse import unquote, urlsplit

from dli_tui.domain.status import SourceType
from dli_tui.domain.text import safe_line

ALLOWED_URLS: Final = "DLI_ALLOWED_URLS"
"""The variable that names all that MANUAL may reach, here and where DAGs are made."""

_PORTS: Final = {"http": 80, "https": 443}
_LONGEST: Final = 2_000
# Some servers take "..;x" for ".." too, and "%5c" for a slash.
_SEGMENTS: Final = re.compile(r"(?:(?!%2f|%5c)[^/;])+", re.IGNORECASE)
# Beyond what ipaddress knows: "this network", and where clouds keep the keys of their machines.
_CLOSED: Final = tuple(
    map(
        ip_network,
        (
            *("0.0.0.0/8", "100.100.100.200/32", "168.63.129.16/32", "192.0.0.0/24"),
            *("fd00:ec2::/32", "fd20:ce::254/128"),
        ),
    )
)
# IPv6 addresses that mean an IPv4 address.
_WRAPPED: Final = tuple(map(IPv6Network, ("::/96", "::ffff:0:0/96", "64:ff9b::/96")))


class Target(NamedTuple):
    """An address, taken apart."""

    scheme: str
    host: str
    port: int
    path: str
    query: str

    @property
    def place(self) -> str:
        """The host, and the port where it isn't the usual one: what a Host header says."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


def allowed_urls(environment: Mapping[str, str]) -> tuple[str, ...]:
    """What MANUAL may reach: nothing that isn't named."""
    return tuple(word for word in re.split(r"[,\s]+", environment.get(ALLOWED_URLS, "")) if word)


def target_of(url: str) -> Target:
    """An address of http or https that can mean only one thing; ValueError says what it isn't."""
    if len(url) > _LONGEST or not _is_plain(url) or " " in url or "\\" in url:
        raise ValueError(f"an address has at most {_LONGEST:,} plain letters and no blanks")
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname:
        raise ValueError("expected http://… or https://…")
    if "@" in parts.netloc or "{" in parts.netloc or "%" in parts.netloc:
        raise ValueError("no name, password or placeholder goes before the path")
    if any(unquote(part) in (".", "..") for part in _SEGMENTS.findall(parts.path)):
        raise ValueError("'.' and '..' are not allowed in a path")
    port = parts.port or _PORTS[parts.scheme]
    return Target(parts.scheme, parts.hostname, port, parts.path or "/", parts.query)


def why_not_a_url(url: str, source: SourceType, allowed: Iterable[str]) -> str | None:
    """Why a spec may not have that address told, as far as it shows before its name is looked up.

    What it says holds no more of the address than its host: the path of a webhook is its key.
    """
    try:
        target = target_of(url)
    except ValueError as error:
        return f"its url can't be used: {safe_line(str(error), 200)}"
    if target.host == "localhost" or target.host.endswith(".localhost"):
        return f"{target.host} is this machine"
    with suppress(ValueError):
        why = why_not_an_address(str(ip_address(target.host)))
        if why is not None:
            return why
    if source is SourceType.MANUAL and not any(_is_below(target, prefix) for prefix in allowed):
        return f"{target.place} is not in {ALLOWED_URLS}, which names all that MANUAL may reach"
    return None


def why_not_an_address(text: str) -> str | None:
    """Why nothing may be sent to that IP address: it is this machine, its link or its keeper."""
    address = ip_address(text.partition("%")[0])
    if isinstance(address, IPv6Address):
        if any(address in network for network in _WRAPPED) and int(address) > 1:
            address = IPv4Address(int(address) & 0xFFFF_FFFF)
        else:
            address = address.sixtofour or (address.teredo or (None, None))[1] or address
    closed = (
        address.is_loopback
        or address.is_link_local
        or address.is_unspecified
        or address.is_multicast
        or address.is_reserved
        or any(address in network for network in _CLOSED)
    )
    return f"{text} is this machine, its own link or its keeper" if closed else None


def why_not_our_own(text: str) -> str | None:
    """Why nothing may be sent to that IP address: it is one of this machine's own.

    A socket can be bound to those alone, unless the system binds to any address at all.
    """
    own = _binds(text) and not _binds("2001:db8::1" if ":" in text else "192.0.2.1")
    return f"{text} is an address of this machine" if own else None


def _binds(text: str) -> bool:
    address = text.partition("%")[0]
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.bind((address, 0))
    except OSError:
        return False
    return True


def _is_plain(text: str) -> bool:
    return text.isascii() and text.isprintable()


def _is_below(target: Target, prefix: str) -> bool:
    try:
        allowed = target_of(prefix)
    except ValueError:
        return False
    if target[:3] != allowed[:3]:
        return False
    path = allowed.path if allowed.path.endswith("/") else f"{allowed.path}/"
    return target.path == allowed.path or target.path.startswith(path)
