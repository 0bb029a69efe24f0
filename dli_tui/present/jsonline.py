"""A value as JSON has it, on one line and no longer than a cell may be."""

from __future__ import annotations

import json
from typing import Final

from dli_tui.domain.text import safe_line, spelled_out

LONGEST: Final = 80


def json_line(value: object, limit: int = LONGEST) -> str:
    """The value; what a terminal obeys is spelled out."""
    told = json.dumps(value, ensure_ascii=False, default=str)
    return safe_line(spelled_out(told), limit)
