"""A profile is added to the config file: checked as if it had been read, then written at the end.

What stands there already stays as it is to the byte, comments too. No secret comes this way: a
profile names where its secret is found, and what looks like one is refused in any field.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from dli_tui.config.check import PROFILE_KEYS, Unfit, is_name
from dli_tui.config.files import read_settings
from dli_tui.config.model import Profile
from dli_tui.domain.errors import ConfigurationError

Setting = str | bool | list[str]
Wanted = Mapping[str, Setting]

NAME: Final = "name"
"""What the name of a profile is called among its problems."""
_HEADER: Final = b"# The settings of dli-tui.\n"
_A_NAME: Final = "letters, digits, _ . and -, the first a letter or a digit"
_HELD: Final = {
    "token_env": "the name of the variable that holds the token, such as AIRFLOW_TOKEN",
    "password_env": "the name of the variable that holds the password, such as MY_PASSWORD",
    "api_key_env": "the name of the variable that holds the key, such as MY_API_KEY",
    "token_command": "a program that fetches the token; this one would be given it",
    "token_file": "the path, from / or ~ on, of a file whose first line is the token",
    "token_keyring": "the keyring entry as SERVICE/USER",
    "username": "the name to sign in with",
}
_TOKEN: Final = re.compile(
    r"(?i:bearer\s)|(?:eyJ|gh[a-z]_|github_pat_|glpat-|xox[a-z]-|sk-|AKIA)[A-Za-z0-9._-]{12,}"
)
_RANDOM: Final = re.compile(r"(?=.*[0-9])(?=.*[A-Za-z])[A-Za-z0-9+=-]{16,}")
_NAMES: Final = frozenset({"token_env", "password_env", "api_key_env", "token_keyring"})
"""What is a name, so that letters and digits without a break are none."""
_PRINTERS: Final = frozenset({"echo", "printf"})


def problems(name: str, wanted: Wanted) -> dict[str, str]:
    """What is wrong with single settings, by their names; "" is about the whole."""
    found: dict[str, str] = {}
    if not is_name(name):
        found[NAME] = f"must be {_A_NAME}"
    elif _is_token(name):
        found[NAME] = "looks like a secret, and a name is shown"
    for key, value in wanted.items():
        try:
            PROFILE_KEYS[key](value)
            _no_secret(key, value)
        except Unfit as problem:
            # Whoever puts a token where a variable belongs is told what belongs there.
            found[key] = _belongs(key) if key.endswith("_env") and value else str(problem)
    if not found:
        try:
            checked(name, wanted)
        except ConfigurationError as problem:
            found[""] = problem.message.partition(": ")[2] or problem.message
    return found


def checked(name: str, wanted: Wanted) -> Profile:
    """The profile that these settings make; DLI-001 saying what is wrong with them."""
    return read_settings(_table(name, wanted), Path("config.toml")).profiles[name]


def add_profile(path: Path, name: str, wanted: Wanted) -> str:
    """Write a profile at the end of the file, never over one that is there; what to know of it."""
    profile = checked(name, wanted)
    before = _bytes_of(path)
    old = read_settings(before, path)
    if name in old.profiles:
        raise ConfigurationError(
            f"A profile is called '{name}' already", hint=f"Choose another name, or edit {path}"
        )
    after = _joined(before or _HEADER, _table(name, wanted))
    try:
        new = read_settings(after, path)
    except ConfigurationError:
        new = old
    if new.profiles.get(name) != profile:
        raise ConfigurationError(
            f"Nothing can be added at the end of {path} as it is written",
            hint="Add the profile with an editor.",
        )
    _write(path, after)
    if new.default_profile is None and len(new.profiles) > 1 == len(old.profiles):
        return f"There are two now: choose with --profile, or set default_profile in {path}"
    return ""


def _no_secret(key: str, value: Setting) -> None:
    if key not in _HELD:
        return
    texts = value if isinstance(value, list) else [str(value)]
    is_held = any(map(_is_token, texts))
    if key in _NAMES:
        is_held = is_held or _RANDOM.fullmatch(texts[0]) is not None
    elif key == "token_command":
        is_held = is_held or Path(texts[0]).name in _PRINTERS
    elif key == "token_file":
        is_held = is_held or not texts[0].startswith(("/", "~"))
    if is_held:
        raise Unfit(_belongs(key))


def _belongs(key: str) -> str:
    return f"must be {_HELD[key]}. No secret is written here"


def _is_token(text: str) -> bool:
    """Whether this is a token, as far as anybody can tell by its face."""
    return _TOKEN.match(text) is not None


def _table(name: str, wanted: Wanted) -> bytes:
    lines = [f"[profiles.{_text(name) if '.' in name else name}]"]
    # Where a slip is dear, the name is typed before a write, unless somebody wants it otherwise.
    confirm = {"confirm": "type"} if wanted.get("production") is True else {}
    lines += [f"{key} = {_value(value)}" for key, value in {**wanted, **confirm}.items()]
    try:
        return ("\n".join(lines) + "\n").encode()
    except UnicodeEncodeError:
        raise ConfigurationError("This holds letters that no file can keep") from None


def _value(value: Setting) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _text(value)
    return f"[{', '.join(map(_text, value))}]"


def _text(text: str) -> str:
    """Text as TOML has it, which is how JSON has it; but DEL has to be spelled out too."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
    except OSError as problem:
        raise ConfigurationError(
            f"The config file {path} can't be read: {problem.strerror}"
        ) from None


def _joined(before: bytes, table: bytes) -> bytes:
    end = b"\r\n" if b"\r\n" in before else b"\n"
    closed = before if before.endswith(b"\n") else before + end
    return closed + end + table.replace(b"\n", end)


def _write(path: Path, content: bytes) -> None:
    """The whole file or nothing, as readable as it was; a new one for its owner alone."""
    # A file that is linked from elsewhere is written where it really is.
    real = path.resolve()
    fresh = real.with_name(f"{real.name}.{os.getpid()}")
    try:
        real.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        mode = real.stat().st_mode & 0o777 if real.exists() else 0o600
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(handle, "wb") as stream:  # noqa: PTH123 - of a descriptor
            stream.write(content)
        fresh.chmod(mode)
        fresh.replace(real)
    except OSError as problem:
        with suppress(OSError):
            fresh.unlink()
        raise ConfigurationError(f"{path} can't be written: {problem.strerror}") from None
