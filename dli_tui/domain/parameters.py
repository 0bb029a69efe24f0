"""What a typed parameter means: a number, a truth value, a document, or text.

The command line's `-p key=value` and the form of the dashboard read a value the same way.
"""

from __future__ import annotations

import json
import re
from math import isfinite
from typing import Any, Final

_WORDS: Final = {"true": True, "false": False}
_NUMBER: Final = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?", re.ASCII)
_FLOAT: Final = re.compile(r"[.eE]")
_LONGEST_NUMBER: Final = 300


def value_of(text: str) -> Any:  # noqa: ANN401 - a parameter may be of any JSON type
    """Numbers, true, false, JSON objects and lists; anything else is text."""
    if text in _WORDS:
        return _WORDS[text]
    if _NUMBER.fullmatch(text):
        # "007" and digits without end are a zip code or an id rather than a number.
        number = float(text) if _FLOAT.search(text) else text
        return number if isinstance(number, float) and isfinite(number) else _whole(text)
    if text[:1] in "{[":
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            return text
    return text


def _whole(text: str) -> int | str:
    return int(text) if len(text) <= _LONGEST_NUMBER and _FLOAT.search(text) is None else text
