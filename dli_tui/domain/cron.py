"""Is this a cron expression? Five plain fields, the common subset, and the wrong one named.

croniter and its peers accept far more (six fields, @daily, `L`, `W`, `#`, `?`), but not
every scheduler behind us does, so what is sent is what all of them understand.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from dli_tui.domain.errors import ErrorCode, WorkflowRegistrationError

_MONTHS: Final = (
    *("jan", "feb", "mar", "apr", "may", "jun"),
    *("jul", "aug", "sep", "oct", "nov", "dec"),
)
_DAYS: Final = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_LONGEST_MONTH: Final = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_BLANKS: Final = re.compile(r"[ \t]+")
_PART: Final = re.compile(r"(?P<from>\*|\w+)(?:-(?P<to>\w+))?(?:/(?P<step>\d{1,2}))?", re.ASCII)


class _Field(NamedTuple):
    name: str
    low: int
    high: int
    words: tuple[str, ...] = ()
    first_word: int = 0


FIELDS: Final = (
    _Field("minute", 0, 59),
    _Field("hour", 0, 23),
    _Field("day", 1, 31),
    _Field("month", 1, 12, _MONTHS, 1),
    _Field("weekday", 0, 7, _DAYS),
)


class CronProblem(NamedTuple):
    """What is wrong, and in which field (0 to 4), if it is one."""

    message: str
    field: int | None = None


class InvalidCronError(WorkflowRegistrationError):
    """DLI-805: not a cron expression that every scheduler understands."""

    default_code = ErrorCode.WORKFLOW_INVALID_CRON

    def __init__(self, expression: str, problem: CronProblem, *, dataset_name: str = "") -> None:
        self.expression = expression
        self.problem = problem
        super().__init__(
            f"Invalid cron expression: '{expression}' ({problem.message})",
            dataset_name=dataset_name,
        )


class CronFields(NamedTuple):
    """The values of the five fields; None where the field is a plain `*`."""

    minutes: frozenset[int] | None
    hours: frozenset[int] | None
    days: frozenset[int] | None
    months: frozenset[int] | None
    weekdays: frozenset[int] | None
    """Sunday is 0."""


def problem_of(expression: str) -> CronProblem | None:
    """What keeps `expression` from being accepted, or None."""
    found = fields_of(expression)
    return found if isinstance(found, CronProblem) else None


def fields_of(expression: str) -> CronFields | CronProblem:
    """The values of an expression that every scheduler understands, or what is wrong with it."""
    # Not str.split(): its blanks include some that schedulers don't take for one.
    texts = [text for text in _BLANKS.split(expression) if text]
    if len(texts) != len(FIELDS):
        return CronProblem(f"5 fields are expected, it has {len(texts)}")
    values: list[frozenset[int] | None] = []
    for index, (text, field) in enumerate(zip(texts, FIELDS, strict=True)):
        found = _field(text, field)
        if isinstance(found, str):
            return CronProblem(f"{field.name}: {found}", index)
        values.append(found)
    minutes, hours, days, months, weekdays = values
    if weekdays is not None:
        weekdays = frozenset(day % 7 for day in weekdays)
    fields = CronFields(minutes, hours, days, months, weekdays)
    if not _ever_fires(fields):
        return CronProblem("day: no such day in these months, it never fires", 2)
    return fields


def check(expression: str, *, dataset_name: str = "") -> None:
    """Raise DLI-805 unless `expression` is one that every scheduler understands."""
    problem = problem_of(expression)
    if problem is not None:
        raise InvalidCronError(expression, problem, dataset_name=dataset_name)


def _field(text: str, field: _Field) -> frozenset[int] | str | None:
    if text == "*":
        return None
    parts = text.split(",")
    if len(parts) > 1 and "*" in parts:
        return "'*' means all, nothing can stand beside it"
    accepted: set[int] = set()
    for part in parts:
        found = _values(part, field)
        if isinstance(found, str):
            return found
        accepted |= found
    return frozenset(accepted)


def _values(part: str, field: _Field) -> set[int] | str:
    match = _PART.fullmatch(part)
    if match is None:
        return f"'{part}' is not understood"
    step = int(match["step"]) if match["step"] else 1
    if step == 0:
        return f"'{part}' steps by zero"
    if match["from"] == "*":
        if match["to"]:
            return f"'{part}' is not understood"
        return set(range(field.low, field.high + 1, step))
    if match["step"] and not match["to"]:
        return f"'{part}' steps from one value, write a range or '*' before '/'"
    low = _number(match["from"], field)
    high = _number(match["to"], field) if match["to"] else low
    if low is None or high is None:
        wrong = match["from"] if low is None else match["to"]
        return f"'{wrong}' is not between {field.low} and {field.high}"
    # croniter takes 5-5 for the whole circle, other schedulers take it for 5.
    if match["to"] and high <= low:
        return f"'{part}' " + ("runs backwards" if high < low else "is a range of one value")
    return set(range(low, high + 1, step))


def _number(text: str, field: _Field) -> int | None:
    if text.isdigit():
        value = int(text) if len(text) <= 2 else field.high + 1  # noqa: PLR2004 - no field has three digits
        return value if field.low <= value <= field.high else None
    word = text.casefold()
    return field.words.index(word) + field.first_word if word in field.words else None


def _ever_fires(fields: CronFields) -> bool:
    # With a weekday given too, either of the two is enough, so there is always a day.
    if fields.days is None or fields.weekdays is not None:
        return True
    first, months = min(fields.days), fields.months or range(1, 13)
    return any(first <= _LONGEST_MONTH[month - 1] for month in months)
