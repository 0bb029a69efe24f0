"""What a person typed, checked before anything is asked or sent."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from dli_tui.domain.errors import ConfigurationError, WorkflowRegistrationError
from dli_tui.domain.ids import why_not_a_line, why_not_a_name

_MOST_DAYS: Final = 4_000
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_YEARS: Final = range(1970, 2200)
_NAME_HINT: Final = (
    "A name is letters, digits, '_', '.' and '-', and begins with a letter or digit."
)
_LINE_HINT: Final = "A name is one line of text that doesn't begin with #."


def name(dataset_name: str, *, any_line: bool = False) -> None:
    """Raise unless a workflow may be registered under that name."""
    wrong = (why_not_a_line if any_line else why_not_a_name)(dataset_name)
    if wrong is not None:
        raise WorkflowRegistrationError(
            f"'{dataset_name}' is not a {'' if any_line else 'dataset '}name: {wrong}",
            dataset_name=dataset_name,
            hint=_LINE_HINT if any_line else _NAME_HINT,
        )


def a_date(value: str | date, what: str) -> date:
    """A calendar date; DLI-001 naming `what` for anything else."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        # fromisoformat alone also takes 20261005 and 2026-W40-1.
        found = date.fromisoformat(value) if _DATE.fullmatch(value) else None
    except (TypeError, ValueError):
        found = None
    if found is None or found.year not in _YEARS:
        raise ConfigurationError(
            f"The {what} date '{value}' is not a date", hint="Write it as YYYY-MM-DD."
        )
    return found


def a_range(start: str | date, end: str | date) -> tuple[date, date]:
    """Two dates in order, not so far apart that the plan would never end."""
    first, last = a_date(start, "start"), a_date(end, "end")
    if first > last:
        raise ConfigurationError(
            f"The start date {first} is after the end date {last}", hint="Swap the two dates."
        )
    if (last - first).days > _MOST_DAYS:
        raise ConfigurationError(
            f"From {first} to {last} is more than ten years", hint="Choose a shorter range."
        )
    return first, last


def parameters(given: Mapping[str, Any] | None) -> dict[str, Any]:
    """Parameters that can be sent: JSON, with text for keys."""
    try:
        found: dict[Any, Any] = dict(given or {})
        # Encoded too: half a surrogate pair is text to Python, but not to JSON.
        json.dumps(found, allow_nan=False, ensure_ascii=False).encode()
    except (TypeError, ValueError) as error:
        raise ConfigurationError(
            f"These parameters can't be sent: {error}",
            hint="Use text, numbers, true/false, lists and objects.",
        ) from error
    wrong = next((key for key in found if not isinstance(key, str) or not key.strip()), None)
    if wrong is not None:
        raise ConfigurationError(
            f"A parameter is called {wrong!r}", hint="Give every parameter a name of its own."
        )
    return found


def limit(value: int) -> int:
    """How many rows are wanted; at least one."""
    if value < 1:
        raise ConfigurationError(f"The limit {value} is too small", hint="Ask for at least 1.")
    return value
