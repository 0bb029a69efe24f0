"""A profile is added to the config file: checked as if it had been read, then written at the end.

What stands there already stays as it is, comments too. No secret comes this way: a profile
names where its secret is found.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from dli_tui.config.check import PROFILE_KEYS, Unfit, settings_from
from dli_tui.config.files import quoted
from dli_tui.config.lines import Source
from dli_tui.config.model import Profile
from dli_tui.domain.errors import ConfigurationError

Setting = str | bool | list[str]
Wanted = Mapping[str, Setting]

_HEADER: Final = "# The settings of dli-tui; dli-tui config init shows all of them.\n"


def problems(wanted: Wanted) -> dict[str, str]:
    """What is wrong with single settings, by their names."""
    found: dict[str, str] = {}
    for key, value in wanted.items():
        try:
            PROFILE_KEYS[key](value)
        except Unfit as problem:
            found[key] = str(problem)
    return found


def checked(name: str, wanted: Wanted) -> Profile:
    """The profile that these settings make; DLI-001 saying what is wrong with them."""
    return _read(_table(name, wanted), Path("config.toml"), name)


def add_profile(path: Path, name: str, wanted: Wanted) -> Profile:
    """Write a profile at the end of the file; never over one that is there."""
    try:
        before = path.read_text(encoding="utf-8") if path.exists() else _HEADER
    except (OSError, UnicodeDecodeError) as problem:
        raise ConfigurationError(f"The config file {path} can't be read: {problem}") from None
    if name in _parsed(before, path).get("profiles", {}):
        raise ConfigurationError(
            f"A profile '{name}' is there already", hint=f"Choose another name, or edit {path}"
        )
    text = f"{before.rstrip()}\n\n{_table(name, wanted)}"
    profile = _read(text, path, name)
    _write(path, text)
    return profile


def _table(name: str, wanted: Wanted) -> str:
    shown = quoted(name) if "." in name else name
    lines = [f"[profiles.{shown}]"]
    lines += [f"{key} = {_value(value)}" for key, value in wanted.items()]
    return "\n".join(lines) + "\n"


def _value(value: Setting) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return quoted(value)
    return f"[{', '.join(quoted(word) for word in value)}]"


def _parsed(text: str, path: Path) -> dict[str, dict[str, object]]:
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError):
        raise ConfigurationError(
            f"The config file {path} can't be read as it is, so nothing was added",
            hint="See what is wrong with: dli-tui doctor",
        ) from None


def _read(text: str, path: Path, name: str) -> Profile:
    settings = settings_from(_parsed(text, path), Source(path.absolute(), text))
    return settings.profiles[name]


def _write(path: Path, text: str) -> None:
    """The whole file or nothing, as readable as it was; a new one for its owner alone."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o600
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with open(handle, "w", encoding="utf-8") as stream:  # noqa: PTH123 - of a descriptor
            stream.write(text)
        # A file that is linked from elsewhere is written where it really is.
        fresh.replace(path.resolve())
    except OSError as problem:
        fresh.unlink(missing_ok=True)
        raise ConfigurationError(f"{path} can't be written: {problem.strerror}") from None
