"""One Airflow: which version it is, found by itself, and how one signs in there.

3.x exchanges a name and password for a token; 2.x wants them with each request. Whoever hosts
Airflow may put a sign-in of their own in front, whose token a profile's command prints.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import nullcontext, suppress
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import quote

from dli_tui.backends.airflow.v1 import V1
from dli_tui.backends.airflow.v2 import V2
from dli_tui.backends.http.client import Http
from dli_tui.backends.http.exchange import Answer, Asked, decoded
from dli_tui.backends.http.signin import AUTHORIZATION, UNAUTHORIZED, Badge, FromProfile
from dli_tui.backends.single_flight import SingleFlight
from dli_tui.config.secrets import Secret, resolve_password
from dli_tui.domain.errors import AuthenticationError, ConnectionFailedError, ServerError
from dli_tui.wire.failures import Operation
from dli_tui.wire.values import first, record, text

if TYPE_CHECKING:
    import httpx

    from dli_tui.backends.airflow.dialect import Dialect
    from dli_tui.config.model import Profile

_FORBIDDEN: Final = 403
_BAD_TOKEN: Final = b"Invalid JWT token"
_NOT_HERE: Final = frozenset({400, 401, 403, 404, 405})
_TOKEN: Final = "/auth/token"  # noqa: S105 - a path


class Found(NamedTuple):
    """The version that answers, and how it is spoken to."""

    version: str
    dialect: Dialect


class Airflow:
    """The connection to one Airflow."""

    def __init__(
        self,
        profile: Profile,
        environment: Mapping[str, str],
        transport: httpx.AsyncBaseTransport | None = None,
        met: Callable[[Dialect], None] = lambda _: None,
    ) -> None:
        """`met` is told, once, how the version that answers is spoken to."""
        self._met = met
        self._door = Http(_nameless(profile), environment, transport=transport)
        self._sign_in = _SignIn(profile, environment, self._door)
        # Its statuses say what its words do: a refused value is 400 or 422, a state 409.
        self.http = Http(
            profile, environment, transport=transport, source=self._sign_in, by_words=False
        )
        self.address = (profile.url or "").rstrip("/")
        self._one_by_one: asyncio.Lock | None = None
        """Held by each write, once this server has shown that two at a time are too many."""
        self._found: Found | None = None
        self._look = SingleFlight(self._find)

    async def open(self) -> None:
        """Open both lines; nothing is asked yet."""
        await self._door.__aenter__()
        await self.http.__aenter__()

    async def close(self) -> None:
        """Close both."""
        await self.http.__aexit__(None, None, None)
        await self._door.__aexit__(None, None, None)

    @property
    def advice(self) -> str:
        """What to do when the sign-in is refused."""
        return self._sign_in.advice

    def page_of(self, dag_id: str, run_id: str) -> str:
        """Where Airflow's own pages show a run."""
        page = V2.page if self._found is None else self._found.dialect.page
        return self.address + page.format(dag=quote(dag_id, safe=""), run=quote(run_id, safe=""))

    async def read(self, asked: Asked) -> Answer[object]:
        """Ask for JSON. No answer is kept: Airflow has no ETags, the book knows what it said."""
        return await self.http.read(asked._replace(cacheable=False), decoded)

    async def write(self, asked: Asked) -> Answer[object]:
        """Send a write; one at a time where the server answered 500 before, as with SQLite."""
        try:
            async with self._one_by_one or nullcontext():
                return await self.http.write(asked, decoded)
        except ServerError as error:
            if self._one_by_one is None and not isinstance(error, ConnectionFailedError):
                self._one_by_one = asyncio.Lock()
            raise

    async def found(self) -> Found:
        """The version that answers; asked once."""
        if self._found is None:
            self._found = await self._look()
            self._met(self._found.dialect)
        return self._found

    async def _find(self) -> Found:
        if self._sign_in.has_password:
            # Airflow tells everybody its version, and only 3.x has a token for the password.
            with suppress(AuthenticationError, _OtherAnswerError):
                return await self._version_by(self._door)
        try:
            return await self._version_by(self.http)
        except _OtherAnswerError as other:
            is_refused = other.is_refused
        if is_refused:
            raise AuthenticationError(
                "Airflow did not accept the sign-in", hint=self._sign_in.advice
            )
        raise ServerError(
            f"No Airflow answers at {self.address}",
            hint="Give the URL up to where its pages begin, without /api.",
        )

    async def _version_by(self, line: Http) -> Found:
        """The version that is told on one of the two lines."""
        is_refused = False
        for dialect in (V2(), V1()):
            asked = Asked(Operation.HEALTH, f"{dialect.root}/version", expected=_NOT_HERE)
            answer = await line.read(asked, bytes)
            if answer.status not in _NOT_HERE:
                version = first(record(decoded(answer.value)) or {}, text, "version")
                if version is not None:
                    self._sign_in.has_tokens = isinstance(dialect, V2)
                    return Found(version, dialect)
            is_refused = is_refused or answer.status in (UNAUTHORIZED, _FORBIDDEN)
        raise _OtherAnswerError(is_refused=is_refused)


class _OtherAnswerError(Exception):
    """What answers tells no version, perhaps as it wants another sign-in."""

    def __init__(self, *, is_refused: bool) -> None:
        super().__init__()
        self.is_refused = is_refused


class _SignIn:
    """The profile's sign-in; a name and password become a token where the version has such."""

    def __init__(self, profile: Profile, environment: Mapping[str, str], door: Http) -> None:
        self._plain = FromProfile(profile, environment)
        self._profile, self._environment, self._door = profile, environment, door
        self.has_tokens = True
        """Whether a token is had for the password: 2.x takes the password itself."""

    @property
    def has_password(self) -> bool:
        """Whether one signs in by a name and password."""
        return self._profile.username is not None

    @property
    def advice(self) -> str:
        """What to do when it is refused."""
        return self._plain.advice

    @property
    def changes(self) -> bool:
        """A token runs out; another is had for the same password."""
        return self.has_password or self._plain.changes

    async def badge(self) -> Badge:
        """A token for the password, or the profile's own secret."""
        if not (self.has_password and self.has_tokens):
            return await self._plain.badge()
        password = await asyncio.to_thread(resolve_password, self._profile, self._environment)
        given = {
            "username": self._profile.username,
            "password": "" if password is None else password.reveal(),
        }
        asked = Asked(Operation.CREATE, _TOKEN, method="POST", body=given, expected=_NOT_HERE)
        answer = await self._door.write(asked, bytes)
        if answer.status in (UNAUTHORIZED, _FORBIDDEN):
            raise AuthenticationError(
                "Airflow did not accept the name or password", hint=self.advice
            )
        if answer.status in _NOT_HERE:
            # 2.x has no tokens.
            return await self._plain.badge()
        token = first(record(decoded(answer.value)) or {}, text, "access_token", "jwt_token")
        if token is None:
            raise AuthenticationError("Airflow gave no token for the password", hint=self.advice)
        return Badge(MappingProxyType({AUTHORIZATION: Secret(f"Bearer {token}")}))

    def is_refusal(self, status: int, content: bytes) -> bool:
        """3.x says 403 to a token that it can't read, as it does to a role that is too low."""
        return status == UNAUTHORIZED or (status == _FORBIDDEN and _BAD_TOKEN in content)


def _nameless(profile: Profile) -> Profile:
    """The same place for whoever hasn't signed in yet."""
    return replace(
        profile,
        token_env=None,
        token_command=(),
        token_keyring=None,
        token_file=None,
        username=None,
        password_env=None,
        api_key_env=None,
    )
