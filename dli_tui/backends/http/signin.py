"""Who we are, as headers: fetched when first needed, and once more when a server refuses it.

A source says how headers are come by; `SignIn` sees to it that many requests which meet the
same refusal cause one fetch. A sign-in that exchanges a password for a token is a source too.
"""

from __future__ import annotations

import asyncio
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple, Protocol

from dli_tui.config.model import Profile
from dli_tui.config.secrets import Secret, resolve_api_key, resolve_password, resolve_token
from dli_tui.domain.errors import AuthenticationError
from dli_tui.domain.text import safe_line

AUTHORIZATION: Final = "Authorization"
API_KEY: Final = "X-API-Key"
COOKIE: Final = "Cookie"
CREDENTIALS: Final = (AUTHORIZATION, API_KEY, COOKIE)
"""The headers that hold a secret."""

UNAUTHORIZED: Final = 401

_SHOWN: Final = 80


class Badge(NamedTuple):
    """What a request shows of who we are."""

    headers: Mapping[str, Secret]

    def shown(self) -> dict[str, str]:
        """The headers in the clear, for the request that sends them."""
        return {name: secret.reveal() for name, secret in self.headers.items()}

    def says_the_same_as(self, other: Badge) -> bool:
        """Whether a server that refused the one would refuse the other."""
        return self.shown() == other.shown()


class Source(Protocol):
    """Where a badge comes from."""

    @property
    def advice(self) -> str:
        """What to do when the badge is refused, naming where it comes from."""
        ...

    @property
    def changes(self) -> bool:
        """Whether fetching again can give something new."""
        ...

    async def badge(self) -> Badge:
        """A badge from the source, asked anew; nothing in it may block the loop."""
        ...

    def is_refusal(self, status: int, content: bytes) -> bool:
        """Whether a reply says that the badge isn't accepted."""
        ...


class FromProfile:
    """What the profile names: a token, an API key, a name and password, or nothing."""

    def __init__(self, profile: Profile, environment: Mapping[str, str]) -> None:
        self._profile, self._environment = profile, environment

    @property
    def advice(self) -> str:
        """What to do when the badge is refused, naming where it comes from."""
        origin = _origin(self._profile)
        if origin is None:
            return (
                "No sign-in was given. A profile takes token_env, token_command, token_keyring or "
                "token_file, api_key_env, or username and password_env; a URL on the command line "
                "takes DLI_TUI_TOKEN, DLI_TUI_API_KEY, or DLI_TUI_USERNAME and DLI_TUI_PASSWORD."
            )
        return f"Sign in again: {origin}."

    @property
    def changes(self) -> bool:
        """The environment stays as it was when the program started; the others may move."""
        profile = self._profile
        return bool(profile.token_command or profile.token_file or profile.token_keyring)

    async def badge(self) -> Badge:
        """The profile's secret as headers; programs, files and keyrings are asked in a thread."""
        return await asyncio.to_thread(_resolved, self._profile, self._environment)

    def is_refusal(self, status: int, content: bytes) -> bool:
        """A status of its own says so."""
        return status == UNAUTHORIZED


class SignIn:
    """The badge in use."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._badge: Badge | None = None
        self._fetching: asyncio.Task[Badge] | None = None

    @property
    def advice(self) -> str:
        """What to do when the badge is refused."""
        return self._source.advice

    def is_refusal(self, status: int, content: bytes) -> bool:
        """Whether a reply says that the badge isn't accepted."""
        return self._source.is_refusal(status, content)

    async def badge(self) -> Badge:
        """The badge to show; fetched when there is none yet."""
        return self._badge or await self._fetched()

    async def renewed(self, refused: Badge) -> Badge | None:
        """Another badge than the one that was refused; None where there is none."""
        if not self._source.changes:
            return None
        # Somebody else may have met the same refusal a moment ago.
        now = await self._fetched() if self._badge is refused else await self.badge()
        return None if now.says_the_same_as(refused) else now

    async def close(self) -> None:
        """Fetch no more."""
        if self._fetching is not None:
            self._fetching.cancel()
            await asyncio.wait((self._fetching,))

    async def _fetched(self) -> Badge:
        """One fetch, however many wait for it; it goes on when one of them gives up."""
        if self._fetching is None:
            self._fetching = asyncio.create_task(self._fetch())
        return await asyncio.shield(self._fetching)

    async def _fetch(self) -> Badge:
        try:
            self._badge = await self._source.badge()
            return self._badge
        finally:
            self._fetching = None


def _resolved(profile: Profile, environment: Mapping[str, str]) -> Badge:
    headers: dict[str, Secret] = {}
    if (key := resolve_api_key(profile, environment)) is not None:
        headers = {API_KEY: key, AUTHORIZATION: _bearer(key)}
    elif (token := resolve_token(profile, environment)) is not None:
        headers = _of_token(token, profile.token_cookie)
    elif (password := resolve_password(profile, environment)) is not None:
        headers = {AUTHORIZATION: _basic(profile.username or "", password)}
    return Badge(MappingProxyType(headers))


def _of_token(token: Secret, cookie: str | None) -> dict[str, Secret]:
    if cookie is None:
        return {AUTHORIZATION: _bearer(token)}
    return {COOKIE: Secret(f"{cookie}={token.reveal()}")}


def _bearer(token: Secret) -> Secret:
    return Secret(f"Bearer {token.reveal()}")


def _basic(username: str, password: Secret) -> Secret:
    # Elsewhere the colon would move a piece of the name into the password.
    if ":" in username:
        raise AuthenticationError(
            "A name with a colon can't sign in with a password",
            hint="Correct username in this profile.",
        )
    pair = f"{username}:{password.reveal()}".encode()
    return Secret(f"Basic {b64encode(pair).decode()}")


def _origin(profile: Profile) -> str | None:
    """Where the secret comes from, as a sentence; None where the profile has none."""
    if profile.token_env is not None:
        return f"the token comes from the environment variable {profile.token_env}"
    if profile.token_file is not None:
        return f"the token comes from the file {safe_line(str(profile.token_file))}"
    if profile.token_command:
        program = safe_line(Path(profile.token_command[0]).name, _SHOWN)
        return f"the token comes from the command {program}"
    if profile.token_keyring is not None:
        return f"the token comes from the keyring entry {safe_line(profile.token_keyring, _SHOWN)}"
    if profile.api_key_env is not None:
        return f"the API key comes from the environment variable {profile.api_key_env}"
    if profile.password_env is not None:
        user = safe_line(profile.username or "", _SHOWN)
        return f"the password of {user} comes from the environment variable {profile.password_env}"
    return None


def has_sign_in(profile: Profile) -> bool:
    """Whether a secret would travel with each request."""
    return _origin(profile) is not None
