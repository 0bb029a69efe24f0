"""A function for a `python` step to call."""

from typing import Any

KEPT: list[Any] = []


def keep(rows: list[Any], day: str) -> None:
    """Keep what it was called with."""
    KEPT.append((rows, day))
