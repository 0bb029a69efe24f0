"""Run: the parameters, checked as they are typed, and whether only to check."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, NamedTuple

from textual import on
from textual.widgets import Input

from dli_tui.domain.text import spelled_out
from dli_tui.present import parameters
from dli_tui.tui.modals.question import Plan, Question, Send
from dli_tui.tui.widgets.field import Field
from dli_tui.tui.widgets.toggle import Toggle


class RunAnswer(NamedTuple):
    """What to start a run with."""

    parameters: dict[str, Any]
    dry_run: bool


class RunQuestion(Question[RunAnswer]):
    """Answered with parameters; a dry run starts nothing."""

    def __init__(self, plan: Plan, send: Send[RunAnswer], *, of_many: bool = False) -> None:
        super().__init__(plan, send)
        self._of_many = of_many

    def fields(self) -> Iterable[Field | Toggle]:
        label = "parameters, the same for each" if self._of_many else "parameters"
        yield Field("parameters", label, hint='key=value key=value, or {"key": "value"}')
        yield Toggle("dry-run", "dry run: check only, start nothing (space)")

    def on_mount(self) -> None:
        self.watch(self.query_one(Toggle), "on", self._turned, init=False)

    def _turned(self) -> None:
        self.tell_keys()
        self._read(self.query_one("#field-parameters", Field))

    @property
    def verb(self) -> str:
        verb = super().verb
        return f"check, don't {verb}" if self.query_one(Toggle).on else verb

    def stays(self, answer: RunAnswer) -> bool:
        return answer.dry_run

    @on(Input.Changed)
    def _check(self, message: Input.Changed) -> None:
        field = self.query_one("#field-parameters", Field)
        if message.input.parent is field:
            self._read(field)

    def answer(self) -> RunAnswer | None:
        field = self.query_one("#field-parameters", Field)
        found = self._read(field)
        if found is None:
            field.focus_input()
            return None
        return RunAnswer(found, self.query_one(Toggle).on)

    def _read(self, field: Field) -> dict[str, Any] | None:
        """The parameters as typed, or None and a complaint at the field."""
        found, problems = parameters.parse(field.value)
        if problems:
            field.complain(problems[0].message)
            return None
        shown = spelled_out(json.dumps(found, ensure_ascii=False)) if found else ""
        only = " to be checked only" if self.query_one(Toggle).on else ""
        field.remark(f"sends {shown}{only}" if shown else "")
        return found
