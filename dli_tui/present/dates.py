"""Dates as a person types them: 2026-11-20, today, yesterday, 7d for a week ago. Pure."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Final

HOW: Final = "Write it as YYYY-MM-DD, or today, yesterday, 7d"
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_AGO: Final = re.compile(r"(\d{1,4})d", re.ASCII)
_WORDS: Final = {"today": 0, "yesterday": 1}
_YEARS: Final = range(1970, 2200)


def is_word(text: str) -> bool:
    """Whether a day is told by a word, so that one doesn't see which it is."""
    said = text.strip().casefold()
    return said in _WORDS or _AGO.fullmatch(said) is not None


def why_not(text: str) -> str:
    """What is wrong with a date that can't be read."""
    return "There is no such day" if _DATE.fullmatch(text.strip()) else HOW


def read(text: str, today: date) -> date | None:
    """The day that is meant, or None where it can't be told."""
    said = text.strip().casefold()
    ago = _WORDS.get(said)
    found = _AGO.fullmatch(said)
    if found is not None:
        ago = int(found[1])
    if ago is not None:
        return today - timedelta(days=ago)
    try:
        day = date.fromisoformat(said) if _DATE.fullmatch(said) else None
    except ValueError:
        return None
    return day if day is not None and day.year in _YEARS else None
