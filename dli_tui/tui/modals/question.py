"""The base of all questions: one plan, the fields that it needs, one typed answer.

The plan is frozen as it opens: whatever moves on the screens behind, what is shown is what
will be sent. A refusal keeps the form as it was typed; leaving a form that was typed in keeps
a draft.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar, Final, Generic, NamedTuple, TypeVar, cast

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Input

from dli_tui.domain.text import safe_line
from dli_tui.tui.deeds import Told
from dli_tui.tui.looks import Tone
from dli_tui.tui.widgets.field import Field
from dli_tui.tui.widgets.lines import Piece
from dli_tui.tui.widgets.oneline import Bit, OneLine
from dli_tui.tui.widgets.page import Page, Text

if TYPE_CHECKING:
    from dli_tui.tui.app import Dashboard

Answer = TypeVar("Answer")

MOST_PLAN_LINES: Final = 12


Send = Callable[[Answer], Awaitable[Sequence[Told]]]
"""Sends what was answered, once, and tells what became of each."""


class Plan(NamedTuple):
    """What is going to happen, as it was when the question opened."""

    id: str
    """Which question about what: a draft is kept under it."""
    title: str
    lines: Sequence[Text]
    verb: str
    """What enter does: `pause 3 schedules`."""
    confirm: str = ""
    """What has to be typed before it is sent; empty: nothing."""
    confirm_label: str = ""


class Question(ModalScreen[bool], Generic[Answer]):
    """Asks, sends, and tells what became of it. True when something was sent."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "cancel", show=False),
        Binding("ctrl+s", "submit", "send", show=False),
    ]
    AUTO_FOCUS = "Field Input, #plan"

    def __init__(self, plan: Plan, send: Send[Answer]) -> None:
        super().__init__()
        self.plan = plan
        self._send = send
        self._sending = False
        self._done: Sequence[Told] = ()

    @property
    def dash(self) -> Dashboard:
        """The app, by its own type."""
        return cast("Dashboard", self.app)

    # What a question says of itself

    def fields(self) -> Iterable[Widget]:
        """The fields to fill in."""
        return ()

    def answer(self) -> Answer | None:
        """The answer, or None where a field is wrong: the field says so itself."""
        raise NotImplementedError

    # Frame

    def compose(self) -> ComposeResult:
        with Vertical(id="question"):
            yield OneLine(id="question-title")
            yield Page(id="plan")
            yield from self.fields()
            if self.plan.confirm:
                yield Field("confirm", self.plan.confirm_label)
            yield OneLine(id="refusal")
            yield OneLine(id="question-keys")

    def on_mount(self) -> None:
        where = self.dash.opening.where
        badge = [Bit(" PROD ", Tone.FAILED, bold=True, reverse=True)] if where.production else []
        self.query_one("#question-title", OneLine).tell(
            [Bit(self.plan.title, bold=True), Bit(f"  {where.name}", Tone.MUTED)], badge
        )
        self.set_class(where.production, "-production")
        self._tell_plan(self.plan.lines)
        self._tell_keys()
        draft = self.dash.deeds.drafts.pop(self.plan.id, {})
        for field in self.query(Field):
            if field.name in draft:
                field.value = draft[field.name]
        if any(draft.values()):
            self._refuse("Your draft is back", tone=Tone.MUTED)

    def _tell_plan(self, lines: Sequence[Text]) -> None:
        page = self.query_one("#plan", Page)
        page.tell(lines)
        room = max(3, self.app.size.height - 12)
        page.styles.height = min(len(lines), MOST_PLAN_LINES, room)

    def _tell_keys(self) -> None:
        if self._done:
            bits = [*_key("esc", "close", "leave")]
            if self.failed:
                again = f"try the {len(self.failed)} that failed again"
                bits = [*_key("enter", again, "submit"), *bits]
        elif self._sending:
            bits = [Bit(" sending …", Tone.RUNNING), *_key("esc", "don't wait for it", "leave")]
        else:
            bits = [*_key("enter", self.plan.verb, "submit"), *_key("esc", "cancel", "leave")]
        self.query_one("#question-keys", OneLine).tell(bits)

    def _refuse(self, text: str, *, tone: Tone = Tone.FAILED) -> None:
        self.query_one("#refusal", OneLine).tell([Bit(safe_line(text, 400), tone)])

    @property
    def failed(self) -> tuple[Told, ...]:
        """What was not done."""
        return tuple(told for told in self._done if not told.ok)

    # Answering

    @on(Input.Submitted)
    def _submitted(self, message: Input.Submitted) -> None:
        message.stop()
        self.action_submit()

    def on_key(self, event: events.Key) -> None:
        # Without a field to type in, enter reaches nobody else.
        if event.key == "enter" and not isinstance(self.focused, Input):
            event.stop()
            self.action_submit()

    def action_submit(self) -> None:
        if self._sending or (self._done and not self.failed):
            return
        for field in self.query(Field):
            field.complain("")
        if not self._is_confirmed():
            return
        answer = self.answer()
        if answer is None:
            return
        self._sending = True
        self._refuse("")
        self._tell_keys()
        # The app's worker, not this screen's: what has been sent is seen to its end.
        self.dash.run_worker(self._see_through(answer), group="deeds")

    def _is_confirmed(self) -> bool:
        if not self.plan.confirm:
            return True
        field = self.query_one("#field-confirm", Field)
        if field.value.strip() == self.plan.confirm:
            return True
        field.complain(f"Type {self.plan.confirm} to go on")
        field.focus_input()
        return False

    async def _see_through(self, answer: Answer) -> None:
        """Send, and tell what became of it: here, or as a note if this was left meanwhile."""
        told = await self._send(answer)
        self._sending = False
        bad = [one for one in told if not one.ok]
        if not self.is_attached:
            self.dash.deeds.note(told)
        elif not bad:
            self.dash.deeds.note(told)
            self.dismiss(True)  # noqa: FBT003 - the answer of the screen
        elif len(told) == 1:
            self._refuse(f"{bad[0].words}  {bad[0].hint}")
            self._tell_keys()
        else:
            self._done = told
            self._tell_plan([_result(one) for one in told])
            self._tell_keys()

    def action_leave(self) -> None:
        typed = {field.name or "": field.value for field in self.query(Field) if field.value}
        typed.pop("confirm", None)
        if typed and not self._done and not self._sending:
            self.dash.deeds.drafts[self.plan.id] = typed
        self.dismiss(bool(self._done or self._sending))


def _result(told: Told) -> Text:
    if told.ok:
        return (Piece(f"done    {told.name}  ", Tone.COMPLETED), Piece(told.words, Tone.MUTED))
    return (Piece(f"failed  {told.name}  ", Tone.FAILED), Piece(told.words))


def _key(key: str, label: str, action: str) -> list[Bit]:
    act = f"screen.{action}"
    return [
        Bit(f" {key}", Tone.RUNNING, bold=True, action=act),
        Bit(f" {label}  ", Tone.MUTED, action=act),
    ]
