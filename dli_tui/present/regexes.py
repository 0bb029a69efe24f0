"""A regular expression that a person types, kept from running forever.

Names come from servers and are matched a hundred thousand at a time between two key strokes,
so patterns whose time explodes with the length of a name are refused before they are tried.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from typing import Final

from dli_tui.domain.ids import MAX_NAME

LONGEST: Final = 200
_MOST_REPEATS: Final = 3
_MOST_WAYS: Final = 256
# What matters of a pattern: escapes and sets are single characters, the rest is groups and choices.
_PIECE: Final = re.compile(
    r"(?P<one>\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\{\d+\})"
    r"|(?P<open>\((?:\?P?<?[=!:]?)?)|(?P<close>\))"
    r"|(?P<some>(?:[*+]|\{\d*,\d*\})[?+]?)|(?P<maybe>\?)|(?P<or>\|)",
    re.DOTALL,
)
_REPEATED: Final = re.compile(r"[*+{]")


def searching(pattern: str) -> Callable[[str], bool] | str:
    """Whether `pattern` is found in a text, in any case; or what is wrong with it, in words."""
    if len(pattern) > LONGEST:
        return f"the regex is longer than {LONGEST} characters"
    if _explodes(pattern):
        return "the regex could take forever: it repeats too much"
    try:
        with warnings.catch_warnings():
            # A warning of what a later Python may read otherwise would print over the screen.
            warnings.simplefilter("ignore")
            found = re.compile(pattern, re.IGNORECASE).search
    except (re.error, OverflowError, RecursionError) as error:
        return f"the regex is not understood: {error}"
    return lambda text: found(text[:MAX_NAME]) is not None


def _explodes(pattern: str) -> bool:
    """Whether it repeats what has choices inside, or has more choices than a name allows."""
    choices, repeats, ways = [0], 0, 1
    for piece in _PIECE.finditer(pattern):
        match piece.lastgroup:
            case "open":
                choices.append(0)
            case "close" if len(choices) > 1:
                inside = choices.pop()
                if inside and _REPEATED.match(pattern, piece.end()):
                    return True
                ways *= inside + 1
                choices[-1] += inside
            case "some":
                repeats += 1
                choices[-1] += 1
            case "maybe":
                ways *= 2
                choices[-1] += 1
            case "or":
                choices[-1] += 1
    return repeats > _MOST_REPEATS or ways > _MOST_WAYS
