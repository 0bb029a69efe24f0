"""Tokens that `serve` gives out: `dli_<id>_<secret>`, of which only the sha256 is kept.

The secret is 256 random bits, so a plain hash is enough: there is nothing to guess from. The
file is its owner's alone, and every change of it is whole or not at all.
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import json
import os
import re
import secrets
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any, Final, NamedTuple, NoReturn

from dli_tui.config.secrets import Secret
from dli_tui.domain.clock import as_utc
from dli_tui.domain.errors import ConfigurationError
from dli_tui.domain.text import safe_line
from dli_tui.server.identity import Identity, Role

LONGEST_NAME: Final = 100
_ID_BYTES: Final = 6
_SECRET_BYTES: Final = 32
_PRIVATE: Final = 0o600
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
_TOKEN: Final = re.compile(r"dli_([0-9a-f]{12})_([A-Za-z0-9_-]{43})")
_ID: Final = re.compile(r"[0-9a-f]{12}")
_HASH: Final = re.compile(r"[0-9a-f]{64}")
_NOBODYS: Final = hashlib.sha256(b"").hexdigest()


class Token(NamedTuple):
    """One token as the file knows it: who, as what, until when, and the hash of its secret."""

    id: str
    name: str
    role: Role
    sha256: str
    created: datetime
    expires: datetime | None = None

    @property
    def identity(self) -> Identity:
        """Who signs in with it."""
        return Identity(self.name, self.role, self.id)

    def expired(self, now: datetime) -> bool:
        """Whether its time is over."""
        return self.expires is not None and now >= self.expires


Tokens = Mapping[str, Token]
"""The tokens of a file by their ids."""


def id_of(text: str) -> str | None:
    """The id in a token; None: this is no token."""
    found = _TOKEN.fullmatch(text)
    return None if found is None else found[1]


def found_in(tokens: Tokens, text: str) -> Token | None:
    """The token that this is; an unknown id takes as long as a wrong secret."""
    parts = _TOKEN.fullmatch(text)
    if parts is None:
        return None
    token = tokens.get(parts[1])
    kept = _NOBODYS if token is None else token.sha256
    return token if hmac.compare_digest(kept, _hash(parts[2])) else None


def read_tokens(path: Path) -> Tokens:
    """The tokens of a file, none where there is no file; DLI-001 where it can't be believed."""
    try:
        with path.open("rb") as stream:
            mode = os.fstat(stream.fileno()).st_mode
            raw = stream.read()
    except FileNotFoundError:
        return {}
    except OSError as problem:
        raise ConfigurationError(
            f"The token file {path} can't be read: {problem.strerror}",
            hint="It is to be a file of whoever runs the server: see its owner with ls -l.",
        ) from None
    if os.name == "posix" and mode & _OTHERS:
        raise ConfigurationError(
            f"The token file {path} can be read or changed by others",
            hint=f"Run: chmod 600 {path}",
        )
    return _parsed(raw, path)


def add_token(
    path: Path, name: str, role: Role, *, now: datetime, expires: datetime | None = None
) -> tuple[Token, Secret]:
    """Add one for `name`; the secret is the whole of it, to be shown this once."""
    if not name.strip() or name != safe_line(name, LONGEST_NAME).strip():
        raise ConfigurationError(
            f"A token is for a name of one line, up to {LONGEST_NAME} characters",
            hint="Name whoever will use it, such as ana@example.com or nightly-checks.",
        )
    if expires is not None and expires <= now:
        raise ConfigurationError(
            "The token would have expired already", hint="Give a later date, or a span like 90d."
        )
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    with _changing(path) as tokens:
        fresh = secrets.token_hex(_ID_BYTES)
        while fresh in tokens:
            fresh = secrets.token_hex(_ID_BYTES)
        token = Token(fresh, name, role, _hash(secret), now, expires)
        tokens[fresh] = token
    return token, Secret(f"dli_{fresh}_{secret}")


def revoke_token(path: Path, token_id: str) -> Token:
    """Forget a token: whoever has it is refused from now on."""
    with _changing(path) as tokens:
        found = tokens.pop(token_id, None)
        if found is None:
            raise ConfigurationError(
                f"There is no token {safe_line(token_id, 40)!r}",
                hint="See their ids with: dli-tui serve token list",
            )
    return found


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _parsed(raw: bytes, path: Path) -> Tokens:
    try:
        rows = json.loads(raw)["tokens"]
        found = [_token(row) for row in rows]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError):
        _refuse(path)
    tokens = {token.id: token for token in found}
    if len(tokens) != len(found):
        _refuse(path)
    return tokens


def _refuse(path: Path) -> NoReturn:
    raise ConfigurationError(
        f"The token file {path} isn't one that dli-tui wrote",
        hint="Put the old one back, or move it away and make new tokens: dli-tui serve token add",
    ) from None


def _token(row: Mapping[str, Any]) -> Token:
    expires = row.get("expires")
    if not _ID.fullmatch(row["id"]) or not _HASH.fullmatch(row["sha256"]):
        raise ValueError
    if row["name"] != safe_line(row["name"], LONGEST_NAME):
        raise ValueError
    return Token(
        id=row["id"],
        name=row["name"],
        role=Role(row["role"]),
        sha256=row["sha256"],
        created=as_utc(datetime.fromisoformat(row["created"])),
        expires=None if expires is None else as_utc(datetime.fromisoformat(expires)),
    )


def _row(token: Token) -> dict[str, str | None]:
    return {
        "id": token.id,
        "name": token.name,
        "role": token.role,
        "sha256": token.sha256,
        "created": token.created.isoformat(),
        "expires": None if token.expires is None else token.expires.isoformat(),
    }


@contextmanager
def _changing(path: Path) -> Iterator[dict[str, Token]]:
    """The tokens to change, written when the block ends; nobody else writes meanwhile."""
    # A file that is linked from elsewhere is written where it really is.
    real = path.resolve()
    try:
        real.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(real.with_name(f"{real.name}.lock"), os.O_WRONLY | os.O_CREAT, _PRIVATE)
    except OSError as problem:
        raise ConfigurationError(f"{path} can't be written: {problem.strerror}") from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        tokens = dict(read_tokens(real))
        yield tokens
        _write(real, tokens)
    finally:
        os.close(lock)


def _write(path: Path, tokens: Tokens) -> None:
    fresh = path.with_name(f"{path.name}.new")
    text = json.dumps({"tokens": [_row(token) for token in tokens.values()]}, indent=2) + "\n"
    try:
        # One that a crash left behind is nobody's: the lock is ours.
        fresh.unlink(missing_ok=True)
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE)
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            _keep_owner(stream.fileno(), path)
            os.fsync(stream.fileno())
        fresh.replace(path)
    except OSError as problem:
        with suppress(OSError):
            fresh.unlink()
        raise ConfigurationError(f"{path} can't be written: {problem.strerror}") from None


def _keep_owner(handle: int, path: Path) -> None:
    """Leave the file with whom it was: a server that isn't root reads what root adds to it."""
    with suppress(FileNotFoundError):
        before = path.stat()
        if before.st_uid != os.geteuid():
            os.fchown(handle, before.st_uid, before.st_gid)
