"""The app: a table of contents. What it looks like is in the sheet, what it does in the rooms."""

from __future__ import annotations

import asyncio
import gc
import signal
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final, cast

from textual import constants, events
from textual._context import active_message_pump
from textual._styles_cache import StylesCache
from textual.app import App
from textual.await_complete import AwaitComplete
from textual.filter import Monochrome, NoColor

from dli_tui.domain.text import safe, safe_line, typed
from dli_tui.tui import bells, colours, crash, keyorder, pages, views
from dli_tui.tui.breakage import Breakage, Contained, start_worker
from dli_tui.tui.bridge import Bridge, Moved
from dli_tui.tui.choices import Choices
from dli_tui.tui.deeds import Deeds
from dli_tui.tui.keymap import keymap
from dli_tui.tui.looks import Tone
from dli_tui.tui.plain import PlainLetters
from dli_tui.tui.screens.base import DashboardScreen
from dli_tui.tui.screens.workflows import WorkflowsScreen
from dli_tui.tui.terminal import Terminal
from dli_tui.tui.widgets.lines import Lines
from dli_tui.tui.widgets.oneline import OneLine
from dli_tui.tui.widgets.safeinput import SafeInput
from dli_tui.tui.widgets.toosmall import LEAST, is_too_small

if TYPE_CHECKING:
    from textual.actions import ActionParseResult
    from textual.dom import DOMNode
    from textual.notifications import SeverityLevel

    from dli_tui.domain.ids import RunRef, WorkflowKey
    from dli_tui.present.filters import ListFilter
    from dli_tui.session.feed import Feed
    from dli_tui.session.session import Session
    from dli_tui.tui.listing import Listing
    from dli_tui.tui.opening import Context, Opening
    from dli_tui.tui.views import View

TICK_SECONDS: Final = 1.0
_GARBAGE: Final = 20_000
"""So many new objects between two looks for garbage: 700 would mean dozens in a poll."""
_LONGEST_START: Final = 20.0
"""Whatever becomes of the first list, garbage is collected from this second on."""
_FATAL_SIGNALS: Final = (signal.SIGTERM, signal.SIGHUP)


