"""What a person does: a key, a question that shows the plan, one request, a result for each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, Generic, NamedTuple, TypeAlias, TypeVar

from rich.text import Text

from dli_tui.domain.errors import AnswerLostError, DLIError
from dli_tui.domain.request_id import new_request_id, request_id
from dli_tui.domain.text import safe_line
from dli_tui.present import words
from dli_tui.present.rows import StepRow, WorkflowRow
from dli_tui.tui import hints, late
from dli_tui.tui.unconfirmed import unconfirmed_lines, unconfirmed_text
from dli_tui.tui.widgets.toosmall import is_too_small

if TYPE_CHECKING:
    from textual.notifications import SeverityLevel

    from dli_tui.domain.query import BackfillChoice
    from dli_tui.domain.run import WorkflowRun
    from dli_tui.domain.workflow import WorkflowInfo
    from dli_tui.session.session import Session
    from dli_tui.tui.app import Dashboard
    from dli_tui.tui.modals.question import Question
    from dli_tui.tui.opening import Where
    from dli_tui.tui.permits import Objection
    from dli_tui.tui.screens.base import DashboardScreen

    Asked: TypeAlias = Question[Any] | str

Answer = TypeVar("Answer")
Progress = Callable[[int], None]
"""Told how many of the things that were asked for are through."""


READ_ONLY: Final = (
    "READ-ONLY: nothing can be changed from here. "
    "Leave out --read-only, or use a profile without read_only."
)


class Told(NamedTuple):
    """What became of one of the things that were asked for."""

    name: str
    ok: bool
    words: str
    hint: str = ""
    unsure: bool = False
    """Whether it may have been done all the same, as its answer was lost."""

    @property
    def failed(self) -> bool:
        """Whether it surely was not done."""
        return not self.ok and not self.unsure


class Target(NamedTuple):
    """One workflow, and the run of it that is meant, as they were when the key was pressed."""

    row: WorkflowRow
    run: WorkflowRun | None
    hidden: bool = False
    """Whether a filter hides it."""
    info: WorkflowInfo | None = None
    """All that the list knows of it."""


class Frozen(NamedTuple):
    """What a deed is meant for. Nothing that moves behind the question changes it."""

    fit: Sequence[Target]
    left_out: Sequence[tuple[Target, Objection]]
    where: Where
    now: datetime
    dates: BackfillChoice | None = None
    """The dates that are meant, where the screen is about some."""
    says: str = ""
    """What there is to know besides."""
    step: StepRow | None = None
    """The step that is meant, where it is about one of several."""

    @property
    def hidden(self) -> int:
        """How many of those that fit can't be seen just now."""
        return sum(target.hidden for target in self.fit)


def called(targets: Sequence[Target]) -> list[str]:
    """What each is called: by its workflow, and by its date where a workflow is there twice."""
    often = Counter(target.row.key for target in targets)
    return [
        target.row.name if often[target.row.key] == 1 else f"{target.row.name} {_which(target)}"
        for target in targets
    ]


def _which(target: Target) -> str:
    run = target.run
    if run is None:
        return words.NOTHING
    if run.slot is None:
        return words.name(run.run_id)
    return words.moment(run.slot, "UTC" if target.info is None else target.info.display_zone)


class Sending(Generic[Answer]):
    """One request for each target. What was done is never sent again, what failed may be; what
    may have been done is not sent again together with what failed."""

    def __init__(
        self,
        targets: Sequence[Target],
        call: Callable[[Target, Answer], Awaitable[str]],
        *,
        rehearses: Callable[[Answer], bool] = lambda _answer: False,
    ) -> None:
        self._left = list(range(len(targets)))
        self._ids: dict[tuple[int, str], str] = {}
        self._targets = targets
        self._names = called(targets)
        self._call = call
        self._rehearses = rehearses
        """Whether an answer only tries, so that nothing is done by it."""

    async def __call__(self, answer: Answer, progress: Progress) -> Sequence[Told]:
        """Send what is left, and tell what became of each."""
        through = 0

        async def one(place: int) -> str:
            nonlocal through
            try:
                # What is confirmed once is one request, however often it is sent.
                wish = self._ids.setdefault((place, repr(answer)), new_request_id())
                with request_id(wish):
                    return await self._call(self._targets[place], answer)
            finally:
                through += 1
                progress(through)

        outcomes = await late.each()(self._left, one)
        told = [_told(self._names[one.item], one.result, one.error) for one in outcomes]
        if not self._rehearses(answer):
            # Of a single one it has been said that it may have been done: who sends it means it.
            alone = len(self._targets) == 1
            pairs = zip(outcomes, told, strict=True)
            self._left = [one.item for one, its in pairs if its.failed or (its.unsure and alone)]
        return told


