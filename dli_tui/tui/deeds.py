"""What a person does: a key, a question that shows the plan, one request, a result for each."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from dli_tui.domain.text import safe_line
from dli_tui.present.rows import WorkflowRow
from dli_tui.tui import late

if TYPE_CHECKING:
    from dli_tui.domain.errors import DLIError
    from dli_tui.domain.run import WorkflowRun
    from dli_tui.session.session import Session
    from dli_tui.tui.app import Dashboard
    from dli_tui.tui.opening import Where
    from dli_tui.tui.screens.base import DashboardScreen

Answer = TypeVar("Answer")


class Told(NamedTuple):
    """What became of one of the things that were asked for."""

    name: str
    ok: bool
    words: str
    hint: str = ""


class Target(NamedTuple):
    """One workflow, and the run of it that is meant, as they were when the key was pressed."""

    row: WorkflowRow
    run: WorkflowRun | None


class Frozen(NamedTuple):
    """What a deed is meant for. Nothing that moves behind the question changes it."""

    fit: Sequence[Target]
    left_out: Sequence[tuple[Target, DLIError]]
    hidden: int
    """How many of them the filter hides."""
    where: Where
    now: datetime


class Sending(Generic[Answer]):
    """One request for each target. What was done is never sent again; what failed may be."""

    def __init__(
        self, targets: Sequence[Target], call: Callable[[Target, Answer], Awaitable[str]]
    ) -> None:
        self._left = list(range(len(targets)))
        self._targets = targets
        self._call = call

    async def __call__(self, answer: Answer) -> Sequence[Told]:
        """Send what is left, and tell what became of each."""
        outcomes = await late.each()(
            self._left, lambda place: self._call(self._targets[place], answer)
        )
        self._left = [outcome.item for outcome in outcomes if not outcome.ok]
        return [_told(self._targets[one.item].row.name, one.result, one.error) for one in outcomes]


class Deeds:
    """Begins what a key asks for; lives with the app, so a covered screen loses nothing."""

    def __init__(self, app: Dashboard) -> None:
        self._app = app
        self.drafts: dict[str, dict[str, str]] = {}
        """What was typed in a form that was left, by question."""

    def begin(self, deed: str, screen: DashboardScreen) -> None:
        """Ask about a deed, unless something speaks against it: then say what."""
        session = screen.session
        if session is None:
            screen.say("Still connecting; try again in a moment", wrong=True)
        elif session.read_only:
            screen.say("READ-ONLY: nothing can be changed from here", wrong=True)
        elif not screen.targets:
            screen.say("There is no workflow here to do that to", wrong=True)
        else:
            self._app.run_worker(self._ask(deed, session, screen), group="asking", exclusive=True)

    async def _ask(self, deed: str, session: Session, screen: DashboardScreen) -> None:
        questions = late.questions()
        permit = questions.PERMITS[deed]
        fit, left_out = [], []
        for row in screen.targets:
            target = Target(row, screen.run_of(row))
            problem = permit(session.workflows.rows.get(row.key), target.run)
            if problem is None:
                fit.append(target)
            else:
                left_out.append((target, problem))
        if not fit:
            first = left_out[0][1]
            screen.say(f"{first.message}. {first.hint}", wrong=True)
            return
        frozen = Frozen(fit, left_out, screen.hidden, self._app.opening.where, screen.now())
        question = await questions.QUESTIONS[deed](session, frozen)
        self._app.push_screen(question)

    def note(self, told: Sequence[Told]) -> None:
        """Tell what became of what was sent, and look again."""
        bad = [one for one in told if not one.ok]
        if bad:
            more = f" and {len(bad) - 1} more" if len(bad) > 1 else ""
            words = f"{bad[0].name}: {bad[0].words}{more}"
        else:
            words = told[0].words if len(told) == 1 else f"Done, all {len(told)}"
        shown = safe_line(words, 300)
        self._app.notify(shown, severity="error" if bad else "information", markup=False)
        if self._app.front is not None:
            self._app.front.action_refresh()


def _told(name: str, result: str | None, error: DLIError | None) -> Told:
    if error is None:
        return Told(name, True, result or "done")  # noqa: FBT003 - a field of a tuple
    return Told(name, False, f"[{error.code}] {error.message}", error.hint)  # noqa: FBT003 - as above
