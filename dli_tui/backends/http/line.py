"""The line to a server as its profile wants it: certificates, proxy, timeouts, the pool.

All of it is decided before anything is sent, so that what can't be or mustn't be is said first.
Reading certificates blocks: callers open the line in a thread.
"""

from __future__ import annotations

import ssl
from http.cookiejar import CookieJar
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Final

import httpx

from dli_tui._version import __version__
from dli_tui.backends.http.content import ENCODING
from dli_tui.backends.http.signin import has_sign_in
from dli_tui.backends.http.troubles import Route
from dli_tui.config.model import Profile
from dli_tui.domain.errors import ConfigurationError

if TYPE_CHECKING:
    import urllib.request
    from http.client import HTTPResponse

LOCATION: Final = "location"
"""The extension of a response that says where its redirect points."""

_CONNECTIONS: Final = 20
_IDLE_CONNECTIONS: Final = 10
_IDLE_SECONDS: Final = 30.0
"""Longer than a poller rests, so that a list every ten seconds needs no new handshake."""
_PORTS: Final = {"http": 80, "https": 443}
_HEADERS: Final = {
    "Accept": "application/json",
    "Accept-Encoding": ENCODING,
    "User-Agent": f"dli-tui/{__version__}",
}


class _NoCookies(CookieJar):
    """Takes no cookie: a server's session would be a second way of being signed in."""

    def extract_cookies(self, response: HTTPResponse, request: urllib.request.Request) -> None:
        """Leave them."""


async def _take_location(response: httpx.Response) -> None:
    """httpx makes the next request of a redirect that it mustn't follow, and may stumble there."""
    if response.has_redirect_location:
        response.extensions[LOCATION] = response.headers.pop("Location")


def opened(
    profile: Profile, transport: httpx.AsyncBaseTransport | None = None
) -> httpx.AsyncClient:
    """A client for the profile's server; nothing is sent yet."""
    url = address_of(profile)
    _refuse_secrets_in_the_clear(profile, url)
    return httpx.AsyncClient(
        transport=transport or _transport(profile, url),
        headers=_HEADERS,
        cookies=_NoCookies(),
        timeout=httpx.Timeout(profile.timeout_seconds, connect=profile.connect_timeout_seconds),
        follow_redirects=False,
        event_hooks={"response": [_take_location]},
        trust_env=False,
    )


def address_of(profile: Profile) -> httpx.URL:
    """The profile's url, read."""
    try:
        url = httpx.URL(profile.url or "")
    except httpx.InvalidURL:
        url = httpx.URL("")
    if url.scheme not in _PORTS or not url.host:
        raise ConfigurationError(f"The url of profile '{profile.name}' is no address of a server")
    return url


def route_of(profile: Profile) -> Route:
    """The way to the profile's server."""
    url = address_of(profile)
    proxy = _proxy_address(profile, url)
    return Route(
        server=_place(url),
        proxy=None if proxy is None else _place(proxy),
        connect_seconds=profile.connect_timeout_seconds,
        seconds=profile.timeout_seconds,
    )


def is_loopback(host: str) -> bool:
    """Whether it is this machine itself."""
    name = host.rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def _refuse_secrets_in_the_clear(profile: Profile, url: httpx.URL) -> None:
    if url.scheme == "https" or profile.allow_insecure or is_loopback(url.host):
        return
    if has_sign_in(profile):
        raise ConfigurationError(
            f"The secret of profile '{profile.name}' would travel to {_place(url)} in the clear",
            hint="Use https:// in its url; where the network is trusted, set allow_insecure.",
        )


def _transport(profile: Profile, url: httpx.URL) -> httpx.AsyncBaseTransport:
    proxy = _proxy_address(profile, url)
    secure = url.scheme == "https" or (proxy is not None and proxy.scheme == "https")
    # What never speaks TLS needs no certificates, which take a while to read.
    context = _trust(profile) if secure else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    return httpx.AsyncHTTPTransport(
        verify=context,
        trust_env=False,
        proxy=None if proxy is None else httpx.Proxy(proxy, ssl_context=_for_proxy(proxy, context)),
        limits=httpx.Limits(
            max_connections=_CONNECTIONS,
            max_keepalive_connections=_IDLE_CONNECTIONS,
            keepalive_expiry=_IDLE_SECONDS,
        ),
    )


def _proxy_address(profile: Profile, url: httpx.URL) -> httpx.URL | None:
    if profile.proxy is None or is_loopback(url.host):
        return None
    # Raised after the block: the proxy's address may hold its password.
    try:
        return httpx.URL(profile.proxy)
    except httpx.InvalidURL:
        pass
    raise ConfigurationError(f"The proxy of profile '{profile.name}' is no address of a server")


def _for_proxy(proxy: httpx.URL, context: ssl.SSLContext) -> ssl.SSLContext | None:
    return context if proxy.scheme == "https" else None


def _trust(profile: Profile) -> ssl.SSLContext:
    ca_file = profile.ca_file
    context = trusting_the_system() if ca_file is None else _trusting_only(ca_file)
    if profile.client_cert is not None:
        _show(context, profile.client_cert, profile.client_key)
    return context


def trusting_the_system() -> ssl.SSLContext:
    """Believe whom this machine believes."""
    paths = ssl.get_default_verify_paths()
    if paths.cafile or paths.capath:
        return ssl.create_default_context()
    return httpx.create_ssl_context(trust_env=False)  # a Python that doesn't know where they are


def _trusting_only(path: Path) -> ssl.SSLContext:
    _readable("ca_file", path)
    try:
        return ssl.create_default_context(cafile=str(path))
    except ssl.SSLError:
        problem = ConfigurationError(
            f"The ca_file {path} holds no certificate that can be read",
            hint="It must be PEM: text that begins with -----BEGIN CERTIFICATE-----",
        )
    raise problem


def _show(context: ssl.SSLContext, certificate: Path, key: Path | None) -> None:
    _readable("client_cert", certificate)
    if key is not None:
        _readable("client_key", key)
    try:
        # Without a password OpenSSL would ask for one, in the middle of the screen.
        context.load_cert_chain(certificate, key, password=lambda: "")
    except (ssl.SSLError, ValueError):
        files = f"client_cert {certificate}" + (f" with client_key {key}" if key else "")
        problem = ConfigurationError(
            f"The {files} can't be used",
            hint="Both must be PEM and belong together, and the key must have no password.",
        )
    else:
        return
    raise problem


def _readable(setting: str, path: Path) -> None:
    try:
        with path.open("rb"):
            return
    except OSError as error:
        problem = ConfigurationError(f"The {setting} {path} can't be read: {error.strerror}")
    raise problem


def _place(url: httpx.URL) -> str:
    host = f"[{url.host}]" if ":" in url.host else url.host
    return f"{host}:{url.port or _PORTS[url.scheme]}"