def once(
    name: str, call: Callable[[Answer], Awaitable[str]]
) -> Callable[[Answer, Progress], Awaitable[Sequence[Told]]]:
    """One request about one thing that is no workflow of the list; `name` is what it is called.

    The same answer is sent under the same id until it has succeeded.
    """
    ids: dict[str, str] = {}

    async def send(answer: Answer, _progress: Progress) -> Sequence[Told]:
        key = repr(answer)
        try:
            with request_id(ids.setdefault(key, new_request_id())):
                result = await call(answer)
        except DLIError as error:
            return [_told(name, None, error)]
        ids.pop(key, None)
        return [_told(name, result, None)]

    return send


class Deeds:
    """Begins what a key asks for; lives with the app, so a covered screen loses nothing."""

    def __init__(self, app: Dashboard) -> None:
        self._app = app
        self._drafts: dict[str, dict[str, dict[str, str]]] = {}
        self.under_way: list[str] = []
        """What is being sent just now, by the titles of the questions."""
        self._warned = False

    @property
    def drafts(self) -> dict[str, dict[str, str]]:
        """What was typed in a form that was left, by question; each place has its own."""
        return self._drafts.setdefault(self._app.opening.where.name, {})

    def begin(self, deed: str, screen: DashboardScreen) -> None:
        """Ask about a deed, unless something speaks against it: then say what."""
        self.ask(screen, lambda session: self._asked(deed, session, screen))

    def ask(self, screen: DashboardScreen, make: Callable[[Session], Asked]) -> None:
        """Ask what `make` makes: a question, or in words why there is none."""
        session = self.writable(screen)
        # Two clicks may be under way when the first of them opens the question.
        if session is not None and self._app.screen is screen:
            asked = make(session)
            if isinstance(asked, str):
                screen.say(asked, wrong=True)
            else:
                self._app.push_screen(asked)

    def writable(self, screen: DashboardScreen) -> Session | None:
        """The session, where something may be changed; where not, it is said why."""
        session = screen.session
        if session is None:
            screen.say("Still connecting; try again in a moment", wrong=True)
        elif session.read_only:
            screen.say(READ_ONLY, wrong=True)
            return None
        return session

    def edit(self, screen: DashboardScreen) -> None:
        """Take what the workflow that is meant does to the editor."""
        row, session = screen.pointed, self.writable(screen)
        if row is None:
            screen.say("There is no workflow here to change", wrong=True)
        elif session is not None:
            late.editing().configuration(self._app, session, row.key)

    def _asked(self, deed: str, session: Session, screen: DashboardScreen) -> Asked:
        of_nothing = late.questions().OF_NOTHING.get(deed)
        if of_nothing is not None:
            question: Question[Any] = of_nothing(session, self._app.opening.where)
            return question
        return self._of_workflows(deed, session, screen)

    def _of_workflows(self, deed: str, session: Session, screen: DashboardScreen) -> Asked:
        if not screen.targets:
            return "There is no workflow here to do that to"
        questions = late.questions()
        permit = questions.PERMITS[deed]
        fit: list[Target] = []
        left_out: list[tuple[Target, Objection]] = []
        for target in self._targets(deed, session, screen):
            problem = permit(target.info, target.run)
            if problem is None:
                fit.append(target)
            else:
                left_out.append((target, problem))
        if not fit:
            return self._why_not(deed, left_out)
        where, dates = self._app.opening.where, screen.dates
        says, step = screen.says(deed), screen.step_meant(deed)
        frozen = Frozen(fit, left_out, where, screen.now(), dates, says, step)
        question: Question[Any] = questions.QUESTIONS[deed](session, frozen)
        return question

    def _targets(self, deed: str, session: Session, screen: DashboardScreen) -> list[Target]:
        shown = {row.key for row in self._app.listing.shown} if screen.hidden else None
        known = session.workflows.rows
        return [
            Target(row, run, shown is not None and row.key not in shown, known.get(row.key))
            for row, run in screen.meant(deed)
        ]

    def _why_not(self, deed: str, left_out: Sequence[tuple[Target, Objection]]) -> str:
        target, problem = left_out[0]
        what = target.row.name
        if len(left_out) > 1:
            what = f"any of these {len(left_out)}. {what}"
        return f"Can't {deed} {what}: {problem.why}. {self.hint(problem.hint)}".rstrip()

    def hint(self, hint: str) -> str:
        """What helps, by the keys of this person."""
        return hints.in_keys(hint, self._app.keymap.spelled)

    def dialog_hint(self, hint: str) -> str:
        """The same where a dialog is open."""
        return hints.in_keys(hint, self._app.keymap.spelled, in_dialog=True)

    @contextmanager
    def sending(self, title: str) -> Iterator[None]:
        """Something is being sent as long as this lasts."""
        self.under_way.append(title)
        try:
            yield
        finally:
            self.under_way.remove(title)
            self._warned = False

    def quit(self) -> None:
        """End the dashboard; only for a user who confirms that while a write is being sent or is
        unconfirmed, or a backfill is kept going."""
        session = self._app.bridge.session
        kept = session.sequences.under_way if session is not None else ()
        unconfirmed = unconfirmed_lines(session)
        needs_question = bool(kept or unconfirmed)
        if needs_question and not is_too_small(self._app.size):
            late.ask_to_quit(self._app, kept, self.under_way, unconfirmed)
        elif not self.under_way and (not needs_question or self._warned):
            self._app.exit()
        elif not self.under_way:
            # There is no room for a question: who presses it again means it.
            self._warned = True
        elif self._warned:
            told = f"Left before the answer came: {self._sent_now}. Look whether it was done."
            self._app.exit(message=Text(told))
        else:
            self._warned = True
            self._app.notify(
                f"Still sending: {self._sent_now}. Quit again to leave without the answer.",
                severity="warning",
                markup=False,
            )

    def tell_unconfirmed(self) -> None:
        """Show the list of unconfirmed writes."""
        if text := unconfirmed_text(self._app.bridge.session):
            self._app.notify(text, severity="warning", markup=False)

    @property
    def _sent_now(self) -> str:
        return safe_line(", ".join(title.rstrip("?") for title in self.under_way), 200)

    def note(self, told: Sequence[Told], title: str = "") -> None:
        """Tell what became of what was sent."""
        bad = [one for one in told if not one.ok]
        if bad:
            more = f" and {len(bad) - 1} more" if len(bad) > 1 else ""
            words = f"{bad[0].name}: {bad[0].words}{more}. {self.hint(bad[0].hint)}"
        else:
            asked = f"{title.rstrip('?')}: " if title else ""
            words = told[0].words if len(told) == 1 else f"{asked}done, all {len(told)}"
        severity: SeverityLevel = "information" if not bad else "warning"
        if any(one.failed for one in bad):
            severity = "error"
        self._app.notify(safe_line(words, 400), severity=severity, markup=False)

    def let_go(self) -> None:
        """What was selected for a deed has had it: the next deed is asked for anew."""
        if self._app.front is not None:
            self._app.front.let_go()

    def look_again(self) -> None:
        """Have the screen in front ask for what has changed."""
        if self._app.front is not None:
            self._app.front.action_refresh()


def _told(name: str, result: str | None, error: DLIError | None) -> Told:
    if error is None:
        return Told(name, True, result or "done")  # noqa: FBT003 - a field of a tuple
    unsure = isinstance(error, AnswerLostError)
    words = f"[{error.code}] {error.message}"
    return Told(name, False, words, error.hint, unsure)  # noqa: FBT003 - as above
