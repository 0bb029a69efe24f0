"""New from a template: a name, what the template leaves open, and when it runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import ClassVar, Final, NamedTuple

from textual import events, on
from textual.widget import Widget
from textual.widgets import Input

from dli_tui.domain import cron
from dli_tui.domain.ids import WorkflowKey
from dli_tui.present import filling, words
from dli_tui.present.besides import OpenField, TemplateSheet
from dli_tui.tui.breakage import start_worker
from dli_tui.tui.modals.question import Plan, Question, Send
from dli_tui.tui.widgets.field import Field
from dli_tui.tui.widgets.page import Page, Text
from dli_tui.tui.widgets.rowfield import RowField
from dli_tui.tui.widgets.secretfield import SecretField
from dli_tui.tui.widgets.toggle import Toggle

_COLUMNS: Final = ("-wide", "-ultra")
"""Where the plan stands beside the form."""


class TemplateAnswer(NamedTuple):
    """What was filled in."""

    name: str
    description: str
    cron: str
    is_scheduled: bool
    takes_uploads: bool
    extensions: str
    """As they were typed."""
    values: dict[str, str]
    """What was typed into the fields of the template, by their raw names."""


class Form(NamedTuple):
    """What the form has to know of the place."""

    why_not_a_name: Callable[[str], str | None]
    is_taken: Callable[[str], bool]
    lines: Callable[[TemplateAnswer], Sequence[Text]]
    """What will be made of what stands in the fields."""


class TemplateQuestion(Question[TemplateAnswer]):
    """Answered with what the template leaves open; the plan follows what is typed."""

    CSS_PATH: ClassVar = ["modals.tcss", "fromtemplate.tcss"]

    def __init__(
        self, plan: Plan, send: Send[TemplateAnswer], sheet: TemplateSheet, form: Form
    ) -> None:
        begin = TemplateAnswer(
            *("", "", sheet.cron, sheet.is_scheduled, sheet.takes_uploads, sheet.extensions),
            values={one.raw: one.default for one in sheet.fields},
        )
        super().__init__(plan._replace(lines=form.lines(begin)), send)
        self._sheet = sheet
        self._form = form
        self.made: WorkflowKey | None = None
        """The workflow that was made."""

    def fields(self) -> Iterable[Widget]:
        sheet = self._sheet
        yield RowField("name", "workflow", hint="a name for the new workflow")
        yield RowField("description", "description", hint="may stay empty")
        for place, one in enumerate(sheet.fields):
            kind = SecretField if one.is_secret else RowField
            yield kind(f"value-{place}", one.name, value=one.default, hint=_hint(one))
        yield RowField("cron", "cron", value=sheet.cron, hint="may stay empty, or 0 9 * * 1")
        yield Toggle("scheduled", "run by that schedule (space)", on=sheet.is_scheduled)
        yield Toggle("uploads", "run when a file is uploaded (space)", on=sheet.takes_uploads)
        hint = "pdf,docx,csv (empty: of any kind)"
        yield RowField("extensions", "kinds of file", value=sheet.extensions, hint=hint)

    def on_mount(self) -> None:
        self._field("extensions").display = self._is_on("uploads")
        for toggle in self.query(Toggle):
            self.watch(toggle, "on", self._typed, init=False)

    def fit_plan(self, page: Page, room: int) -> int:
        if not any(self.has_class(one) for one in _COLUMNS):
            return super().fit_plan(page, room)
        page.styles.height = "100%"
        return page.size.height

    # What is typed

    @on(Input.Changed)
    def _typed(self) -> None:
        """Say in the plan what will be made of what stands in the fields now."""
        filled = self._filled()
        self._field("extensions").display = filled.takes_uploads
        self._field("name").complain(self._wrong_name(filled.name) if filled.name else "")
        self.replan(self.plan._replace(lines=self._form.lines(filled)))

    @on(events.DescendantFocus)
    def _tell_what_for(self) -> None:
        """Say what a field is for that somebody is in, where its value hides that."""
        for place, one in enumerate(self._sheet.fields):
            field = self._field(f"value-{place}")
            if not field.is_wrong:
                is_hidden = field.has_focus_within and one.says and field.value
                field.remark(one.says if is_hidden else "")

    def answer(self) -> TemplateAnswer | None:
        wrong = list(self._problems())
        for field, problem in wrong:
            field.complain(problem)
        if wrong:
            wrong[0][0].focus_input()
            return None
        return self._filled()

    def went_well(self) -> None:
        dash, session, key = self.dash, self.dash.bridge.session, self.made
        if session is None or key is None:
            return

        async def go_there() -> None:
            await session.workflows.refresh()
            dash.open_workflow(key, words.name(key.name))

        start_worker(dash, go_there, group="going")

    def _filled(self) -> TemplateAnswer:
        return TemplateAnswer(
            name=self._value("name"),
            description=self._value("description"),
            cron=self._value("cron"),
            is_scheduled=self._is_on("scheduled"),
            takes_uploads=self._is_on("uploads"),
            extensions=self._value("extensions"),
            values={
                one.raw: self._value(f"value-{place}")
                for place, one in enumerate(self._sheet.fields)
            },
        )

    def _problems(self) -> Iterable[tuple[Field, str]]:
        """The fields that are wrong, from the top, each with what is wrong."""
        filled = self._filled()
        wrong = self._wrong_name(filled.name)
        if wrong:
            yield self._field("name"), wrong
        for place, one in enumerate(self._sheet.fields):
            if one.is_needed and not filled.values[one.raw]:
                yield self._field(f"value-{place}"), "Fill it in: the template's steps use it"
        if filled.is_scheduled and not filled.cron:
            yield self._field("cron"), "Type a schedule, or turn it off below"
        elif filled.cron:
            try:
                cron.check(filled.cron)
            except cron.InvalidCronError as error:
                yield self._field("cron"), error.message
        if filled.takes_uploads and (unread := filling.extensions(filled.extensions)[1]):
            yield self._field("extensions"), unread

    def _wrong_name(self, name: str) -> str:
        if not name:
            return "Give the new workflow a name"
        reason = self._form.why_not_a_name(name)
        if reason is not None:
            return f"This can be no name: {reason}"
        return "There is a workflow of that name already" if self._form.is_taken(name) else ""

    def _field(self, name: str) -> Field:
        return self.query_one(f"#field-{name}", Field)

    def _value(self, name: str) -> str:
        return self._field(name).value.strip()

    def _is_on(self, name: str) -> bool:
        return any(toggle.on for toggle in self.query(Toggle) if toggle.called == name)


def _hint(one: OpenField) -> str:
    """What a field is for, shown while it is empty."""
    told = one.says or f"used by {one.steps}"
    return told if one.is_needed else f"{told} (may stay empty)"
