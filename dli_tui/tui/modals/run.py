"""Run: the parameters, checked as they are typed, and whether only to check."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from textual import on
from textual.widgets import Input

from dli_tui.present import parameters
from dli_tui.tui.modals.question import Question
from dli_tui.tui.widgets.field import Field
from dli_tui.tui.widgets.toggle import Toggle


class RunAnswer(NamedTuple):
    """What to start a run with."""

    parameters: dict[str, Any]
    dry_run: bool


class RunQuestion(Question[RunAnswer]):
    """Answered with parameters; a dry run starts nothing."""

    def fields(self) -> Iterable[Field | Toggle]:
        yield Field("parameters", "parameters", hint='key=value key=value, or {"key": "value"}')
        yield Toggle("dry run: check only, start nothing", id="dry-run")

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
        return RunAnswer(found, self.query_one("#dry-run", Toggle).on)

    def _read(self, field: Field) -> dict[str, Any] | None:
        """The parameters as typed, or None and a complaint at the field."""
        found, problems = parameters.parse(field.value)
        field.complain(problems[0].message if problems else "")
        return None if problems else found
