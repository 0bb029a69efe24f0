"""Rows to arrange and filter, and text that a terminal would obey."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from dli_tui.domain.ids import WorkflowKey
from dli_tui.domain.status import SourceType, WorkflowStatus
from dli_tui.present.rows import WorkflowRow

NOW = datetime(2026, 3, 10, 9, 41, tzinfo=UTC)
HOSTILE = "a\x1b]52;c;ZXZpbA==\x07b\x1b[2J\u202ec\u2028[bold red]d[/]\r\n\x9b31m\x00"


def row(name: str = "d", **changes: Any) -> WorkflowRow:
    """A MANUAL, active row, unless told otherwise."""
    source = changes.pop("source", SourceType.MANUAL)
    known: dict[str, Any] = {"status": WorkflowStatus.ACTIVE, "state": "active", **changes}
    return WorkflowRow(key=WorkflowKey(name, source), name=name, source=source, **known)


def later(**passed: float) -> datetime:
    """So long after NOW."""
    return NOW + timedelta(**passed)


def is_safe(text: str) -> bool:
    """Nothing that a terminal obeys, on one line."""
    return not any(
        ord(char) < 32 or 0x7F <= ord(char) < 0xA0 or char in "\u202e\u2028\u2029" for char in text
    )
