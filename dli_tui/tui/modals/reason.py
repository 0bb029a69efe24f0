"""Pause, unpause, stop: the plan, and a reason for those who come after."""

from __future__ import annotations

from collections.abc import Iterable

from dli_tui.tui.modals.question import Question
from dli_tui.tui.widgets.field import Field


class ReasonQuestion(Question[str]):
    """Answered with a reason, which may be empty."""

    def fields(self) -> Iterable[Field]:
        yield Field("reason", "reason", hint="why, for those who come after (may stay empty)")

    def answer(self) -> str:
        return self.query_one("#field-reason", Field).value.strip()
