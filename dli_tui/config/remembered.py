"""What the dashboard remembers of a person's choices, in a small file of the state folder.

Losing it costs a few key presses, so a file that can't be read or written is no error.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

_MOST_BYTES = 64 * 1024


def place() -> Path:
    """Where the choices are kept."""
    from platformdirs import user_state_path  # noqa: PLC0415 - only the dashboard asks

    return user_state_path("dli-tui", appauthor=False) / "choices.json"


def recalled() -> dict[str, str]:
    """The choices of last time; nothing where there are none, or none that can be read."""
    try:
        with place().open("rb") as stream:
            found = json.loads(stream.read(_MOST_BYTES))
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(found, dict):
        return {}
    return {key: value for key, value in found.items() if isinstance(value, str)}


def remember(choices: Mapping[str, str]) -> None:
    """Keep the choices, whole or not at all; one that is empty is forgotten."""
    path = place()
    fresh = path.with_suffix(f".{os.getpid()}")
    kept = {key: word for key, word in {**recalled(), **choices}.items() if word}
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh.write_text(json.dumps(kept), encoding="utf-8")
        fresh.replace(path)
    except OSError:
        with suppress(OSError):
            fresh.unlink()
