"""A moment as each generation writes it: with Z, with an offset, or with neither."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

Writes = Callable[[datetime], str]
_MILLISECONDS: Final = 1_000


def zulu(moment: datetime) -> str:
    """As the contract of 003 has it."""
    return naive(moment) + "Z"


def offset(moment: datetime) -> str:
    """As v1 was recorded."""
    return moment.isoformat()


def naive(moment: datetime) -> str:
    """As the oldest services write it: UTC, and nothing that says so."""
    return moment.replace(tzinfo=None).isoformat()


def written(writes: Writes, moment: datetime | None) -> str | None:
    """A moment that may not have come."""
    return None if moment is None else writes(moment)


def milliseconds(begun: datetime, ended: datetime) -> int:
    """How long something took."""
    return round((ended - begun).total_seconds() * _MILLISECONDS)
