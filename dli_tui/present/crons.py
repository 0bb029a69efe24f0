"""A schedule in words, where words are both true and short.

Only common shapes have words; for any other there are none, and the cron itself is shown. Two
schedules that fire differently never have the same words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from dli_tui.domain.cron import CronFields, CronProblem, fields_of
from dli_tui.present import words

if TYPE_CHECKING:
    from dli_tui.domain.workflow import WorkflowInfo

UNKNOWN: Final = "unknown"
_LONGEST: Final = 44
_MOST_TIMES: Final = 3
_MOST_DAYS: Final = 3
_MOST_MONTHS: Final = 4
_RUN_OF_DAYS: Final = 3
"""From so many on, neighbours are told as a range."""
_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS: Final = (
    *("Jan", "Feb", "Mar", "Apr", "May", "Jun"),
    *("Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
)
_EVERY_DAY: Final = "every day"
_PART: Final = re.compile(r"[^ \t]+")
_TEENS: Final = (11, 12, 13)


def cell(row: WorkflowInfo) -> str:
    """Its cron: `-` where it has no schedule, `unknown` where the server doesn't tell it."""
    return words.word(row.cron) if row.schedule_known else UNKNOWN


@lru_cache(maxsize=1024)
def words_of(cron: str) -> str:
    """`every day at 06:00`, `Mon–Fri at 07:00`; empty where that can't be said shortly."""
    fields = fields_of(cron)
    if isinstance(fields, CronProblem):
        return ""
    days, time = _days(fields), _time(fields)
    if not days or not time:
        return ""
    if time.startswith("at "):
        told = f"{days} {time}"
    elif days == _EVERY_DAY:
        told = time
    else:
        told = f"{time}, {days.removeprefix(f'{_EVERY_DAY} ')}"
    return told if len(told) <= _LONGEST else ""


def wrong_part(cron: str, problem: CronProblem) -> tuple[int, int]:
    """From where to where a cron is wrong: its wrong field, what is too much, or its end."""
    parts = [match.span() for match in _PART.finditer(cron)]
    if problem.field is not None:
        return parts[problem.field]
    if len(parts) > len(CronFields._fields):
        return parts[len(CronFields._fields)][0], parts[-1][1]
    return len(cron), len(cron) + 1


def _time(fields: CronFields) -> str:
    """The times of a day, `at …` or `every …`; empty where there are no words for them."""
    minutes = list(range(60)) if fields.minutes is None else sorted(fields.minutes)
    if fields.hours is None:
        return _every_hour(minutes)
    hours = sorted(fields.hours)
    # All hours named one by one go by the wall clock, `*` goes by real time: not the same.
    if len(hours) == len(range(24)):
        return ""
    if len(minutes) * len(hours) <= _MOST_TIMES:
        return "at " + _listed([f"{hour:02}:{minute:02}" for hour in hours for minute in minutes])
    return _through_hours(hours, minutes)


def _every_hour(minutes: Sequence[int]) -> str:
    step = _even_step(minutes, 60)
    if step == 1:
        return "every minute"
    if step is not None:
        start = f" from :{minutes[0]:02}" if minutes[0] else ""
        return f"every {step} minutes{start}"
    if len(minutes) <= _MOST_TIMES:
        return "every hour at " + _listed([f":{minute:02}" for minute in minutes])
    return ""


def _through_hours(hours: Sequence[int], minutes: Sequence[int]) -> str:
    """Something even: every so many hours all day, or every hour or less from … to …."""
    in_a_row = hours[-1] - hours[0] == len(hours) - 1
    if len(minutes) > 1:
        step = _even_step(minutes, 60)
        every = "every minute" if step == 1 else f"every {step} minutes"
        return f"{every} {_from_to(hours, minutes)}" if step and in_a_row else ""
    if in_a_row:
        return f"every hour {_from_to(hours, minutes)}"
    step = _even_step(hours, 24)
    if step is None:
        return ""
    if hours[0]:
        return f"every {step} hours from {hours[0]:02}:{minutes[0]:02}"
    return f"every {step} hours at :{minutes[0]:02}"


def _from_to(hours: Sequence[int], minutes: Sequence[int]) -> str:
    return f"from {hours[0]:02}:{minutes[0]:02} to {hours[-1]:02}:{minutes[-1]:02}"


def _even_step(values: Sequence[int], circle: int) -> int | None:
    """The distance between neighbours, where it is the same all the way round the circle."""
    step = circle // len(values)
    even = len(values) > 1 and list(values) == list(range(values[0], circle, step))
    return step if even and step * len(values) == circle else None


def _days(fields: CronFields) -> str:
    """The days on which it fires; empty where there are no words for them."""
    if fields.days is not None and fields.weekdays is not None:
        # Cron takes either of the two for enough, which no short words say.
        return ""
    months = _months(fields.months)
    if months is None:
        return ""
    if fields.days is not None and len(fields.days) < len(range(31)):
        days = _month_days(sorted(fields.days))
    elif fields.weekdays is not None and len(fields.weekdays) < len(_DAYS):
        days = _ranged(sorted((day + 6) % 7 for day in fields.weekdays), _DAYS)
    else:
        days = _EVERY_DAY
    return f"{days} {months}".strip() if days else ""


def _month_days(days: Sequence[int]) -> str:
    if len(days) >= _RUN_OF_DAYS and days[-1] - days[0] == len(days) - 1:
        return f"on the {_nth(days[0])}–{_nth(days[-1])}"
    return f"on the {_listed([_nth(day) for day in days])}" if len(days) <= _MOST_DAYS else ""


def _months(months: frozenset[int] | None) -> str | None:
    """`in Feb`, empty for all of them; None where there are no words for them."""
    if months is None or len(months) == len(_MONTHS):
        return ""
    places = [month - 1 for month in sorted(months)]
    in_a_row = places[-1] - places[0] == len(places) - 1
    if len(places) > _MOST_MONTHS and not in_a_row:
        return None
    return f"in {_ranged(places, _MONTHS)}"


def _ranged(places: Sequence[int], names: Sequence[str]) -> str:
    """Neighbours as a range, anything else one by one."""
    if len(places) >= _RUN_OF_DAYS and places[-1] - places[0] == len(places) - 1:
        return f"{names[places[0]]}–{names[places[-1]]}"
    return ", ".join(names[place] for place in places)


def _nth(day: int) -> str:
    if day in _TEENS:
        return f"{day}th"
    return f"{day}{({1: 'st', 2: 'nd', 3: 'rd'}).get(day % 10, 'th')}"


def _listed(items: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join([", ".join(items[:-1]), items[-1]]) if len(items) > 1 else items[0]
