"""Whether to go on: the plan says all of it, and there is nothing to fill in."""

from __future__ import annotations

from dli_tui.tui.modals.question import Question


class SureQuestion(Question[bool]):
    """Answered by going on."""

    def answer(self) -> bool:
        return True
