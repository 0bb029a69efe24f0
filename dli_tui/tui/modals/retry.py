"""Retry: which steps run again. Of several that failed, the one under the cursor, or all."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable

from dli_tui.tui.breakage import start_worker
from dli_tui.tui.modals.question import Plan, Question, Send
from dli_tui.tui.widgets.toggle import Toggle


class RetryQuestion(Question[bool]):
    """Answered with whether only one step runs again, once it is known which steps would.

    Where the server doesn't tell that, it has been asked at least.
    """

    def __init__(
        self,
        plan: Plan,
        send: Send[bool],
        look: Callable[[bool], Awaitable[Plan]],
        only: str = "",
    ) -> None:
        """`only` is the step that may run again alone; empty: there is no such choice."""
        super().__init__(plan, send)
        self._look = look
        self._only = only
        self.is_whole = False

    def fields(self) -> Iterable[Toggle]:
        if self._only:
            yield Toggle("only", f"only {self._only}, not all that failed (space)", on=True)

    def on_mount(self) -> None:
        for toggle in self.query(Toggle):
            self.watch(toggle, "on", self._ask, init=False)
        self._ask()

    def focus_first(self) -> None:
        for toggle in self.query(Toggle):
            toggle.focus()

    def _ask(self) -> None:
        """Ask what would run again by what is chosen now."""
        self.is_whole = False
        start_worker(self, self._fill_in, group="asking", exclusive=True)

    async def _fill_in(self) -> None:
        plan = await self._look(self._alone)
        self.is_whole = True
        self.replan(plan)
        self.tell_keys()

    @property
    def _alone(self) -> bool:
        return any(toggle.on for toggle in self.query(Toggle))

    def answer(self) -> bool:
        return self._alone
