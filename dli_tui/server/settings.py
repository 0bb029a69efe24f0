"""What `serve` was told, checked as a whole: what would be unsafe doesn't start.

Whoever reaches the server from another machine signs in over a line that nobody else reads;
only the demo, for whoever sits at this machine, goes without.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Final

from dli_tui.config.secrets import Secret
from dli_tui.domain.errors import ConfigurationError

PORT: Final = 8030
SHORTEST_SECRET: Final = 32
"""Bytes: what HS256 needs so that nobody guesses its key from a token."""

_LOOPBACK_NAMES: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_HIGHEST_PORT: Final = 65_535
_NAME: Final = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*")
Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True, kw_only=True)
class JwtSettings:
    """Whose JWTs are believed: the kind of key decides the algorithm."""

    issuer: str
    audience: str
    secret: Secret | None = None
    jwks: Path | None = None
    role_claim: str = "role"

    def __post_init__(self) -> None:
        if (self.secret is None) == (self.jwks is None):
            raise ConfigurationError(
                "JWTs are checked with one key: a secret or a JWKS file",
                hint="Give one of --jwt-secret-env VAR and --jwt-jwks FILE.",
            )
        if not self.issuer or not self.audience:
            raise ConfigurationError(
                "JWTs need an issuer and an audience",
                hint="Add --jwt-issuer NAME and --jwt-audience NAME, as your sign-in writes them.",
            )
        if self.secret is not None and len(self.secret.reveal().encode()) < SHORTEST_SECRET:
            raise ConfigurationError(
                f"The secret for JWTs is shorter than {SHORTEST_SECRET} bytes",
                hint="Make one with: openssl rand -base64 48",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Tls:
    """The certificate to show, and its key."""

    certificate: Path
    key: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerSettings:
    """How to serve; making one refuses what may not be."""

    host: str = "127.0.0.1"
    port: int = PORT
    place: str = "demo"
    """What is served, by the name of its profile; the audit log says it."""
    demo: bool = False
    extras: bool = True
    """Whether what the contract lacks stands under /api/v1/x/."""
    tokens: Path | None = None
    """The file of tokens; none: nobody signs in with one."""
    jwt: JwtSettings | None = None
    host_names: tuple[str, ...] = ()
    tls: Tls | None = None
    proxies: tuple[Network, ...] = ()
    audit: Path | None = None
    """The log of writes; none: they are in the log of requests alone."""
    answers: Path | None = None
    """Where answers are kept for those who ask again; none: in memory."""
    lease: Path | None = None
    """Whose lock says which server of the place keeps its backfills going; none: each does."""
    names: frozenset[str] = field(init=False, default=frozenset())
    """What a Host header may say, without the port."""

    def __post_init__(self) -> None:
        if not 0 <= self.port <= _HIGHEST_PORT:
            raise ConfigurationError(
                f"There is no port {self.port}", hint="Choose one from 1 to 65535, or 0 for any."
            )
        object.__setattr__(self, "names", self._names())
        if self.tokens is None and self.jwt is None:
            self._may_be_open()
        if not self.loopback and self.tls is None and not self.proxies:
            raise ConfigurationError(
                f"{self.host} can be reached by others, and tokens would travel in the clear",
                hint=(
                    "Add --tls-cert FILE and --tls-key FILE, or --behind-proxy ADDRESS of the "
                    "proxy that does TLS, or serve --host 127.0.0.1"
                ),
            )

    @property
    def open(self) -> bool:
        """Whether nobody signs in."""
        return self.tokens is None and self.jwt is None

    @property
    def loopback(self) -> bool:
        """Whether only this machine reaches it."""
        return is_loopback(self.host)

    def _may_be_open(self) -> None:
        if self.demo and self.loopback and not self.proxies:
            return
        raise ConfigurationError(
            "Only the demo, on this machine alone, is served without sign-in",
            hint="Make a token first: dli-tui serve token add NAME --role operator",
        )

    def _names(self) -> frozenset[str]:
        named = {_checked_name(name) for name in self.host_names}
        wildcard = _is_wildcard(self.host)
        if wildcard and not named:
            raise ConfigurationError(
                f"{self.host} stands for every address, so say what people will call the server",
                hint="Add --host-name NAME, as it stands in their URL; repeat it for more names.",
            )
        if wildcard or self.loopback:
            named |= _LOOPBACK_NAMES
        return frozenset(named if wildcard else {*named, _checked_name(self.host)})


def is_loopback(host: str) -> bool:
    """Whether an address or name is this machine's own, for itself alone."""
    if host.casefold() == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def network_of(text: str) -> Network:
    """What `--behind-proxy` names: an address, or a network."""
    try:
        found = ip_network(text, strict=False)
    except ValueError:
        raise ConfigurationError(
            "--behind-proxy names neither an address nor a network",
            hint="Give the address that the proxy comes from, such as 10.0.0.7 or 10.0.0.0/24.",
        ) from None
    if found.prefixlen == 0:
        raise ConfigurationError(
            "--behind-proxy may not be the whole internet, as anybody could say who they are",
            hint="Give the address that the proxy comes from.",
        )
    return found


def _is_wildcard(host: str) -> bool:
    try:
        return ip_address(host.strip("[]")).is_unspecified
    except ValueError:
        return False


def _checked_name(name: str) -> str:
    """A name or an address as a Host header has it, without port or brackets."""
    plain = name.strip("[]").casefold().rstrip(".")
    try:
        return str(ip_address(plain))
    except ValueError:
        if _NAME.fullmatch(plain):
            return plain
    raise ConfigurationError(
        "A host name is wrong",
        hint="Give a name or an address alone, such as workflows.example.com, without port or URL.",
    )
