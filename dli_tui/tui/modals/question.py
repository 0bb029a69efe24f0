"""The base of all questions: one plan, the fields that it needs, one typed answer.

The plan is frozen as it opens: whatever moves on the screens behind, what is shown is what
will be sent. A refusal keeps the form as it was typed; leaving a form that was typed in keeps
a draft.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar, Generic, NamedTuple, TypeVar, cast

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widget import Widget
from textual.widgets import Input

from dli_tui.domain.errors import InternalError
from dli_tui.tui import keys
from dli_tui.tui.breakage import start_worker
from dli_tui.tui.deeds import Progress, Told
from dli_tui.tui.looks import Tone
from dli_tui.tui.modals import around, drafts, results
from dli_tui.tui.modals.leaving import Leaving
from dli_tui.tui.widgets.field import Field
from dli_tui.tui.widgets.lines import Piece
from dli_tui.tui.widgets.oneline import Bit, OneLine
from dli_tui.tui.widgets.page import Page, Text
from dli_tui.tui.widgets.saying import Saying
from dli_tui.tui.widgets.toosmall import TooSmall

if TYPE_CHECKING:
    from dli_tui.tui.app import Dashboard

Answer = TypeVar("Answer")

Send = Callable[[Answer, Progress], Awaitable[Sequence[Told]]]
"""Sends what was answered, once, and tells what became of each."""


class Plan(NamedTuple):
    """What is going to happen, as it was when the question opened."""

    id: str
    """Which question about what: a draft is kept under it."""
    title: str
    lines: Sequence[Text]
    verb: str
    """What enter does: `pause 3`."""
    targets: int = 1
    """How many things it is done to."""
    confirm: str = ""
    """What has to be typed before it is sent; empty: nothing."""
    confirm_label: str = ""
    destroys: bool = False
    """Whether something is lost that can't be had back."""


