"""A backfill that we keep going ourselves, and the mark by which it is found again.

Some systems start single runs only. Then dates go one after the other as long as a program of
ours looks after them; should it end, any one run still tells which dates there are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any, Final, NamedTuple

from dli_tui.domain.clock import as_utc

KEY: Final = "_dli"
"""The key of the mark in our own memory of a run; a DAG never sees it among its parameters."""
MOST_SLOTS: Final = 1_000
"""Each run carries all of them, so there can't be any number."""
LONGEST_NOTE: Final = 700
"""Of the thousand characters that Airflow keeps of a note, so many are for the mark."""
_MINUTE: Final = timedelta(minutes=1)
_NOTE: Final = re.compile(
    r"^dli-tui backfill (?P<id>\S{1,400}) date (?P<at>\d{1,4}) of (?P<total>\d{1,4}), "
    r"started (?P<begun>\S{1,40}) by (?P<by>[^\n]{0,200}): (?P<first>\S{1,40})"
    r"(?P<steps>(?: \+\d{1,7}m(?:\*\d{1,4})?)*)(?P<more> \.\.\.)?$",
    re.MULTILINE,
)
_STEP: Final = re.compile(r"\+(\d+)m(?:\*(\d+))?")
_OUR_ID: Final = re.compile(r"(.+)_backfill_(\d{8})_(\d{8})_\d{8}T\d{6}_[0-9a-f]{6}")


class SequenceMark(NamedTuple):
    """Which backfill a run belongs to, which dates that has, and since when it goes."""

    backfill_id: str
    slots: tuple[datetime, ...]
    begun: datetime
    by: str = ""
    total: int = 0
    """How many dates it has, where `slots` are not all of them; else 0."""

    @property
    def date_count(self) -> int:
        """How many dates the backfill has."""
        return max(self.total, len(self.slots))

    @staticmethod
    def new_id(workflow: str, days: tuple[date, date], begun: datetime, luck: str) -> str:
        """The id of a new one; by `luck`, six hexadecimal digits, two of one second differ."""
        return f"{workflow}_backfill_{days[0]:%Y%m%d}_{days[1]:%Y%m%d}_{begun:%Y%m%dT%H%M%S}_{luck}"

    @staticmethod
    def workflow_in(run_id: str) -> str | None:
        """The workflow of a backfill that we keep going ourselves, which its id tells."""
        ours = _OUR_ID.fullmatch(run_id)
        return None if ours is None else ours[1]

    @staticmethod
    def days_in(run_id: str) -> tuple[date, date] | None:
        """The first and the last day of one that we keep going ourselves, which its id tells."""
        ours = _OUR_ID.fullmatch(run_id)
        try:
            return ours and (date.fromisoformat(ours[2]), date.fromisoformat(ours[3]))
        except ValueError:
            return None

    def run_id(self, slot: datetime) -> str:
        """The id of a date's run: who starts it twice meets the first."""
        return f"{self.backfill_id}__{slot:%Y%m%dT%H%M%S}"

    def as_parameter(self, position: int) -> dict[str, Any]:
        """The mark as a run carries it."""
        return {
            "backfill_id": self.backfill_id,
            "slots": [slot.isoformat() for slot in self.slots],
            "position": position,
            "begun": self.begun.isoformat(),
            "by": self.by,
            "total": self.total,
        }

    def as_note(self, position: int) -> str:
        """The mark as one line of a run's note, which people read too.

        Dates are told as the first one and the steps to the next: `2026-03-01T06:00Z +1440m*6` is
        a week. Where that gets too long the last dates are left out.
        """
        steps: list[tuple[int, int]] = []
        for one, later in pairwise(self.slots):
            minutes = (later - one) // _MINUTE
            if steps and steps[-1][0] == minutes:
                steps[-1] = minutes, steps[-1][1] + 1
            else:
                steps.append((minutes, 1))
        line = (
            f"dli-tui backfill {self.backfill_id} date {position + 1} of {self.date_count}, "
            f"started {_short(self.begun)} by {self.by}: {_short(self.slots[0])}"
        )
        for minutes, often in steps:
            step = f" +{minutes}m" + (f"*{often}" if often > 1 else "")
            if len(line) + len(step) > LONGEST_NOTE:
                return f"{line} ..."
            line += step
        return line

    @classmethod
    def of_note(cls, note: str) -> tuple[SequenceMark, int] | None:
        """The mark in a note, and the position of the run; None where there is none."""
        found = _NOTE.search(note)
        if found is None:
            return None
        try:
            slots = [as_utc(datetime.fromisoformat(found["first"]))]
            begun = as_utc(datetime.fromisoformat(found["begun"]))
            for minutes, often in _STEP.findall(found["steps"]):
                for _ in range(min(int(often or 1), MOST_SLOTS - len(slots))):
                    slots.append(slots[-1] + int(minutes) * _MINUTE)
        except (ValueError, OverflowError):
            return None
        total = int(found["total"]) if found["more"] else 0
        mark = cls(found["id"], tuple(slots), begun, found["by"], total)
        return mark, int(found["at"]) - 1

    @staticmethod
    def id_of(parameters: Mapping[str, Any]) -> str | None:
        """The backfill that a run says it belongs to, without reading all of its dates."""
        found = parameters.get(KEY)
        backfill_id = found.get("backfill_id") if isinstance(found, Mapping) else None
        return backfill_id if isinstance(backfill_id, str) else None

    @classmethod
    def of(cls, parameters: Mapping[str, Any]) -> SequenceMark | None:
        """The mark that a run carries, if it carries one that can be read."""
        backfill_id = cls.id_of(parameters)
        if backfill_id is None:
            return None
        found = parameters[KEY]
        slots = found.get("slots")
        if not isinstance(slots, list):
            return None
        try:
            moments = tuple(as_utc(datetime.fromisoformat(slot)) for slot in slots[:MOST_SLOTS])
            begun = as_utc(datetime.fromisoformat(found["begun"]))
        except (KeyError, TypeError, ValueError):
            return None
        total = found.get("total")
        known = total if isinstance(total, int) else 0
        return cls(backfill_id, moments, begun, str(found.get("by") or ""), known)


def _short(moment: datetime) -> str:
    """A moment in UTC, to the minute where it is a whole one."""
    form = "%Y-%m-%dT%H:%MZ" if moment.second == 0 else "%Y-%m-%dT%H:%M:%SZ"
    return as_utc(moment).strftime(form)
