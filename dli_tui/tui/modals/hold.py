"""Hold a backfill, or let it go on: what that means stands in the plan."""

from __future__ import annotations

from dli_tui.tui.modals.question import Question


class HoldQuestion(Question[bool]):
    """Answered by going on."""

    def answer(self) -> bool:
        return True
