"""What differs between two definitions, as the commands print it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from dli_tui.domain.text import safe_line
from dli_tui.present import words
from dli_tui.present.besides import MASK
from dli_tui.present.differing import Change
from dli_tui.present.filling import is_secret
from dli_tui.present.tables import Cells

COLUMNS: Final = ("STEP", "SETTING", "BEFORE", "AFTER")
_LONGEST: Final = 60
_SIGN_IN: Final = "authorization"


def changes(found: Sequence[Change]) -> list[Cells]:
    """All that differs as cells; what looks like a secret is not shown."""
    return [
        (
            one.step or words.NOTHING,
            one.what or words.NOTHING,
            _shown(one.what, one.was),
            _shown(one.what, one.now),
        )
        for one in found
    ]


def _shown(what: str, value: str) -> str:
    key = what.rpartition(".")[2]
    if value and (is_secret(key) or key.casefold() == _SIGN_IN):
        return MASK
    return safe_line(value, _LONGEST) or words.NOTHING
