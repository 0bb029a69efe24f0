"""Retry: which steps run again. There is nothing to fill in."""

from __future__ import annotations

from dli_tui.tui.modals.question import Question


class RetryQuestion(Question[bool]):
    """Answered by going on."""

    def answer(self) -> bool:
        return True
