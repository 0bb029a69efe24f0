"""JWTs of a company's own sign-in: who is it, and as what?

The kind of key decides the algorithm, never the token: a secret means HS256, the RSA and EC keys
of a JWKS file mean RS256 and ES256. So nobody signs with a public key, or with nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from math import isfinite
from pathlib import Path
from typing import Any, Final, NamedTuple

import jwt

from dli_tui.config.secrets import Secret
from dli_tui.domain.errors import AuthenticationError, ConfigurationError
from dli_tui.domain.text import safe_line
from dli_tui.server.identity import Identity, Role
from dli_tui.server.settings import JwtSettings
from dli_tui.server.tokens import LONGEST_NAME

LEEWAY: Final = 30
"""Seconds by which two clocks may differ."""
LONGEST: Final = 8_192
_MOST_KEYS: Final = 64
_SMALLEST_RSA: Final = 2_048
_ALGORITHMS: Final = {("RSA", None): "RS256", ("EC", "P-256"): "ES256"}
_PUBLIC: Final = ("kty", "n", "e", "crv", "x", "y")
# Time is ours to judge, as the clock is handed in.
_CHECKS: Final[Any] = {
    "require": ["exp", "iss", "aud"],
    "verify_exp": False,
    "verify_nbf": False,
    "verify_iat": False,
}


class OutdatedError(AuthenticationError):
    """A JWT that is believed, but not now: nobody guessed it."""


class Key(NamedTuple):
    """A key, and the one algorithm that it is for."""

    algorithm: str
    key: Any
    kid: str | None = None


def looks_like_jwt(text: str) -> bool:
    """Whether somebody signs in with a JWT."""
    return text.count(".") == 2  # noqa: PLR2004 - header.claims.signature


def key_of(secret: Secret) -> tuple[Key, ...]:
    """The key that a secret is."""
    return (Key("HS256", secret.reveal().encode()),)


def read_jwks(path: Path) -> tuple[Key, ...]:
    """The keys of a JWKS file that sign; DLI-001 where there is none that may."""
    try:
        rows = json.loads(path.read_bytes())["keys"]
        found = tuple(key for row in rows[:_MOST_KEYS] if (key := _key(row)) is not None)
    except OSError as problem:
        raise ConfigurationError(
            f"The JWKS file {path} can't be read: {problem.strerror}"
        ) from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, jwt.PyJWTError):
        raise ConfigurationError(
            f"The JWKS file {path} can't be understood",
            hint='It is JSON like {"keys": [{"kty": "RSA", …}]}; fetch it again.',
        ) from None
    if not found:
        raise ConfigurationError(
            f"The JWKS file {path} has no key that may sign",
            hint="RSA keys of 2048 bits or more and EC keys on P-256 may.",
        )
    return found


def identity_from(text: str, keys: Sequence[Key], settings: JwtSettings, now: datetime) -> Identity:
    """Who a JWT says it is; AuthenticationError, without a word of the token, if it may not."""
    claims = _claims(text, keys, settings)
    moment = now.timestamp()
    expires, begins = _number(claims["exp"]), _number(claims.get("nbf", 0))
    if expires is None or begins is None:
        raise AuthenticationError("The JWT says no time until when it holds")
    if moment >= expires + LEEWAY:
        raise OutdatedError("The JWT has expired", hint="Sign in again for a new one.")
    if moment < begins - LEEWAY:
        raise OutdatedError("The JWT doesn't hold yet", hint="Check the clocks.")
    return Identity(_name(claims), _role(claims.get(settings.role_claim)))


def _claims(text: str, keys: Sequence[Key], settings: JwtSettings) -> Mapping[str, Any]:
    problem = "is not one that this server believes"
    if len(text) <= LONGEST:
        for key in _fitting(text, keys):
            # Raised after the block: an error of the library may quote the token.
            try:
                claims: Mapping[str, Any] = jwt.decode(
                    text,
                    key.key,
                    algorithms=[key.algorithm],
                    issuer=settings.issuer,
                    audience=settings.audience,
                    options=_CHECKS,
                )
            except jwt.InvalidIssuerError:
                problem = "is of another issuer"
            except jwt.InvalidAudienceError:
                problem = "is for somebody else"
            except jwt.MissingRequiredClaimError:
                problem = "lacks exp, iss or aud"
            except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
                continue
            else:
                return claims
    raise AuthenticationError(f"The JWT {problem}", hint="Sign in again for a new one.")


def _fitting(text: str, keys: Sequence[Key]) -> list[Key]:
    """The keys that may have signed it: the named one, or all of its kind."""
    try:
        header = jwt.get_unverified_header(text)
    except (jwt.PyJWTError, ValueError, RecursionError):
        return []
    kid = header.get("kid")
    return [
        key
        for key in keys
        if key.algorithm == header.get("alg") and (None in (kid, key.kid) or key.kid == kid)
    ]


def _key(row: Mapping[str, Any]) -> Key | None:
    curve = row.get("crv") if row["kty"] == "EC" else None
    algorithm = _ALGORITHMS.get((row["kty"], curve))
    if (
        algorithm is None
        or row.get("use", "sig") != "sig"
        or row.get("alg", algorithm) != algorithm
    ):
        return None
    # Of a key that is given whole by mistake, the private half is left where it is.
    public = {part: row[part] for part in _PUBLIC if part in row}
    key = jwt.PyJWK.from_dict(public, algorithm).key
    if algorithm == "RS256" and key.key_size < _SMALLEST_RSA:
        return None
    return Key(algorithm, key, row.get("kid"))


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        return value if isfinite(value) else None
    except OverflowError:
        return None


def _name(claims: Mapping[str, Any]) -> str:
    # Who has a sub is nobody else, though it can't be used: an email may be anybody's word.
    name = claims.get("sub", claims.get("email"))
    if isinstance(name, str) and name.strip() and name == safe_line(name, LONGEST_NAME):
        return name
    raise AuthenticationError("The JWT names nobody: it has no sub or email of one short line")


def _role(claim: object) -> Role:
    """None, several or an unknown one may look, no more."""
    return Role(claim) if isinstance(claim, str) and claim in set(Role) else Role.VIEWER
