"""`{{variables}}` of a configuration, put in when a step begins.

There are those of the execution itself, of what started it (`trigger.x`) and of the steps before
(`steps.name.x`). What nobody knows, like `{{env.TOKEN}}`, stays as it is written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

_VARIABLE: Final = re.compile(r"\{\{\s*([\w.\- ]+?)\s*\}\}")
_NOTHING: Final = object()


def filled(config: object, known: Mapping[str, Any]) -> Any:  # noqa: ANN401 - JSON of any kind
    """`config` with what is known in place of its variables."""
    match config:
        case str():
            whole = _VARIABLE.fullmatch(config)
            if whole is not None:
                found = _looked_up(whole[1], known)
                return config if found is _NOTHING else found
            return _VARIABLE.sub(lambda one: _as_text(one, known), config)
        case dict():
            return {key: filled(value, known) for key, value in config.items()}
        case list():
            return [filled(value, known) for value in config]
        case _:
            return config


def _as_text(one: re.Match[str], known: Mapping[str, Any]) -> str:
    found = _looked_up(one[1], known)
    return one[0] if found is _NOTHING else str(found)


def _looked_up(path: str, known: Mapping[str, Any]) -> object:
    found: object = known
    for word in path.split("."):
        if not isinstance(found, Mapping) or word not in found:
            return _NOTHING
        found = found[word]
    return found