class Question(Leaving[bool], Generic[Answer]):
    """Asks, sends, and tells what became of it. True when something was sent."""

    BINDINGS: ClassVar[list[BindingType]] = [*keys.fixed(keys.Place.QUESTION)]
    AUTO_FOCUS = ""
    is_whole = True
    """Whether the plan says all that it will; nothing is sent before."""
    is_stuck = False
    """Whether the plan lacks what may come when it is asked for again."""
    plan_has_keys: ClassVar[bool] = True
    """Whether a plan that is longer than its room is a pane to go to."""
    is_of_place: ClassVar[bool] = True
    """Whether it is about the place that is looked at."""
    once_done: ClassVar[str] = ""
    """What can't be changed any more once some of it was done."""
    height_above: ClassVar[int] = 0
    """Lines of what stands over the plan."""

    def __init__(self, plan: Plan, send: Send[Answer]) -> None:
        super().__init__()
        self.plan = plan
        self._send = send
        self._sending = False
        self._done: Sequence[Told] = ()
        self._is_unsure = False
        """Whether the one thing that was asked for may have been done: its answer was lost."""
        self._lines: Sequence[Text] = ()
        """The plan, or what became of it once it was sent."""
        self._through = 0
        self._overflows = False
        self._was_hurried = False
        """Whether it was last said that an enter came too soon."""
        self._shown = around.Shown()

    @property
    def dash(self) -> Dashboard:
        """The app, by its own type."""
        return cast("Dashboard", self.app)

    # What a question says of itself

    def above(self) -> Iterable[Widget]:
        """What stands over the plan."""
        return ()

    def middle(self) -> Widget:
        """The plan, and what stands beside it."""
        return Page(id="plan")

    def fields(self) -> Iterable[Widget]:
        """The fields to fill in."""
        return ()

    def answer(self) -> Answer | None:
        """The answer, or None where a field is wrong: the field says so itself."""
        raise NotImplementedError

    @property
    def verb(self) -> str:
        """What enter does."""
        if self.failed:
            return f"try the {len(self.failed)} that failed again"
        return f"{self.plan.verb} all the same" if self._is_unsure else self.plan.verb

    def stays(self, _answer: Answer) -> bool:
        """Whether the form stays open after `answer` went well."""
        return False

    def focus_first(self) -> None:
        """Go where the person begins."""
        for field in self.query(Field):
            if field.display:
                field.focus_input()
                break

    def freeze(self, *, is_frozen: bool) -> None:
        """Let nothing be chosen anew, for it is being sent or was; or let it again."""

    def ask_again(self) -> None:
        """Ask for what the plan lacks."""

    def drafted(self) -> dict[str, str]:
        """What somebody changed, for a draft."""
        return drafts.typed(self)

    def restore(self, draft: Mapping[str, str]) -> bool:
        """Put a draft back; whether there was one."""
        return drafts.restore(self, draft)

    def more_keys(self) -> Iterable[tuple[str, str]]:
        """Keys of what is in focus, and what they do."""
        return ()

    def say_why_not(self) -> None:
        """Somebody wants to go on before there is anything to go on with."""

    def went_well(self) -> None:
        """It was done, and this has been left."""

    def fit_plan(self, page: Page, room: int) -> int:
        """Let the plan be as high as what it says, at most `room`; how high it is now."""
        height = max(1, min(page.count, room))
        page.styles.height = height
        return height

    # Frame

    def compose(self) -> ComposeResult:
        with Vertical(id="question"):
            yield OneLine(id="question-title")
            yield from self.above()
            yield self.middle()
            with around.Form(id="form"):
                yield from self.fields()
                yield Field("confirm", self.plan.confirm_label)
                yield Saying(id="refusal")
            yield OneLine(id="question-keys")
        yield TooSmall()

    def on_mount(self) -> None:
        self.set_class(self.is_of_place and self.dash.opening.where.production, "-production")
        self.set_class(self.plan.destroys, "-destructive")
        self._tell_title(self.plan.title)
        self._tell_confirm()
        self._show(self.plan.lines)
        is_back = self.restore(self.dash.deeds.drafts.pop(self.plan.id, {}))
        if is_back:
            self._say("Your draft is back; ctrl+u empties a line", Tone.MUTED)
        self.tell_keys()
        self.focus_first()
        if is_back:
            self.call_after_refresh(drafts.select, self)
        self.call_after_refresh(self._painted)

    def replan(self, plan: Plan) -> None:
        """Put what has been found out meanwhile into the plan; it has to be read anew."""
        if plan == self.plan:
            return
        self.plan = plan
        self._tell_confirm()
        self._show(plan.lines)
        self.fit()
        self._painted()

    def _tell_confirm(self) -> None:
        field = self.query_one("#field-confirm", Field)
        field.display = bool(self.plan.confirm)
        field.relabel(self.plan.confirm_label)

    def _show(self, lines: Sequence[Text]) -> None:
        self._lines = lines
        self.query_one("#plan", Page).tell(lines)

    def _tell_title(self, title: str) -> None:
        where = self.dash.opening.where if self.is_of_place else None
        tone = Tone.FAILED if self.plan.destroys else Tone.PLAIN
        self.query_one("#question-title", OneLine).tell(*around.title(title, where, tone))

    def on_resize(self) -> None:
        self.set_class(self.size.height < around.TIGHT_ROWS, "-tight")
        self.call_after_refresh(self.fit)

    def fit(self) -> None:
        """Give the plan the height that it needs, as far as the form leaves it."""
        if not self.is_current:
            return
        page, form = self.query_one("#plan", Page), self.query_one("#form")
        frame = around.frame(is_tight=self.has_class("-tight"))
        others = form.outer_size.height + self.height_above + frame
        height = self.fit_plan(page, self.size.height - others)
        self._overflows = page.count > height
        page.can_focus = self._overflows and self.plan_has_keys
        self.tell_keys()

    def tell_keys(self) -> None:
        """Say what the keys do now."""
        if self._sending:
            bits = [Bit(self._sent_so_far, Tone.RUNNING), *around.key("esc", "don't wait", "leave")]
        else:
            bits = [*around.key("esc", "close" if self._done else "cancel", "leave")]
            if (self.is_whole or self.is_stuck) and not self._is_through:
                verb = self.verb if self.is_whole else "ask again"
                tone = Tone.FAILED if self.plan.destroys else Tone.MUTED
                bits = [*around.key("enter", verb, "submit", tone), *bits]
        if self._overflows:
            bits += around.key("pgdn", "read on", "page(1)")
        bits += around.told(() if self._sending else self.more_keys())
        self.query_one("#question-keys", OneLine).tell(bits)

    @property
    def _sent_so_far(self) -> str:
        count = len(self.failed) if self._done else self.plan.targets
        return f" sending {self._through} of {count} …" if count > 1 else " sending …"

    def _say(self, text: str, tone: Tone = Tone.FAILED, hint: str = "") -> None:
        self._was_hurried = False
        self.query_one("#refusal", Saying).tell(results.said(text, tone, hint))

    @property
    def is_settled(self) -> bool:
        """Whether what stands there is being sent or was: then nothing is planned anew."""
        return self._sending or bool(self._done)

    @property
    def failed(self) -> tuple[Told, ...]:
        """What was not done."""
        return tuple(told for told in self._done if told.failed)

    @property
    def _is_through(self) -> bool:
        """Whether nothing is left to send, though not all of it is known to be done."""
        return bool(self._done) and not self.failed

    # Time to read

    def _painted(self) -> None:
        self._shown.painted(self._passed())

    def _passed(self) -> float:
        session = self.dash.bridge.session
        return session.pace.passed() if session is not None else 0.0

    def _is_read(self) -> bool:
        """Whether what stands there could be read; who holds enter down never sends by that."""
        soon = not self._shown.is_read(self._passed())
        if soon:
            self._painted()
            self._say("That came too soon to be read; press it again to go on", Tone.LATE)
            self._was_hurried = True
        return not soon

    @on(Input.Changed)
    def _typed_on(self) -> None:
        if self._was_hurried:
            self._say("")

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

    def action_page(self, by: int) -> None:
        self.query_one("#plan", Page).action_page(by)

    def action_submit(self) -> None:
        if self.is_stuck:
            self.ask_again()
            return
        if self._sending or self.left:
            return
        if self._is_through:
            self.action_leave()
            return
        if not self.is_whole:
            self.say_why_not()
            return
        if not self._is_read():
            return
        for field in self.query(Field):
            field.complain("")
        answer = self.answer()
        if not self._is_confirmed(at_once=answer is not None) or answer is None:
            return
        self._sending, self._through = True, 0
        self._say("")
        self.freeze(is_frozen=True)
        self.tell_keys()
        # The app's worker, not this screen's: what has been sent is seen to its end.
        start_worker(self.dash, self._see_through, answer, group="deeds")

    def _is_confirmed(self, *, at_once: bool) -> bool:
        """Whether it was typed out; where only that is missing, `at_once` goes there."""
        if not self.plan.confirm:
            return True
        field = self.query_one("#field-confirm", Field)
        if field.value.strip() == self.plan.confirm.strip():
            return True
        field.complain(f"Type {self.plan.confirm} to go on")
        if at_once:
            field.focus_input()
        return False

    async def _see_through(self, answer: Answer) -> None:
        """Send, and tell what became of it: here, or as a note if this was left meanwhile."""
        try:
            with self.dash.deeds.sending(self.plan.title):
                told = await self._send(answer, self._tell_progress)
        except Exception as error:  # noqa: BLE001 - the dialog may not wait for ever
            self.dash.breakage.keep(error)
            problem = InternalError.of(error)
            words = f"{problem.message}; what was asked for may have been done"
            hint = self.dash.breakage.hint(problem)
            told = [Told(self.plan.title, ok=False, words=words, hint=hint, unsure=True)]
        finally:
            self._sending = False
        done = all(one.ok for one in told)
        if done:
            self.dash.deeds.drafts.pop(self.plan.id, None)
        self.dash.deeds.look_again()
        if self.left or not self.is_active:
            self.dash.deeds.note(told)
        elif done and not self.stays(answer):
            self.dash.deeds.note(told, self.plan.title)
            self.dash.deeds.let_go()
            self.leave(result=True)
            self.went_well()
        else:
            self._tell_outcome(told, rehearsed=self.stays(answer))

    def _tell_progress(self, through: int) -> None:
        self._through = through
        if not self.left and self.is_attached:
            self.tell_keys()

    def _tell_outcome(self, told: Sequence[Told], *, rehearsed: bool) -> None:
        """Tell here what became of it, and let it be tried again."""
        tone = results.tone(told)
        self._is_unsure = len(told) == 1 and told[0].unsure
        page, lines = (
            self.query_one("#plan", Page),
            results.lines(told, self.dash.deeds.dialog_hint),
        )
        if len(told) == 1:
            self._say(told[0].words, tone, self.dash.deeds.dialog_hint(told[0].hint))
        else:
            hint = "" if rehearsed else self.once_done
            self._say(results.summed_up(told, rehearsed=rehearsed), tone, hint)
        if rehearsed and len(told) > 1:
            # Nothing was done, so the plan stands as it did, and all of it is still to be sent.
            page.tell([*self._lines, (), (Piece(f"  {results.REHEARSED}", Tone.MUTED),), *lines])
        elif len(told) > 1 or self._done:
            self._done = told
            self._show(lines)
            page.go_to(0)
        self.freeze(is_frozen=self.is_settled)
        self.fit()
        self._painted()

    def action_leave(self) -> None:
        if self.left:
            return
        typed = self.drafted()
        if typed and not self._done:
            self.dash.deeds.drafts[self.plan.id] = typed
        if self._sending:
            self.dash.notify("Not waiting; a notice comes when it is answered", markup=False)
        elif typed and not self._done:
            kept = "Kept as a draft: ask the same again to get it back"
            self.dash.notify(kept, timeout=around.KEPT_SECONDS, markup=False)
        self.leave(result=bool(self._done or self._sending))