class Dashboard(Contained, App[None]):
    """The control room."""

    CSS_PATH = "theme.tcss"
    TITLE = "dli-tui"
    ENABLE_COMMAND_PALETTE = False
    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012 - an attribute of instances, says Textual
        (0, "-tiny"),
        (LEAST.width, "-narrow"),
        (100, "-wide"),
        (160, "-ultra"),
    ]
    VERTICAL_BREAKPOINTS = [  # noqa: RUF012 - as above
        (0, "-flat"),
        (LEAST.height, "-short"),
        (30, "-tall"),
    ]

    def __init__(self, opening: Opening) -> None:
        self.opening = opening
        self.choices = Choices.of(opening.choices)
        self.keymap = keymap(opening.keys)
        self._configured, self._wrong_views = views.configured(opening.views)
        self._own_views = views.kept(opening.choices)
        self.unkept: dict[str, str] = {}
        """What was chosen and isn't on its way to be kept; the last of it when this ends."""
        self._keeping = asyncio.Lock()
        # Another driver is asked for where a browser is drawn on: `textual serve`.
        super().__init__(driver_class=Terminal if constants.DRIVER is None else None)
        self.register_theme(colours.SAFE_THEME)
        self.breakage = Breakage(self)
        self.bridge = Bridge(self)
        self.deeds = Deeds(self)
        self.siblings = pages.SiblingPages(self)
        self.filters: dict[str, ListFilter] = {}
        """How each place was filtered when it was left."""
        self.crash: crash.Report | None = None
        theme = opening.theme or self.choices.theme
        if theme in self.available_themes:
            self.theme = theme
        # Textual's own way with NO_COLOR makes greys, and black on black of a terminal's colours.
        self._filters = [NoColor() if isinstance(one, Monochrome) else one for one in self._filters]
        if opening.looks.ascii:
            self.add_class("-ascii")
            self._filters.append(PlainLetters())

    def get_default_screen(self) -> WorkflowsScreen:
        return WorkflowsScreen()

    @property
    def front(self) -> DashboardScreen | None:
        """The screen in front, or the one behind the question that is being asked."""
        fitting = (one for one in reversed(self.screen_stack) if isinstance(one, DashboardScreen))
        return next(fitting, None)

    def on_load(self) -> None:
        # Before the terminal is changed: it has to be put back whenever the signal comes.
        loop = asyncio.get_running_loop()
        for number in _FATAL_SIGNALS:
            loop.add_signal_handler(number, self._ended_by, number)

    def on_mount(self) -> None:
        self.set_keymap(self.keymap.for_textual())
        for table, problems in (("keys", self.keymap.problems), ("views", self._wrong_views)):
            if problems:
                told = "\n".join((f"Of [{table}] in the config file:", *problems))
                self.notify(told, severity="warning", markup=False)
        self.set_interval(TICK_SECONDS, self._tick)
        self.set_timer(_LONGEST_START, self.settle_memory)
        self.call_after_refresh(self.bridge.start)

    def _ended_by(self, number: int) -> None:
        self.exit(return_code=128 + number)

    def _tick(self) -> None:
        front = self.front
        # A tick may come when a screen is on its way and has nothing on it yet, and the last
        # one when half of a screen is gone.
        is_whole = front is not None and front.is_mounted and self.is_running and not self._exit
        # Under a dialog too: what can be seen behind it grows old all the same.
        if front is not None and is_whole:
            try:
                front.tick()
            except Exception as error:  # noqa: BLE001 - it is kept and told
                self.breakage.contain(error, front)

    def on_app_focus(self) -> None:
        self.bridge.front(is_front=True)

    def on_app_blur(self) -> None:
        self.bridge.front(is_front=False)

    def settle_memory(self) -> None:
        """The first picture is whole: what it is made of is here to stay, and isn't looked
        through for garbage again and again. Until now there was none (see `__main__`)."""
        if not gc.isenabled():
            gc.freeze()
            gc.set_threshold(_GARBAGE)
            gc.enable()

    # Going somewhere

    def arrive(self, session: Session) -> None:
        """Go to where the person wants to begin, if that is somewhere else."""
        if self.opening.begin:
            from dli_tui.tui.arriving import arrive  # noqa: PLC0415 - not for the first paint

            start_worker(self, arrive, self, session, self.opening.begin, group="going")

    def open_run(self, ref: RunRef, name: str, *, to_log: bool = False) -> None:
        """Open the page of a run."""
        self.push_screen(pages.run(ref, name, to_log=to_log))

    def open_workflow(self, key: WorkflowKey, name: str) -> None:
        """Open the page of a workflow."""
        self.push_screen(pages.workflow(key, name))

    def open_backfill(self, ref: RunRef, name: str) -> None:
        """Open the page of a backfill."""
        self.push_screen(pages.backfill(ref, name))

    def open_configuration(self, key: WorkflowKey, name: str) -> None:
        """Open the page of what a workflow does."""
        self.push_screen(pages.configuration(key, name))

    def open_saga(self, saga_id: str, name: str) -> None:
        """Open the page of a saga."""
        self.push_screen(pages.saga(saga_id, name))

    def visit(self, page: str) -> None:
        """Go to the list, or to one of the pages beside it as it was left."""
        if page == "list":
            self.go_home()
        else:
            self.siblings.visit(page)

    def switch(self, context: Context) -> None:
        """Go to another place, unless something here would be lost by that."""
        from dli_tui.tui.switching import switch, why_stay  # noqa: PLC0415 - not for the first paint

        problem = why_stay(self)
        if problem:
            self.notify(problem, severity="warning", markup=False)
        else:
            # Whoever was still on the way to something would arrive at another place's.
            self.workers.cancel_group(self, "going")
            start_worker(self, switch, self, context, group="switching")

    def go_to(self, key: WorkflowKey) -> None:
        """Go to a workflow on the list, whatever is filtered."""
        self.go_home()
        self.home.go_to(key)

    def go_home(self) -> None:
        """Go back to the list."""
        while len(self.screen_stack) > 1:
            self.pop_screen()

    def pop_screen(self) -> AwaitComplete:
        # Textual remembers the looks of a thousand widgets, and with each all that it had drawn.
        StylesCache.get_inner_outer.cache_clear()
        return super().pop_screen()

    @property
    def home(self) -> WorkflowsScreen:
        """The list, under everything else."""
        return cast("WorkflowsScreen", self.screen_stack[0])

    @property
    def listing(self) -> Listing:
        """Every workflow that is known."""
        return self.home.listing

    def close_later(self, feed: Feed) -> None:
        """End a feed that no screen needs any more; nobody waits for it."""
        start_worker(self, feed.close, group="closing")

    def copy(self, texts: Sequence[str], *, is_document: bool = False) -> None:
        """Copy names or ids, and say which: no terminal tells whether it took them.

        They may be pasted into a shell: a line break within a name, or what a terminal obeys,
        would be run there. A document keeps its lines.
        """
        if not texts:
            return
        sanitize = safe if is_document else typed
        copied = [sanitize(text) for text in texts]
        self.copy_to_clipboard("\n".join(copied))
        told = safe_line(texts[0], 120) if len(texts) == 1 else f"{len(texts)} names"
        left_out = "" if copied == list(texts) else ", without its control characters"
        self.notify(f"Sent to the terminal's clipboard: {told}{left_out}", markup=False)

    # What has ended, on whichever screen a person is

    def on_moved(self, _message: Moved) -> None:
        if self.bridge.session is not None:
            bells.ring(self, self.bridge.session)

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = True,
    ) -> None:
        # What stands there already is not said again: a key that is held would fill the screen.
        told = (message, severity)
        if all((one.message, one.severity) != told for one in self._notifications):
            super().notify(message, title=title, severity=severity, timeout=timeout, markup=markup)

    def notify_desktop(self, text: str) -> None:
        """A notice outside the terminal, where it can show one; others ignore it."""
        if self._driver is not None and not self.is_headless:
            self._driver.write(f"\x1b]9;{text}\x07")

    # Choices

    def choose(self, choices: Choices) -> None:
        """Take over choices, and have them remembered."""
        if choices == self.choices:
            return
        self.choices = choices
        self._keep(choices.as_words())

    def _keep(self, words: Mapping[str, str]) -> None:
        self.unkept |= words

        async def keep() -> None:
            async with self._keeping:
                words, self.unkept = self.unkept, {}
                await asyncio.to_thread(self.opening.remember, words)

        start_worker(self, keep, group="choices")

    @property
    def views(self) -> list[View]:
        """The saved views: those of the config file, and over them the person's own."""
        return list({**self._configured, **self._own_views}.values())

    def choose_view(self, view: View) -> None:
        """Save a view."""
        self._own_views[view.name] = view
        self._keep({views.PREFIX + view.name: view.as_word()})

    def forget_view(self, view: View) -> list[View]:
        """Forget a view that was saved here; those that are left."""
        self._own_views.pop(view.name, None)
        self._keep({views.PREFIX + view.name: ""})
        return self.views

    def action_choose_theme(self, name: str) -> None:
        """Wear a theme from now on."""
        self.theme = name
        self.choose(self.choices._replace(theme=name))

    # Looks

    def get_theme_variable_defaults(self) -> dict[str, str]:
        # The sheet is parsed with these before a theme is known; they may name no other variable.
        names = (*(f"status-{tone}" for tone in Tone), "cursor-line")
        return {**super().get_theme_variable_defaults(), **dict.fromkeys(names, "ansi_default")}

    def get_css_variables(self) -> dict[str, str]:
        variables = super().get_css_variables()
        tones = colours.status_variables(variables, ansi=self.current_theme.ansi)
        self.theme_variables = {**self.theme_variables, **tones}
        return {**variables, **tones}

    def _watch_theme(self, theme_name: str) -> None:
        super()._watch_theme(theme_name)
        for screen in self.screen_stack:
            for lines in screen.query(Lines):
                lines.forget_strips()
            for line in screen.query(OneLine):
                line.forget_styles()

    # Keys

    async def run_action(
        self,
        action: str | ActionParseResult,
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        front = self.screen
        # A key, a click and the palette all come by here.
        is_refused = (
            isinstance(action, str) and isinstance(front, DashboardScreen) and front.refuses(action)
        )
        return is_refused or await super().run_action(action, default_namespace, namespaces)

    async def on_event(self, event: events.Event) -> None:
        if self.is_web and isinstance(event, events.Resize):
            # A browser's size may overtake the one that its driver began with. Laid out for the
            # old one, every screen would be laid out for the two in turn, for ever.
            event = events.Resize(self.size, self.size)
        if isinstance(event, events.InputEvent) and is_too_small(self.size):
            quitting = (*self.keymap.keys("go.quit"), "ctrl+q")
            if isinstance(event, events.Key) and event.key in quitting:
                self.deeds.quit()
        elif isinstance(event, events.Key) and not event.is_forwarded:
            await self._on_key_pressed(event)
        else:
            await super().on_event(event)

    async def _on_key_pressed(self, event: events.Key) -> None:
        """Run the binding of a key at once, and leave text to the widget that is typed in."""
        focused = self.screen.focused
        if isinstance(focused, SafeInput) and event.key in focused.leaving:
            # The focus leaves now, for what comes next is meant for what is behind.
            focused.post_message(event)
            self.screen.set_focus(None)
            # And not before what was typed is in force: a list that isn't filtered yet would have
            # the next key done to another row.
            await keyorder.wait_for(focused)
        elif focused is None or not keyorder.takes_text(focused):
            await self._run_binding(event)
        elif focused.check_consume_key(event.key, event.character):
            await super().on_event(event)
        else:
            await keyorder.wait_for(focused)
            await self._run_binding(event)
            await keyorder.wait_for(focused)

    async def _run_binding(self, event: events.Key) -> None:
        if not await self._check_bindings(event.key):
            await super().on_event(event)

    async def action_quit(self) -> None:
        self.deeds.quit()

    def action_help_quit(self) -> None:
        # ctrl+c is a habit: it may not throw away a form that is half filled in.
        self.notify(f"Quit with {self.keymap.spelled('go.quit')}", markup=False)

    # When something breaks

    def break_down(self, error: BaseException) -> None:
        """End, and keep what happened for `crash.log`."""
        # Textual would print a traceback with the values of locals, and a token may be one.
        cause = getattr(error, "error", error)
        self.breakage.keep(cause)
        self.crash = self.crash or crash.Report.of(cause)
        self._return_code = 1
        if self._exception is None and isinstance(error, Exception):
            self._exception = error
            self._exception_event.set()
        self._close_messages_no_wait()

    @property
    def is_ending(self) -> bool:
        """Whether the dashboard is about to be over."""
        return self._exit

    def _handle_exception(self, error: Exception) -> None:
        # Of a timer, of what was to follow a refresh, or of a widget of Textual's own.
        self.breakage.contain(error, active_message_pump.get(self))
