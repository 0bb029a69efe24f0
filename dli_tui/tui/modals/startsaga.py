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
from dli_tui.tui.breakage import start_worker
from dli_tui.tui.modals.question import Plan, Question, Send
from dli_tui.tui.widgets.completing import CompletingField
from dli_tui.tui.widgets.field import Field
from dli_tui.tui.widgets.page import Text
from dli_tui.tui.widgets.rowfield import RowField


class SagaAnswer(NamedTuple):
    """What to start, and with what."""

    kind: str
    given: dict[str, Any]
    correlation: str
    tenant: str = ""


class Kinds(NamedTuple):
    """The kinds that there are, and why they aren't known where they aren't."""

    kinds: Sequence[SagaKind]
    problem: Sequence[Text] = ()


class StartSagaQuestion(Question[SagaAnswer]):
    """Answered with a kind and its input, once it is known which kinds there are."""

    def __init__(
        self,
        plan: Plan,
        send: Send[SagaAnswer],
        look: Callable[[], Awaitable[Kinds]],
        lines: Callable[[Kinds, SagaKind | None, SagaAnswer], Sequence[Text]],
        sign: str,
    ) -> None:
        """`lines` is the plan once the kinds are known: of one of them, or before one is chosen,
        and of what has been filled in."""
        super().__init__(plan, send)
        self._look = look
        self._lines_for = lines
        self._told: Kinds | None = None
        self.made: tuple[str, str] | None = None
        """The saga that was started: its id, and as it is shown."""
        self._sign = sign
        self._kinds: Mapping[str, SagaKind] = {}
        self._given: dict[str, Any] = {}
        """What it is given, as far as that can be read."""
        self.is_whole = False

    def fields(self) -> Iterable[Widget]:
        hint = "type a part of it; down and tab take one"
        yield CompletingField("kind", "kind", hint=hint, sign=self._sign)
        yield RowField("input", "input", hint='key=value key=value, or {"key": "value"}')
        yield RowField("correlation", "belongs to", hint="a run, for example (may stay empty)")
        yield RowField("tenant", "tenant", hint="on whose behalf (may stay empty)")

    def on_mount(self) -> None:
        start_worker(self, self._fill_in, group="asking")

    async def _fill_in(self) -> None:
        self._told = await self._look()
        self._kinds = {kind.raw: kind for kind in self._told.kinds}
        self.is_whole = True
        self._retell()
        field = self.query_one(CompletingField)
        field.offer(list(self._kinds), lambda name: self._kinds[name].says)

    @on(Input.Changed)
    def _typed(self) -> None:
        self._given = self._read() or {}
        self._retell()

    def _retell(self) -> None:
        """Tell of the kind that is meant; all of them stand under the field while it is typed."""
        if self._told is not None and not self.left:
            filled = self._filled(self._given)
            lines = self._lines_for(self._told, self._kinds.get(filled.kind), filled)
            self.replan(self.plan._replace(lines=lines))

    def went_well(self) -> None:
        if self.made is not None:
            self.dash.open_saga(*self.made)

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
        return self._filled(given)

    def _filled(self, given: dict[str, Any]) -> SagaAnswer:
        kind = self.query_one(CompletingField).value.strip()
        correlation, tenant = (
            self._field(name).value.strip() for name in ("correlation", "tenant")
        )
        return SagaAnswer(kind, given, correlation, tenant)

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
