"""New from a template: a name, what the template leaves open, and when it runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import ClassVar, NamedTuple

from textual import on
from textual.widget import Widget
from textual.widgets import Input

from dli_tui.domain import cron
from dli_tui.domain.ids import why_not_a_name
from dli_tui.present import words
from dli_tui.present.besides import TemplateSheet
from dli_tui.tui.modals.question import Plan, Question, Send
from dli_tui.tui.widgets.field import Field
from dli_tui.tui.widgets.page import Text
from dli_tui.tui.widgets.rowfield import RowField
from dli_tui.tui.widgets.toggle import Toggle


class TemplateAnswer(NamedTuple):
    """What was filled in."""

    name: str
    description: str
    cron: str
    is_scheduled: bool
    takes_uploads: bool
    values: dict[str, str]


class TemplateQuestion(Question[TemplateAnswer]):
    """Answered with what the template leaves open; the plan follows what is typed."""

    CSS_PATH: ClassVar = ["modals.tcss", "fromtemplate.tcss"]

    def __init__(
        self,
        plan: Plan,
        send: Send[TemplateAnswer],
        sheet: TemplateSheet,
        is_taken: Callable[[str], bool],
        lines: Callable[[TemplateAnswer], Sequence[Text]],
    ) -> None:
        empty = TemplateAnswer("", "", sheet.cron, sheet.is_scheduled, sheet.takes_uploads, {})
        super().__init__(plan._replace(lines=lines(empty)), send)
        self._sheet = sheet
        self._is_taken = is_taken
        self._lines_for = lines

    def fields(self) -> Iterable[Widget]:
        sheet = self._sheet
        yield RowField("name", "workflow", hint="a name for the new workflow")
        yield RowField("description", "description", hint="may stay empty")
        for place, name in enumerate(sheet.placeholders):
            yield RowField(f"value-{place}", words.name(name), hint="the template's steps use it")
        yield RowField("cron", "cron", value=sheet.cron, hint="may stay empty, or 0 9 * * 1")
        yield Toggle("scheduled", "run by that schedule (space)", on=sheet.is_scheduled)
        if sheet.takes_uploads:
            yield Toggle("uploads", "run when a file is uploaded (space)", on=True)

    def on_mount(self) -> None:
        for toggle in self.query(Toggle):
            self.watch(toggle, "on", self._typed, init=False)

    @on(Input.Changed)
    def _typed(self) -> None:
        """Say in the plan what will be made of what stands in the fields now."""
        filled = self._filled()
        self._field("name").complain(self._wrong_name(filled.name) if filled.name else "")
        self.replan(self.plan._replace(lines=self._lines_for(filled)))

    def answer(self) -> TemplateAnswer | None:
        wrong = list(self._problems())
        for field, problem in wrong:
            field.complain(problem)
        if wrong:
            wrong[0][0].focus_input()
            return None
        return self._filled()

    def _filled(self) -> TemplateAnswer:
        return TemplateAnswer(
            name=self._value("name"),
            description=self._value("description"),
            cron=self._value("cron"),
            is_scheduled=self._is_on("scheduled"),
            takes_uploads=self._is_on("uploads"),
            values={
                name: self._value(f"value-{place}")
                for place, name in enumerate(self._sheet.placeholders)
            },
        )

    def _problems(self) -> Iterable[tuple[Field, str]]:
        """The fields that are wrong, from the top, each with what is wrong."""
        filled = self._filled()
        wrong = self._wrong_name(filled.name)
        if wrong:
            yield self._field("name"), wrong
        for place, value in enumerate(filled.values.values()):
            if not value:
                yield self._field(f"value-{place}"), "Fill it in: the template's steps use it"
        if filled.is_scheduled and not filled.cron:
            yield self._field("cron"), "Type a schedule, or turn it off below"
        elif filled.cron:
            try:
                cron.check(filled.cron)
            except cron.InvalidCronError as error:
                yield self._field("cron"), error.message

    def _wrong_name(self, name: str) -> str:
        if not name:
            return "Give the new workflow a name"
        reason = why_not_a_name(name)
        if reason is not None:
            return f"This can be no name: {reason}"
        return "There is a workflow of that name already" if self._is_taken(name) else ""

    def _field(self, name: str) -> Field:
        return self.query_one(f"#field-{name}", Field)

    def _value(self, name: str) -> str:
        return self._field(name).value.strip()

    def _is_on(self, name: str) -> bool:
        return any(toggle.on for toggle in self.query(Toggle) if toggle.called == name)
