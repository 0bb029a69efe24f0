"""What was done to the demo world, as values that can be kept and read again."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from dli_tui.domain.clock import as_utc

RETENTION: Final = timedelta(days=60)
MOST_KEPT: Final = 2_000
_VERSION: Final = 1


class Deed(StrEnum):
    """What a person, or the delivery from Git, can do to the world."""

    PAUSE = "pause"
    UNPAUSE = "unpause"
    RUN = "run"
    BACKFILL = "backfill"
    STOP = "stop"
    RETRY = "retry"
    REGISTER = "register"
    UNREGISTER = "unregister"
    DELIVER = "deliver"
    WITHDRAW = "withdraw"
    CANCEL_SAGA = "cancel_saga"


# What is about single runs goes with the runs; the rest says how things stand today.
_OF_RUNS: Final = frozenset({Deed.RUN, Deed.BACKFILL, Deed.STOP, Deed.RETRY})


class Action(NamedTuple):
    """One deed: who, when, to what."""

    at: datetime
    by: str
    deed: Deed
    name: str
    run_id: str = ""
    reason: str | None = None
    details: Mapping[str, Any] = MappingProxyType({})

    def as_line(self) -> str:
        """The action as one line of JSON."""
        return json.dumps(
            {
                "v": _VERSION,
                "at": self.at.isoformat(),
                "by": self.by,
                "do": self.deed,
                "name": self.name,
                "run_id": self.run_id,
                "reason": self.reason,
                "details": dict(self.details),
            },
            separators=(",", ":"),
        )


def action_of(line: str) -> Action | None:
    """The action on a line, or None where the line is torn or of another version."""
    try:
        found = json.loads(line)
        if found["v"] != _VERSION:
            return None
        return Action(
            at=as_utc(datetime.fromisoformat(found["at"])),
            by=found["by"],
            deed=Deed(found["do"]),
            name=found["name"],
            run_id=found["run_id"],
            reason=found["reason"],
            details=found["details"],
        )
    except (ValueError, KeyError, TypeError):
        return None


def horizon_of(now: datetime) -> datetime:
    """The oldest moment that still shows: a midnight, so that it moves once a day."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0) - RETENTION


def compacted(actions: Sequence[Action], now: datetime) -> tuple[Action, ...]:
    """`actions` without those that no longer show: runs that have aged out, old pauses."""
    horizon = horizon_of(now)
    runs = [action for action in actions if action.deed in _OF_RUNS and action.at >= horizon]
    kept_runs = set(map(id, runs[-MOST_KEPT:]))
    # The last one before the horizon tells how things stood there.
    standing = {
        action.name: id(action)
        for action in actions
        if action.deed in (Deed.PAUSE, Deed.UNPAUSE) and action.at < horizon
    }

    def kept(action: Action) -> bool:
        if action.deed in _OF_RUNS:
            return id(action) in kept_runs
        if action.deed in (Deed.PAUSE, Deed.UNPAUSE):
            return action.at >= horizon or standing[action.name] == id(action)
        return True

    return tuple(action for action in actions if kept(action))
