"""The usual command lines of the dashboard, read without typer.

typer brings pydantic with it, which would be a third of the time to the first paint. What is
read here is only what is plain: for help, another command, or anything that looks wrong the
answer is None, and typer reads it all and says what is the matter.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from dli_tui.cli.dashboard import Asked, open_dashboard
from dli_tui.cli.places import OPTIONS, Connection, WrongUseError

__all__ = ["open_dashboard", "read"]

_OPEN: Final = "open"
_SWITCHES: Final = {"--ascii": "ascii_only", "--no-mouse": "no_mouse"}
_THEME: Final = "--theme"


def read(words: Sequence[str]) -> Asked | None:
    """What the dashboard is asked for; None where that is not for certain what is meant."""
    given: dict[str, Any] = {}
    asked: dict[str, Any] = {}
    places: list[str] = []
    rest = list(words)
    while rest:
        name, equals, value = rest.pop(0).partition("=")
        if name in _SWITCHES and not equals:
            asked[_SWITCHES[name]] = True
        elif name in OPTIONS or name == _THEME:
            if not _take(name, value if equals else None, rest, given, asked):
                return None
        elif name.startswith("-"):
            return None
        else:
            places.append(name + equals + value)
    begin = _begin(places)
    return None if begin is None else Asked(Connection(**given), begin or None, **asked)


def _take(
    name: str,
    value: str | None,
    rest: list[str],
    given: dict[str, Any],
    asked: dict[str, Any],
) -> bool:
    """Note one option; whether it could be read."""
    option = OPTIONS.get(name)
    read = option.metadata["read"] if option is not None else str
    if read is None:
        given[name[2:].replace("-", "_")] = True
        return value is None
    if value is None:
        if not rest or rest[0].startswith("-"):
            return False
        value = rest.pop(0)
    try:
        found = read(value)
    except (ValueError, WrongUseError):
        return False
    if option is None:
        asked["theme"] = found
    else:
        given[option.name] = found
    return True


def _begin(places: Sequence[str]) -> str | None:
    """Where to begin; empty: nowhere in particular; None: that is another command."""
    if not places:
        return ""
    if places[0] != _OPEN or len(places) > 2:  # noqa: PLR2004 - `open` and one place
        return None
    return places[1] if len(places) > 1 else ""
