"""A backfill that we keep going ourselves, and the mark by which it is found again.

Some systems start single runs only. Then dates go one after the other as long as a program of
ours looks after them; should it end, any one run still tells which dates there are.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

from dli_tui.domain.clock import as_utc

KEY: Final = "_dli"
"""The parameter that carries the mark."""
_MOST_SLOTS: Final = 10_000


class SequenceMark(NamedTuple):
    """Which backfill a run belongs to, and which dates that has."""

    backfill_id: str
    slots: tuple[datetime, ...]
    by: str = ""

    def run_id(self, slot: datetime) -> str:
        """The id of a date's run: who starts it twice meets the first."""
        return f"{self.backfill_id}__{slot:%Y%m%dT%H%M%S}"

    def as_parameter(self, position: int) -> dict[str, Any]:
        """The mark as a run carries it."""
        return {
            "backfill_id": self.backfill_id,
            "slots": [slot.isoformat() for slot in self.slots],
            "position": position,
            "by": self.by,
        }

    @classmethod
    def of(cls, parameters: Mapping[str, Any]) -> SequenceMark | None:
        """The mark that a run carries, if it carries one that can be read."""
        found = parameters.get(KEY)
        if not isinstance(found, Mapping):
            return None
        backfill_id, slots = found.get("backfill_id"), found.get("slots")
        if not isinstance(backfill_id, str) or not isinstance(slots, list):
            return None
        try:
            moments = tuple(as_utc(datetime.fromisoformat(slot)) for slot in slots[:_MOST_SLOTS])
        except (TypeError, ValueError):
            return None
        return cls(backfill_id, moments, str(found.get("by") or ""))
