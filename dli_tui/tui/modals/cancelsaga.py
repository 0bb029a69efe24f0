"""Cancel a saga: what it will undo stands in the plan; there is nothing to fill in."""

from __future__ import annotations

from dli_tui.tui.modals.question import Question


class CancelSagaQuestion(Question[bool]):
    """Answered by going on."""

    def answer(self) -> bool:
        return True
