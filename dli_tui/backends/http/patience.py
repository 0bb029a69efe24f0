"""How often a question is asked again, and how long after.

Little and short: whoever looks at the screen should learn soon that a server is down, and
the pollers above come back by themselves. What a server asks for beyond that is told, not slept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Final

import httpx

from dli_tui.domain.clock import as_utc
from dli_tui.domain.errors import DLIError, ServerError

AGAIN: Final = frozenset({429, 502, 503, 504})
"""Statuses that may be over in a moment."""
PAUSES: Final = (0.3, 0.9)
LONGEST_PAUSE: Final = 3.0

_SPREAD: Final = 0.4
_LONGEST_NUMBER: Final = 9
_MINUTE: Final = 60
_HOUR: Final = 3600
_DAY: Final = 86_400


def pauses(jitter: Callable[[], float]) -> Iterator[float]:
    """The seconds to wait before each further try; of many, not all come back at once."""
    return (pause * (1 - _SPREAD / 2 + _SPREAD * jitter()) for pause in PAUSES)


def asked_to_wait(headers: httpx.Headers) -> float | None:
    """The seconds of Retry-After; a date counts from the server's own Date."""
    told = headers.get("Retry-After", "").strip()
    if told.isascii() and told.isdigit() and len(told) <= _LONGEST_NUMBER:
        return float(told)
    then, now = _date(told), _date(headers.get("Date", ""))
    return None if then is None or now is None else max(0.0, (then - now).total_seconds())


def with_wait(error: DLIError, seconds: float | None) -> DLIError:
    """`error`, whose hint says how long the server wants to be left alone."""
    if seconds is not None and seconds > 0:
        error.hint = f"The server asks to be left alone for {_words(seconds)}; then try again."
        if isinstance(error, ServerError):
            error.wait_seconds = seconds
    return error


def _date(text: str) -> datetime | None:
    try:
        return as_utc(parsedate_to_datetime(text))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _words(seconds: float) -> str:
    if seconds >= _DAY:
        return "more than a day"
    if seconds >= 2 * _HOUR:
        return f"{seconds / _HOUR:.0f} hours"
    if seconds >= 2 * _MINUTE:
        return f"{seconds / _MINUTE:.0f} minutes"
    return f"{seconds:.0f} s"
