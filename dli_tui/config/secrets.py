"""Where a token or a password comes from, fetched when a connection needs it.

Each source answers with text whose first line is the secret. It is wrapped at once, and no
error here repeats what a source said: a program that fails may print the token on its way.
All of it blocks, so callers run it in a thread.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NoReturn

from dli_tui.config.model import Profile
from dli_tui.domain.errors import AuthenticationError, ConfigurationError
from dli_tui.domain.text import safe_line

COMMAND_SECONDS: Final = 30.0
KEYRING_SERVICE: Final = "dli-tui"

_OTHERS_READ: Final = stat.S_IRGRP | stat.S_IROTH


class Secret:
    """Text that shows itself as `***` and comes out by `reveal()` alone.

    Two are equal only when they are the same object, so that nothing compares by accident.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The text itself, for the header or the request that needs it."""
        return self._value

    def __repr__(self) -> str:
        return "***"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is neither pickled nor copied")


def resolve_token(
    profile: Profile, env: Mapping[str, str], *, command_seconds: float = COMMAND_SECONDS
) -> Secret | None:
    """The profile's token from wherever it is kept; None when it has none."""
    if profile.token_env is not None:
        return _from_env(profile.token_env, env)
    if profile.token_file is not None:
        return _from_file(profile.token_file)
    if profile.token_command:
        return _from_command(profile.token_command, env, command_seconds)
    if profile.token_keyring is not None:
        return _from_keyring(profile.token_keyring)
    return None


def resolve_password(profile: Profile, env: Mapping[str, str]) -> Secret | None:
    """The password that goes with the profile's username; None when it has none."""
    if profile.password_env is None:
        return None
    return _from_env(profile.password_env, env, header=False)


def resolve_api_key(profile: Profile, env: Mapping[str, str]) -> Secret | None:
    """The profile's API key; None when it has none."""
    return None if profile.api_key_env is None else _from_env(profile.api_key_env, env)


def _from_env(variable: str, env: Mapping[str, str], *, header: bool = True) -> Secret:
    if variable not in env:
        raise AuthenticationError(
            f"The environment variable {variable} is not set",
            hint=f"Set {variable}, or change where this profile's secret comes from.",
        )
    return _first_line(env[variable], f"The environment variable {variable}", header=header)


def _from_file(path: Path) -> Secret:
    try:
        with path.open("rb") as stream:
            mode = os.fstat(stream.fileno()).st_mode
            raw = stream.read()
    except OSError as problem:
        raise ConfigurationError(
            f"The token file {path} can't be read: {problem.strerror}"
        ) from None
    if os.name == "posix" and mode & _OTHERS_READ:
        raise ConfigurationError(
            f"The token file {path} can be read by others", hint=f"Run: chmod 600 {path}"
        )
    return _first_line(_decoded(raw), f"The token file {path}")


def _from_command(command: tuple[str, ...], env: Mapping[str, str], seconds: float) -> Secret:
    import subprocess  # noqa: PLC0415 - slow to import, and few profiles need it

    program = safe_line(Path(command[0]).name, limit=80)
    # Raised after the block: subprocess's errors carry the arguments and what was printed.
    try:
        done = subprocess.run(  # noqa: S603 - the owner of the config file chose the program
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=seconds,
            env=dict(env),
            check=False,
        )
    except subprocess.TimeoutExpired:
        problem = f"gave no answer in {seconds:g} s"
    except (OSError, ValueError):
        problem = "can't be started"
    else:
        if done.returncode == 0:
            return _first_line(_decoded(done.stdout), f"The token command {program}")
        problem = f"failed with exit code {done.returncode}"
    raise AuthenticationError(
        f"The token command {program} {problem}",
        hint="Run it by hand to see why; here it gets no input.",
    )


def _from_keyring(entry: str) -> Secret:
    try:
        import keyring  # noqa: PLC0415 - an extra that most do without
        from keyring.errors import KeyringError  # noqa: PLC0415
    except ImportError:
        raise ConfigurationError(
            "token_keyring needs the package keyring, which isn't installed",
            hint="Install the extra: pip install 'dli-tui[keyring]'",
        ) from None
    service, slash, user = entry.rpartition("/")
    found = None
    try:
        found = keyring.get_password(service if slash else KEYRING_SERVICE, user)
        problem = "has no such entry"
    except KeyringError:
        problem = "can't be opened"
    if found is None:
        raise AuthenticationError(
            f"The keyring {problem}: {safe_line(entry, limit=80)}",
            hint="Put the token there with: keyring set SERVICE USER",
        )
    return _first_line(found, "The keyring entry")


def _decoded(raw: bytes) -> str:
    # What isn't UTF-8 becomes a character that no header accepts, and is refused below.
    return raw.decode("utf-8", errors="replace")


def _first_line(text: str, source: str, *, header: bool = True) -> Secret:
    value = text.partition("\n")[0].strip()
    if not value:
        raise AuthenticationError(f"{source} is empty, or starts with an empty line")
    # An HTTP library that meets such a character quotes the whole header in its complaint.
    if not value.isprintable() or (header and not value.isascii()):
        raise AuthenticationError(f"{source} holds characters that can't be sent")
    return Secret(value)
