"""Who signs in with this header? A token of ours, a JWT of the company, or nobody."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final, TypeVar

from dli_tui.domain.errors import AuthenticationError, ConfigurationError, ErrorCode
from dli_tui.server import jwts, tokens
from dli_tui.server.envelope import RefusedError
from dli_tui.server.identity import ANYBODY, Identity
from dli_tui.server.limits import FailedSignIns
from dli_tui.server.lines import json_line
from dli_tui.server.rereading import Rereading
from dli_tui.server.settings import JwtSettings, ServerSettings

_CHALLENGE: Final = {"www-authenticate": 'Bearer realm="dli-tui"'}
_SCHEME: Final = "bearer"
Read = TypeVar("Read")


class SignIn:
    """Reads an Authorization header; refuses with 401, or 429 after too many wrong ones."""

    def __init__(
        self,
        settings: ServerSettings,
        *,
        now: Callable[[], datetime],
        ticks: Callable[[], float],
        tell: Callable[[str], None],
    ) -> None:
        self._open = settings.open
        self._jwt = settings.jwt
        self._now = now
        self._tell = tell
        self._failed = FailedSignIns(ticks)
        self.wrong = 0
        """How many sign-ins were wrong."""
        self._tokens = _rereading(settings.tokens, tokens.read_tokens, ticks)
        jwks = None if settings.jwt is None else settings.jwt.jwks
        self._jwks = _rereading(jwks, jwts.read_jwks, ticks)

    async def check(self) -> None:
        """Raise where nobody could sign in now, as a file can't be believed."""
        if self._tokens is not None:
            await self._tokens.now()
        if self._jwks is not None:
            await self._jwks.now()

    async def identity(self, header: bytes | None, address: str) -> Identity:
        """Who it is."""
        if self._open:
            return ANYBODY
        scheme, _, given = (header or b"").decode("latin-1").partition(" ")
        text = given.strip()
        if scheme.casefold() != _SCHEME or not text:
            raise _not_signed_in("This server asks for a sign-in")
        try:
            if self._jwt is not None and jwts.looks_like_jwt(text):
                return await self._by_jwt(text, self._jwt, address)
            return await self._by_token(text, address)
        except ConfigurationError as problem:
            # What can't be checked isn't let in, and whoever runs the server is told why.
            facts = {"problem": problem.message, "hint": problem.hint}
            self._tell(json_line(time=self._now().isoformat(), event="sign-in", **facts))
            raise RefusedError(
                503,
                ErrorCode.SERVER_ERROR,
                "The server can't check sign-ins now",
                hint="Whoever runs it finds the reason in its log.",
            ) from None

    async def _by_token(self, text: str, address: str) -> Identity:
        token_id = tokens.id_of(text)
        if self._tokens is not None and token_id is not None:
            token = tokens.found_in(await self._tokens.now(), text)
            if token is not None:
                if token.expired(self._now()):
                    raise _not_signed_in(f"The token {token.id} has expired")
                return token.identity
        raise self._wrong(address, token_id, "The token is wrong, or was revoked")

    async def _by_jwt(self, text: str, settings: JwtSettings, address: str) -> Identity:
        keys = await self._keys(settings)
        # The library's errors may hold the token, so this isn't raised from them.
        try:
            return jwts.identity_from(text, keys, settings, self._now())
        except jwts.OutdatedError as problem:
            # Like a token that has expired it isn't counted: it was right, and will be again.
            refused = _not_signed_in(problem.message)
        except AuthenticationError as problem:
            refused = self._wrong(address, None, problem.message)
        raise refused

    async def _keys(self, settings: JwtSettings) -> Sequence[jwts.Key]:
        if self._jwks is not None:
            return await self._jwks.now()
        return () if settings.secret is None else jwts.key_of(settings.secret)

    def _wrong(self, address: str, token_id: str | None, reason: str) -> RefusedError:
        self.wrong += 1
        seconds = self._failed.failed(address, token_id)
        if not seconds:
            return _not_signed_in(reason)
        return RefusedError(
            429,
            ErrorCode.SERVER_AUTH_FAILED,
            "Too many wrong sign-ins",
            hint=f"Wait {seconds} s. The right token is let in at any time.",
            headers={"retry-after": str(seconds), **_CHALLENGE},
        )


def _rereading(
    path: Path | None, read: Callable[[Path], Read], ticks: Callable[[], float]
) -> Rereading[Read] | None:
    return None if path is None else Rereading(path, read, ticks)


def _not_signed_in(reason: str) -> RefusedError:
    return RefusedError(
        401,
        ErrorCode.SERVER_AUTH_FAILED,
        reason,
        hint="Send 'Authorization: Bearer TOKEN'; ask an administrator of the server for a token.",
        headers=_CHALLENGE,
    )
