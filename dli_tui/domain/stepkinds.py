"""The seven kinds of step of a PyAirtable workflow, and what each may be told.

The one table for the check of a configuration, for its help and for the docs. Standard library
only, so that a page can show it before any model is loaded.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple

METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
LEVELS: Final = ("debug", "info", "warning", "error", "critical")
ACTIONS: Final = ("validate", "extract", "convert", "ocr_extract")
CHANNELS: Final = ("webhook", "log")
_STATUSES: Final = range(100, 600)


class Shape(NamedTuple):
    """What a setting has to be: a test, and words that end "… was expected"."""

    words: str
    fits: Callable[[Any], bool]


class Setting(NamedTuple):
    """One setting of a kind of step."""

    name: str
    says: str
    shape: Shape
    required: bool = False


class StepKind(NamedTuple):
    """One kind of step."""

    name: str
    says: str
    settings: tuple[Setting, ...]

    def setting(self, name: str) -> Setting | None:
        """The setting of that name."""
        return next((one for one in self.settings if one.name == name), None)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and value >= 0


def _is_list_of_texts(value: object) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


def _is_status(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value in _STATUSES


def _are_statuses(value: object) -> bool:
    return _is_status(value) or (
        isinstance(value, list) and bool(value) and all(map(_is_status, value))
    )


def _are_transformations(value: object) -> bool:
    return isinstance(value, list) and all(
        isinstance(one, dict) and _is_text(one.get("type")) for one in value
    )


def _one_of(*known: str) -> Shape:
    folded = {one.casefold() for one in known}
    return Shape(
        f"one of {', '.join(known)}",
        lambda value: isinstance(value, str) and value.casefold() in folded,
    )


TEXT: Final = Shape("a text that says something", _is_text)
ANYTHING: Final = Shape("anything", lambda _value: True)
NUMBER: Final = Shape("a number of at least 0", _is_number)
OBJECT: Final = Shape("an object of names and values", lambda value: isinstance(value, dict))
TEXTS: Final = Shape("a list of texts", _is_list_of_texts)
_STATUS: Final = Shape("a status from 100 to 599, or a list of such", _are_statuses)
_CHANGES: Final = Shape("a list of objects, each with a type", _are_transformations)
ACTION: Final = Shape("a step without a name: type and config", ANYTHING.fits)
"""What a conditional does: checked as a step is, by `configuration`."""

KINDS: Final = (
    StepKind(
        "http_request",
        "Sends a request and keeps the answer: status_code, headers, body, json.",
        (
            Setting("url", "Where it goes.", TEXT, required=True),
            Setting("method", "How, GET unless told otherwise.", _one_of(*METHODS)),
            Setting("headers", "Headers, by name.", OBJECT),
            Setting("params", "What stands behind the ? of the address, by name.", OBJECT),
            Setting("data", "What is sent, as JSON.", ANYTHING),
            Setting("json", "What is sent, as JSON.", ANYTHING),
            Setting("body", "What is sent, as it stands.", ANYTHING),
            Setting("auth", "How it signs in.", OBJECT),
            Setting("timeout", "Seconds until it gives up.", NUMBER),
            Setting("timeout_seconds", "Seconds until it gives up.", NUMBER),
            Setting("expected_status", "What counts as success; else any 2xx.", _STATUS),
        ),
    ),
    StepKind(
        "file_process",
        "Looks at a file that was uploaded, or makes another of it.",
        (
            Setting("action", "What to do.", _one_of(*ACTIONS), required=True),
            Setting("file_id", "Which file, mostly {{trigger.file_id}}.", ANYTHING, required=True),
            Setting("allowed_types", "Which endings are let through.", TEXTS),
            Setting("max_size_mb", "How large it may be.", NUMBER),
            Setting("language", "The language that is read.", TEXT),
            Setting("target_format", "What it is converted to.", TEXT),
        ),
    ),
    StepKind(
        "delay",
        "Waits.",
        (Setting("seconds", "For how long.", NUMBER, required=True),),
    ),
    StepKind(
        "log",
        "Writes a line into the log of the service.",
        (
            Setting("message", "What it says.", TEXT, required=True),
            Setting("level", "How loud, info unless told otherwise.", _one_of(*LEVELS)),
        ),
    ),
    StepKind(
        "conditional",
        "Does one thing or the other.",
        (
            Setting("condition", "What is asked, such as {{steps.a.n}} > 10.", TEXT, required=True),
            Setting("true_action", "What is done if so: type and config.", ACTION),
            Setting("false_action", "What is done if not: type and config.", ACTION),
        ),
    ),
    StepKind(
        "data_transform",
        "Takes parts out of what another step gave back.",
        (
            Setting("source_data", "What to start from, such as {{steps.a.json}}.", ANYTHING),
            Setting(
                "transformations", "What to take: type, path and key each.", _CHANGES, required=True
            ),
        ),
    ),
    StepKind(
        "notification",
        "Tells somebody.",
        (
            Setting("type", "By which way.", _one_of(*CHANNELS), required=True),
            Setting("webhook_url", "The address of the webhook.", TEXT),
            Setting("message", "What it says.", TEXT),
            Setting("level", "How loud, where it is a log.", _one_of(*LEVELS)),
        ),
    ),
)
BY_NAME: Final = {kind.name: kind for kind in KINDS}
