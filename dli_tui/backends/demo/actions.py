"""What was done to the demo world, as values that can be kept and read again."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType, NoneType
from typing import Any, Final, NamedTuple

from dli_tui.domain.clock import FIRST_YEAR, LAST_YEAR, as_utc

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
    START_SAGA = "start_saga"
    CANCEL_SAGA = "cancel_saga"


# What is about single runs goes with the runs; the rest says how things stand today.
_OF_RUNS: Final = frozenset({Deed.RUN, Deed.BACKFILL, Deed.STOP, Deed.RETRY})
_OF_SAGAS: Final = frozenset({Deed.START_SAGA, Deed.CANCEL_SAGA})
_KINDS: Final = {
    Deed.PAUSE: "schedule",
    Deed.UNPAUSE: "schedule",
    Deed.REGISTER: "manual",
    Deed.UNREGISTER: "manual",
    Deed.DELIVER: "code",
    Deed.WITHDRAW: "code",
}
"""What a deed changes: the next deed of the same kind to the same name supersedes it."""


_TEXT: Final = (str, NoneType)
_DETAILS: Final[Mapping[str, type | tuple[type, ...]]] = {
    **dict.fromkeys(("parameters", "input_data"), dict),
    **dict.fromkeys(("slots", "steps"), list),
    **dict.fromkeys(("attempts", "delay"), int),
    **dict.fromkeys(("start", "end", "timezone", "saga_type"), str),
    **dict.fromkeys(("slot", "cron", "team", "owner", "description", "yaml", "template"), _TEXT),
    **dict.fromkeys(("correlation_id", "tenant_id"), _TEXT),
    "parallel": bool,
    "notifications": (dict, NoneType),
}
"""The kinds of what an action tells beside its name."""


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
    """The action on a line, or None where the line is torn, of another version or not ours."""
    try:
        found = json.loads(line)
        if found["v"] != _VERSION or not _is_well_formed(found):
            return None
        at = as_utc(datetime.fromisoformat(found["at"]))
        if not FIRST_YEAR < at.year < LAST_YEAR:
            return None
        return Action(
            at=at,
            by=found["by"],
            deed=Deed(found["do"]),
            name=found["name"],
            run_id=found["run_id"],
            reason=found["reason"],
            details=found["details"],
        )
    except (ValueError, KeyError, TypeError, RecursionError, OverflowError):
        return None


def _is_well_formed(found: Mapping[str, Any]) -> bool:
    """Whether each value is of its kind; what it says is looked at where it is put to use."""
    reason, details = found["reason"], found["details"]
    texts = (found[key] for key in ("by", "name", "run_id"))
    return (
        all(isinstance(text, str) for text in texts)
        and (reason is None or isinstance(reason, str))
        and isinstance(details, dict)
        and all(isinstance(details[key], _DETAILS.get(key, object)) for key in details)
    )


def horizon_of(now: datetime) -> datetime:
    """The oldest moment that still shows: a midnight, so that it moves once a day."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0) - RETENTION


def compacted(actions: Sequence[Action], now: datetime) -> tuple[Action, ...]:
    """`actions` without those that no longer show: what the horizon has passed, or too many."""
    horizon = horizon_of(now)
    kept: set[int] = set()
    for deeds in (_OF_RUNS, _KINDS.keys(), _OF_SAGAS):
        recent = [action for action in actions if action.deed in deeds and action.at >= horizon]
        kept.update(map(id, recent[-MOST_KEPT:]))
    # Of what is not kept, the last of its kind tells how things stood before the rest.
    standing = {
        (_KINDS[action.deed], action.name): id(action)
        for action in actions
        if action.deed in _KINDS and id(action) not in kept
    }
    kept.update(standing.values())
    return tuple(action for action in actions if id(action) in kept)
