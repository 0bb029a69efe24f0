"""Unregister: what is lost. Where runs are under way, only with force."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from dli_tui.present import words
from dli_tui.present.registrations import Standing
from dli_tui.tui import plans
from dli_tui.tui.deeds import Frozen
from dli_tui.tui.modals.question import Plan, Question, Send
from dli_tui.tui.widgets.toggle import Toggle


class UnregisterQuestion(Question[bool]):
    """Answered with whether it may be done over runs that are under way."""

    def __init__(
        self,
        frozen: Frozen,
        send: Send[bool],
        look: Callable[[], Sequence[Standing]],
        *,
        forgets: bool,
    ) -> None:
        self._frozen, self._look, self._forgets = frozen, look, forgets
        self._standing = look()
        super().__init__(self._planned(), send)

    def _planned(self) -> Plan:
        return plans.unregister(self._frozen, self._standing, forgets=self._forgets)

    def fields(self) -> Iterable[Toggle]:
        yield Toggle("force", "force: also while runs are under way (space)", kept=False)

    def on_mount(self) -> None:
        self._tell_force()

    def _tell_force(self) -> None:
        force = self.query_one(Toggle)
        force.display = self._active > 0
        # What nobody sees was not decided on.
        force.on = force.on and force.display

    @property
    def _active(self) -> int:
        return sum(one.active for one in self._standing)

    def answer(self) -> bool | None:
        force = self.query_one(Toggle)
        now = self._look()
        if not force.on and sum(one.active for one in now) > self._active:
            # They began after this was asked.
            self._standing = now
            self._tell_force()
            self.replan(self._planned())
        if not force.on and self._active:
            runs = words.plural(self._active, "run")
            self._say(f"{runs} under way: stop first, or turn on force")
            force.focus()
            return None
        return force.on
