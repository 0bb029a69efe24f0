"""What all screens of the dashboard have: header, keys, notice, and the commands of everywhere."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Final, cast

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widget import Widget

from dli_tui.domain.errors import DLIError
from dli_tui.domain.ids import RunRef
from dli_tui.domain.text import safe_line
from dli_tui.tui import belonging, browsers, frame, keys
from dli_tui.tui.breakage import start_worker
from dli_tui.tui.bridge import Moved, Opened, follow
from dli_tui.tui.choices import Times, following
from dli_tui.tui.ending import EndingScreen
from dli_tui.tui.keys import Command, Scope
from dli_tui.tui.listing import run_meant
from dli_tui.tui.looks import Looks
from dli_tui.tui.widgets.oneline import OneLine
from dli_tui.tui.widgets.toosmall import TooSmall

if TYPE_CHECKING:
    from dli_tui.domain.capability import Capability
    from dli_tui.domain.errors import InternalError
    from dli_tui.domain.query import BackfillChoice
    from dli_tui.domain.run import WorkflowRun
    from dli_tui.present.rows import StepRow, WorkflowRow
    from dli_tui.session.feed import Feed
    from dli_tui.session.freshness import Freshness
    from dli_tui.session.news import News
    from dli_tui.session.session import Session
    from dli_tui.session.workflows import Workflows
    from dli_tui.tui.app import Dashboard


_MOST_SAID: Final = 200


class DashboardScreen(EndingScreen[None]):
    """A screen with a line at the top, a line of keys below, and a body between."""

    scope: ClassVar[Scope]
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings(Scope.EVERYWHERE)]
    AUTO_FOCUS = ""

    def __init__(self) -> None:
        super().__init__()
        self._follows: dict[News, Callable[[], None]] = {}
        self._opened_for: Session | None = None
        """The session that this page was last opened with."""
        self._was_covered = False
        self._offered: frozenset[Capability] | None = None
        """What the place offered when it was last looked at."""
        self.broken: InternalError | None = None
        """What broke on this screen since it was last asked to refresh."""

    @property
    def dash(self) -> Dashboard:
        """The app, by its own type."""
        return cast("Dashboard", self.app)

    @property
    def session(self) -> Session | None:
        """The live picture, once it is open."""
        return self.dash.bridge.session

    @property
    def looks(self) -> Looks:
        """What to draw with."""
        return self.dash.opening.looks

    def now(self) -> datetime:
        """The hour of the place that is looked at."""
        if self.session is None:
            raise RuntimeError("nothing is told before the session is open")
        return self.session.now()

    # What a screen says of itself

    @property
    def crumbs(self) -> tuple[str, ...]:
        """Where we are, from the list on."""
        raise NotImplementedError

    def body(self) -> Iterable[Widget]:
        """What stands between the header and the keys."""
        raise NotImplementedError

    @property
    def summary(self) -> str:
        """A few words for the right of the header."""
        return ""

    @property
    def alarm(self) -> str:
        """How much is wrong, seen or not."""
        return ""

    @property
    def is_final(self) -> bool:
        """Whether nothing of this will change any more, so that its age says nothing."""
        return False

    @property
    def freshness(self) -> Freshness | None:
        """How old the picture is."""
        return None

    @property
    def targets(self) -> tuple[WorkflowRow, ...]:
        """The workflows that a command is meant for."""
        return ()

    @property
    def pointed(self) -> WorkflowRow | None:
        """The workflow that a command for one is meant for, however many are selected."""
        return next(iter(self.targets), None)

    @property
    def hidden(self) -> int:
        """How many of the targets can't be seen just now."""
        return 0

    def run_of(self, row: WorkflowRow) -> WorkflowRun | None:
        """The run of a workflow that a command is meant for: its latest."""
        return run_meant(self.session.workflows, row.key) if self.session is not None else None

    def meant(self, _deed: str) -> Iterable[tuple[WorkflowRow, WorkflowRun | None]]:
        """What a deed is meant for: workflows, each with the run of it that is meant."""
        return [(row, self.run_of(row)) for row in self.targets]

    @property
    def dates(self) -> BackfillChoice | None:
        """The dates that a backfill from here is meant for, where the screen is about some."""
        return None

    def says(self, _deed: str) -> str:
        """What there is to know of a deed besides, where it is about what this screen shows."""
        return ""

    def step_meant(self, _deed: str) -> StepRow | None:
        """The step that a deed is meant for, where it could be about one of several."""
        return None

    def opened(self) -> None:
        """The session can be asked from now on."""

    def let_go(self) -> None:
        """What was selected is done with."""

    def choose_pointed(self) -> None:
        """Let the cursor stay with its row: a command was given that is meant for it."""

    def feeds(self) -> Iterable[Feed | Workflows]:
        """What is polled for this page alone, as long as it can be seen."""
        return ()

    @property
    def is_covered(self) -> bool:
        """Whether another page stands before this one. A dialog leaves it in sight."""
        return self.dash.front is not self

    def reoffered(self) -> None:
        """The place offers something else than before: what depends on it follows."""
        self.tell_keys()

    def moved(self, news: News) -> None:
        """Something that this screen follows has moved."""

    def tick(self) -> None:
        """A second has passed."""
        self._follow_offers()
        self.tell_header()

    def _follow_offers(self) -> None:
        before, self._offered = self._offered, self._offered_now
        if before != self._offered:
            self.reoffered()

    @property
    def _offered_now(self) -> frozenset[Capability] | None:
        return self.session.capabilities if self.session is not None else None

    # Frame

    def compose(self) -> ComposeResult:
        self._fit()
        yield OneLine(id="header")
        yield from self.body()
        yield OneLine(id="notice")
        yield OneLine(id="keys")
        yield TooSmall()

    def _fit(self) -> None:
        """Wear the classes of the terminal's size from the start, not to be laid out twice."""
        size, app = self.app.size, self.dash
        for length, steps in (
            (size.width, app.HORIZONTAL_BREAKPOINTS),
            (size.height, app.VERTICAL_BREAKPOINTS),
        ):
            name = next(name for least, name in reversed(steps) if length >= least)
            self.add_class(name)

    def on_mount(self) -> None:
        self.tell_header()
        self._open()

    def on_resize(self) -> None:
        self.tell_keys()

    def on_opened(self, _message: Opened) -> None:
        self._open()
        if self.session is None:
            self.retell()
        self.tell_header()

    def _open(self) -> None:
        """Begin with the session, once it is there."""
        self._offered = self._offered_now
        if self.session is not None and self.session is not self._opened_for:
            self._opened_for = self.session
            self.opened()

    def on_moved(self, message: Moved) -> None:
        self._follow_offers()
        self.moved(message.news)
        self.tell_header()

    def on_unmount(self) -> None:
        self.unfollow_all()

    def unfollow_all(self) -> None:
        """Be told of nothing any more."""
        while self._follows:
            self._follows.popitem()[1]()

    def follow(self, news: News) -> None:
        """Be told of news as long as this screen lives; once is enough."""
        if news not in self._follows:
            self._follows[news] = follow(self, news)

    def tell_header(self) -> None:
        """Say where we are and how old the picture is."""
        self.query_one("#header", OneLine).tell(frame.here(self), frame.state(self))
        notice, problem = self.query_one("#notice", OneLine), self.problem
        notice.display = problem is not None
        if problem is not None:
            hint = self.dash.breakage.hint(problem)
            notice.tell(*frame.notice(problem, hint, self.key("go.refresh")))

    @property
    def problem(self) -> DLIError | None:
        """What keeps the picture from being fresh."""
        if self.broken is not None:
            return self.broken
        fresh = self.freshness
        return fresh.problem if fresh is not None else self.dash.bridge.problem

    def broke(self, problem: InternalError) -> None:
        if self.broken is None:
            self.broken = problem
            self.tell_header()

    def tell_keys(self) -> None:
        """Show the keys of this screen, as many as there is room for."""
        self.query_one("#keys", OneLine).tell(frame.key_line(self))

    def key(self, command_id: str) -> str:
        """The key of a command, as this person has it."""
        return self.dash.keymap.spelled(command_id)

    def needed_for(self, command: Command) -> Capability | None:
        """What a place has to offer for a command."""
        return command.needs

    def why_not(self, command: Command) -> str:
        """Why this place doesn't offer what a command needs; empty where it does."""
        needed, session = self.needed_for(command), self.session
        if needed is None or session is None or needed in session.capabilities:
            return ""
        return safe_line(session.why_not(needed), _MOST_SAID)

    def shows(self, command: Command) -> bool:
        """Whether a command has a place in the line of keys; the key of another says why not."""
        is_off = command.writes and self.dash.opening.where.read_only
        return not is_off and not self.why_not(command)

    def label(self, command: Command) -> str:
        """What a command is called in the line of keys."""
        return command.label

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        said = f"{action}({', '.join(map(repr, parameters))})" if parameters else action
        command = self._command(said)
        return command is None or keys.works_in(self.scope, command)

    def refuses(self, action: str) -> bool:
        """Whether what an action needs isn't offered here; then it has been said why."""
        command = self._command(action.removeprefix("screen."))
        why = "" if command is None else self.why_not(command)
        if why:
            self.say(why, wrong=True)
        return bool(why)

    def _command(self, action: str) -> Command | None:
        everywhere = keys.BY_ACTION.get((Scope.EVERYWHERE, action))
        return keys.BY_ACTION.get((self.scope, action), everywhere)

    # Times

    def zone(self, schedule: str) -> str:
        """The zone in which to tell a time, as the person chose."""
        match self.dash.choices.times:
            case Times.SCHEDULE:
                return schedule
            case Times.HERE:
                return self.dash.opening.zone
            case Times.UTC:
                return "UTC"

    # Commands of everywhere

    def on_screen_suspend(self, _event: events.ScreenSuspend) -> None:
        if self.is_covered:
            self._was_covered = True
            for feed in self.feeds():
                feed.pause()

    def on_screen_resume(self, _event: events.ScreenResume) -> None:
        if self.is_covered:
            # It came to the front on the way to another page.
            return
        self._open()
        for feed in self.feeds():
            feed.resume()
        if self._was_covered:
            # Other pages may have changed how things are told.
            self._was_covered = False
            self.retell()
            self.tell_keys()
            self.tell_header()

    def action_do(self, deed: str) -> None:
        self.choose_pointed()
        if deed == "edit":
            self.dash.deeds.edit(self)
        else:
            self.dash.deeds.begin(deed, self)

    def action_inside(self) -> None:
        """Show what the workflow that is meant does, step by step."""
        self.choose_pointed()
        if self.pointed is None:
            self.say("There is no workflow here to look into", wrong=True)
        else:
            self.dash.open_configuration(self.pointed.key, self.pointed.name)

    def action_open_saga(self) -> None:
        belonging.open_saga(self)

    def action_watch(self) -> None:
        """Ring when the run that is meant ends, or no longer."""
        self.choose_pointed()
        session = self.session
        row = self.pointed
        run = self.run_of(row) if row is not None else None
        if session is None or row is None or run is None:
            self.say("There is no run to watch", wrong=True)
        elif session.watching.is_watched(run.ref):
            session.watching.unwatch(run.ref)
            self.say(f"No longer watching {row.name}")
        elif run.status.is_terminal:
            self.say(f"The run of {row.name} is over already", wrong=True)
        else:
            session.watching.watch(run.ref, row.name)
            self.say(f"Watching {row.name}: a bell rings when it ends")

    def action_browse(self) -> None:
        """Open the page of the run that is meant."""
        row = self.pointed
        run = self.run_of(row) if row is not None else None
        browsers.browse(self.dash, run.logs_url or "" if run is not None else "")

    def action_last_log(self) -> None:
        """Open the log of the last failed step."""
        self.choose_pointed()
        row = self.pointed
        run = self.run_of(row) if row is not None else None
        if row is None or run is None:
            self.say("There is no run to read the log of", wrong=True)
        else:
            self.dash.open_run(run.ref, row.name, to_log=True)

    def action_visit(self, page: str) -> None:
        self.dash.visit(page)

    def action_open_backfill(self) -> None:
        """Open the backfill that the run which is meant belongs to."""
        row = self.pointed
        run = self.run_of(row) if row is not None else None
        if row is None or run is None or run.backfill_id is None:
            self.say("This run belongs to no backfill", wrong=True)
        else:
            self.dash.open_backfill(RunRef(run.backfill_id, run.dataset_name), row.name)

    def action_back(self) -> None:
        if len(self.dash.screen_stack) > 1:
            self.dismiss()

    def action_list_unconfirmed(self) -> None:
        self.dash.deeds.tell_unconfirmed()

    def action_quit(self) -> None:
        self.dash.deeds.quit()

    def action_refresh_now(self) -> None:
        """Ask the server because the user wants to, and say when the answer is there."""
        self.action_refresh()
        if self.session is not None:
            start_worker(self, self._say_refreshed, self.session, group="refreshed", exclusive=True)

    async def _say_refreshed(self, session: Session) -> None:
        # They are asked already: whoever waits for the same answer costs no second question.
        asked = [feed.refresh() for feed in self.feeds()] or [session.workflows.refresh()]
        await asyncio.gather(*asked)
        if self.problem is None:
            self.say("Refreshed")

    def action_refresh(self) -> None:
        if self.broken is not None:
            self.broken = None
            if self.session is not None:
                # It may have broken before it followed what it is about.
                self.opened()
            self.retell()
            self.tell_header()
        session = self.session
        if session is None:
            self.dash.bridge.start()
        else:
            start_worker(self, self._refreshed, session.workflows, group="refresh", exclusive=True)

    async def _refreshed(self, workflows: Workflows) -> None:
        await workflows.refresh()

    def action_times(self) -> None:
        choices = self.dash.choices
        chosen = following(Times, choices.times)
        self.dash.choose(choices._replace(times=chosen))
        zone = f" ({self.dash.opening.zone})" if chosen is Times.HERE else ""
        self.say(f"Times are now told in {chosen.value}{zone}")
        self.retell()

    def retell(self) -> None:
        """Tell everything again: the words for it have changed."""

    def action_help(self) -> None:
        from dli_tui.tui.modals.help import HelpScreen  # noqa: PLC0415 - not for the first paint

        title = self.crumbs[-1]
        self.dash.push_screen(HelpScreen(self.scope, title, self.looks, self.why_not))

    def action_palette(self) -> None:
        from dli_tui.tui.modals.palette import Palette  # noqa: PLC0415 - as above

        Palette.ask(self)

    def say(self, text: str, *, wrong: bool = False) -> None:
        """Answer to something that the person just did."""
        self.dash.notify(
            safe_line(text, 300), severity="warning" if wrong else "information", markup=False
        )
