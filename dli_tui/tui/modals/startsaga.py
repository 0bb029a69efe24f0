"""Start a saga: which kind, and what it is given, checked as it is typed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from textual import on
from textual.widget import Widget
from textual.widgets import Input

from dli_tui.domain.text import safe_line
from dli_tui.present import parameters, words
from dli_tui.present.besides import SagaKind
from dli_tui.tui.modals.question import Plan, Question, Send
from dli_tui.tui.widgets.completing import CompletingField
from dli_tui.tui.widgets.field import Field


class SagaAnswer(NamedTuple):
    """What to start, and with what."""

    kind: str
    given: dict[str, Any]
    correlation: str


Kinds = tuple[Sequence[SagaKind], Plan]
"""The kinds that there are, and the plan that tells them."""


class StartSagaQuestion(Question[SagaAnswer]):
    """Answered with a kind and its input, once it is known which kinds there are."""

    def __init__(
        self,
        plan: Plan,
        send: Send[SagaAnswer],
        look: Callable[[], Awaitable[Kinds]],
        sign: str,
    ) -> None:
        super().__init__(plan, send)
        self._look = look
        self._sign = sign
        self._kinds: Mapping[str, SagaKind] = {}
        self.is_whole = False

    def fields(self) -> Iterable[Widget]:
        hint = "type a part of it; down and tab take one"
        yield CompletingField("kind", "kind", hint=hint, sign=self._sign)
        yield Field("input", "input", hint='key=value key=value, or {"key": "value"}')
        yield Field("correlation", "belongs to", hint="a run's id, for example (may stay empty)")

    def on_mount(self) -> None:
        self.run_worker(self._fill_in(), group="asking")

    async def _fill_in(self) -> None:
        kinds, plan = await self._look()
        self._kinds = {kind.raw: kind for kind in kinds}
        self.is_whole = True
        self.replan(plan)
        field = self.query_one(CompletingField)
        field.offer(list(self._kinds), lambda name: self._kinds[name].says)

    @on(Input.Changed)
    def _typed(self) -> None:
        self._read()

    def answer(self) -> SagaAnswer | None:
        kind_field, input_field = self.query_one(CompletingField), self._field("input")
        kind = kind_field.value.strip()
        if not kind or (self._kinds and kind not in self._kinds):
            known = ", ".join(one.name for one in self._kinds.values())
            kind_field.complain(f"It can be: {known}" if known else "Say which kind to start")
            kind_field.focus_input()
            return None
        given = self._read()
        lacks = self._lacking(kind, given or {})
        if given is not None and lacks:
            input_field.complain(f"It has to be given {lacks}")
        if given is None or lacks:
            input_field.focus_input()
            return None
        return SagaAnswer(kind, given, self._field("correlation").value.strip())

    def _lacking(self, kind: str, given: Mapping[str, Any]) -> str:
        """What that kind has to be given and isn't, in words."""
        known = self._kinds.get(kind)
        required = known.required if known is not None else ()
        return ", ".join(words.name(one) for one in required if one not in given)

    def _read(self) -> dict[str, Any] | None:
        """The input as typed, or None and a complaint at the field."""
        field = self._field("input")
        found, problems = parameters.parse(field.value)
        if problems:
            field.complain(problems[0].message)
            return None
        lacks = self._lacking(self.query_one(CompletingField).value.strip(), found)
        field.remark(safe_line(f"still lacks {lacks}") if lacks else "")
        return found

    def _field(self, name: str) -> Field:
        return self.query_one(f"#field-{name}", Field)
