"""Retry: which steps run again. There is nothing to fill in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from dli_tui.tui.modals.question import Plan, Question, Send


class RetryQuestion(Question[bool]):
    """Answered by going on, once the steps are known or the server has said that it tells none."""

    def __init__(self, plan: Plan, send: Send[bool], look: Callable[[], Awaitable[Plan]]) -> None:
        super().__init__(plan, send)
        self._look = look
        self.is_whole = False

    def on_mount(self) -> None:
        self.run_worker(self._fill_in(), group="asking")

    async def _fill_in(self) -> None:
        plan = await self._look()
        self.is_whole = True
        self.replan(plan)

    def answer(self) -> bool:
        return True
