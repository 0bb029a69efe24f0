"""A backfill that we keep going ourselves, and the mark by which it is found again.

Some systems start single runs only. Then dates go one after the other as long as a program of
ours looks after them; should it end, any one run still tells which dates there are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from dli_tui.domain.clock import as_utc

KEY: Final = "_dli"
"""The parameter that carries the mark."""
MOST_SLOTS: Final = 1_000
"""Each run carries all of them, so there can't be any number."""
_OUR_ID: Final = re.compile(r"(.+)_backfill_(\d{8})_(\d{8})_\d{8}T\d{6}_[0-9a-f]{6}")


class SequenceMark(NamedTuple):
    """Which backfill a run belongs to, which dates that has, and since when it goes."""

    backfill_id: str
    slots: tuple[datetime, ...]
    begun: datetime
    by: str = ""

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
        }

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
        return cls(backfill_id, moments, begun, str(found.get("by") or ""))
