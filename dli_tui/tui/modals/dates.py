"""From which day to which: a small form that sends nothing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Input

from dli_tui.present import dates
from dli_tui.tui import keys
from dli_tui.tui.looks import Tone
from dli_tui.tui.modals.leaving import Leaving
from dli_tui.tui.widgets.field import Field
from dli_tui.tui.widgets.oneline import Bit, OneLine
from dli_tui.tui.widgets.toosmall import TooSmall

Range = tuple[date | None, date | None]
_HINT = "2026-11-20, today, 7d for a week ago; empty: open"


class DatesForm(Leaving[Range | None]):
    """Answered with two days, each of which may be open; None when it was left."""

    BINDINGS: ClassVar[list[BindingType]] = [*keys.fixed(keys.Place.QUESTION)]
    AUTO_FOCUS = ""

    def __init__(self, known: Range, today: date, zone: str = "UTC") -> None:
        super().__init__()
        self._known = known
        self._today = today
        self._zone = zone

    def compose(self) -> ComposeResult:
        with Vertical(id="question"):
            yield OneLine(id="question-title")
            yield from self._fields()
            yield OneLine(id="question-keys")
        yield TooSmall()

    def _fields(self) -> Iterable[Field]:
        for name, day in zip(("from", "to"), self._known, strict=True):
            yield Field(name, name, value="" if day is None else str(day), hint=_HINT)

    def on_mount(self) -> None:
        said = f"  of the slot, else of the start, in {self._zone}"
        title = [Bit("Runs of which dates?", bold=True), Bit(said, Tone.MUTED)]
        self.query_one("#question-title", OneLine).tell(title)
        self.query_one("#question-keys", OneLine).tell(
            [
                Bit(" enter", Tone.RUNNING, bold=True, action="screen.submit"),
                Bit(" show them  ", Tone.MUTED, action="screen.submit"),
                Bit(" esc", Tone.RUNNING, bold=True, action="screen.leave"),
                Bit(" cancel", Tone.MUTED, action="screen.leave"),
            ]
        )
        self._field("from").focus_input()

    def _field(self, name: str) -> Field:
        return self.query_one(f"#field-{name}", Field)

    @on(Input.Submitted)
    def _submitted(self, message: Input.Submitted) -> None:
        message.stop()
        self.action_submit()

    def action_submit(self) -> None:
        days = [self._day("from"), self._day("to")]
        wrong = [field for field, _, problem in days if problem]
        for field, _, problem in days:
            field.complain(problem)
        (_, start, _), (last, end, _) = days
        if not wrong and start is not None and end is not None and end < start:
            last.complain(f"That is before {start}, where it begins")
            wrong = [last]
        if wrong:
            wrong[0].focus_input()
        else:
            self.leave((start, end))

    def _day(self, name: str) -> tuple[Field, date | None, str]:
        """A field, the day in it, and what is wrong with what was typed."""
        field = self._field(name)
        day = dates.read(field.value, self._today)
        is_wrong = field.value.strip() and day is None
        return field, day, dates.why_not(field.value) if is_wrong else ""

    def action_page(self, by: int) -> None:
        """There is no plan to read on in."""

    def action_leave(self) -> None:
        self.leave(None)
