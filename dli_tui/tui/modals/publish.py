"""Publish an event: what happened, to what, and what goes with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from textual import on
from textual.widget import Widget
from textual.widgets import Input

from dli_tui.present import parameters
from dli_tui.tui.modals.question import Plan, Question, Send
from dli_tui.tui.widgets.field import Field
from dli_tui.tui.widgets.page import Text
from dli_tui.tui.widgets.rowfield import RowField


class EventAnswer(NamedTuple):
    """What to tell."""

    kind: str
    data: dict[str, Any]
    aggregate_type: str
    aggregate_id: str
    correlation: str


class PublishQuestion(Question[EventAnswer]):
    """Answered with an event; the plan shows it as it will be sent."""

    def __init__(
        self,
        plan: Plan,
        send: Send[EventAnswer],
        lines: Callable[[EventAnswer], Sequence[Text]],
    ) -> None:
        super().__init__(plan._replace(lines=lines(EventAnswer("", {}, "", "", ""))), send)
        self._lines_for = lines

    def fields(self) -> Iterable[Widget]:
        yield RowField("type", "event", hint="what happened: workflow.completed")
        yield RowField("data", "data", hint='key=value key=value, or {"key": "value"}')
        yield RowField("kind", "about a", hint="workflow, for example (may stay empty)")
        yield RowField("which", "its id", hint="which one of them (may stay empty)")
        yield RowField("correlation", "belongs to", hint="a run or a saga (may stay empty)")

    @on(Input.Changed)
    def _typed(self) -> None:
        self.replan(self.plan._replace(lines=self._lines_for(self._filled(self._read() or {}))))

    def answer(self) -> EventAnswer | None:
        data = self._read()
        kind = self._field("type")
        if not kind.value.strip():
            kind.complain("Say what happened")
            kind.focus_input()
            return None
        if data is None:
            self._field("data").focus_input()
            return None
        return self._filled(data)

    def _filled(self, data: dict[str, Any]) -> EventAnswer:
        kind, about, which, correlation = (
            self._field(name).value.strip() for name in ("type", "kind", "which", "correlation")
        )
        return EventAnswer(kind, data, about, which, correlation)

    def _read(self) -> dict[str, Any] | None:
        """The data as typed, or None and a complaint at the field."""
        field = self._field("data")
        found, problems = parameters.parse(field.value)
        field.complain(problems[0].message if problems else "")
        return None if problems else found

    def _field(self, name: str) -> Field:
        return self.query_one(f"#field-{name}", Field)
