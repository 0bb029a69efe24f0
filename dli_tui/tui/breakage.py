"""Unexpected exceptions: each is kept in a crash report and shown, and the dashboard goes on.

A monitor that ends at the first bug hides all that still works. So an exception ends no more than
what raised it: a poll, a worker, the handling of one message, one line on screen. The screen that
is in front says so instead of claiming to be live, and its refresh key tries again.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator
from functools import partial
from inspect import isawaitable
from typing import TYPE_CHECKING, Any, Final, TypeVarTuple, cast

from textual.app import ScreenStackError
from textual.message_pump import MessagePump
from textual.screen import Screen

from dli_tui.domain.errors import InternalError
from dli_tui.tui.crash import Report

if TYPE_CHECKING:
    from textual.dom import DOMNode
    from textual.message import Message
    from textual.worker import Worker

    from dli_tui.domain.errors import DLIError
    from dli_tui.tui.app import Dashboard
    from dli_tui.tui.ending import EndingScreen

Arguments = TypeVarTuple("Arguments")

MOST_REPORTS: Final = 20
"""A program that breaks in more ways than this is in no state to go on."""


class Breakage:
    """Keeps the reports of one dashboard, and has the screens tell of them."""

    def __init__(self, app: Dashboard) -> None:
        self._app = app
        self.reports: list[Report] = []
        """One for each place and way in which the program broke."""
        self.kept_in = ""
        """The file with the reports; empty where it couldn't be written."""

    def contain(self, error: BaseException, pump: MessagePump | None = None) -> None:
        """Keep a report of `error`, and tell of it on the screen that `pump` belongs to.

        Without `pump` it is of the session, whose feeds tell by themselves that they broke.
        """
        if self._app.is_ending or self._is_left(pump):
            # Half of a screen may be gone already; nobody looks at it any more.
            return
        cause = getattr(error, "error", error)
        is_new = self.keep(cause)
        problem = InternalError.of(cause)
        if len(self.reports) > MOST_REPORTS:
            self._app.break_down(cause)
        elif pump is None:
            if is_new:
                self.notify(problem)
        elif not self._is_told(problem, pump):
            self._app.break_down(cause)

    def keep(self, error: BaseException) -> bool:
        """Keep a report, and say whether it is new."""
        report = Report.of(error)
        if report in self.reports:
            return False
        self.reports.append(report)
        self.kept_in = self._app.opening.keep_report(self.text)
        return True

    @property
    def text(self) -> str:
        """All reports, as the file has them."""
        return "\n".join(report.text for report in self.reports)

    def hint(self, problem: DLIError) -> str:
        """What helps against a problem; of a bug, where its report is."""
        is_kept = isinstance(problem, InternalError) and self.kept_in
        return f"Crash report written to {self.kept_in}" if is_kept else problem.hint

    def notify(self, problem: InternalError) -> None:
        """Tell of a bug where no page can."""
        told = f"{problem.message}. {self.hint(problem)}"
        self._app.notify(told, severity="error", markup=False)

    def _is_left(self, pump: MessagePump | None) -> bool:
        """Whether the screen that `pump` belongs to has been left for good."""
        screen = next((one for one in _around(pump) if isinstance(one, Screen)), None)
        if screen is None:
            return False
        if not screen.display:
            # It is being taken away, and its widgets go first.
            return True
        return not screen.is_attached and not self._app.is_screen_installed(screen)

    def _is_told(self, problem: InternalError, pump: MessagePump) -> bool:
        """Whether a screen tells of a problem now; one that can't is left."""
        try:
            home, *_ = screens = self._app.screen_stack
        except (ScreenStackError, ValueError):
            return False
        screen = next((one for one in _around(pump) if one in screens), None)
        if screen is None:
            self.notify(problem)
            return True
        try:
            cast("EndingScreen[Any]", screen).broke(problem)
        except Exception:  # noqa: BLE001 - whatever keeps it from telling
            if screen is home:
                return False
            cast("EndingScreen[Any]", screen).dismiss(None)
            self.notify(problem)
        return True


def _around(pump: MessagePump | None) -> Iterator[MessagePump]:
    while pump is not None:
        yield pump
        pump = pump._parent  # noqa: SLF001 - no public way leads from a queue to its screen


class Contained(MessagePump):
    """Handles messages so that an exception ends the handling of that message alone."""

    async def _dispatch_message(self, message: Message) -> None:
        try:
            await super()._dispatch_message(message)
        except Exception as error:  # noqa: BLE001 - it is kept and told
            contain(self, error)

    def call_after_refresh(
        self, callback: Callable[..., Any], *arguments: object, **named: object
    ) -> bool:
        # The screen in front makes the call, which may be another one by then.
        call = partial(_call, self, callback, *arguments, **named)
        return super().call_after_refresh(call)


async def _call(
    pump: MessagePump, callback: Callable[..., Any], *arguments: object, **named: object
) -> None:
    try:
        result = callback(*arguments, **named)
        if isawaitable(result):
            await result
    except Exception as error:  # noqa: BLE001 - as above
        contain(pump, error)


def contain(pump: MessagePump, error: Exception) -> None:
    """Hand an exception to the dashboard; any other app takes it as Textual does."""
    breakage: Breakage | None = getattr(pump.app, "breakage", None)
    if breakage is None:
        raise error
    breakage.contain(error, pump)


def start_worker(
    node: DOMNode,
    work: Callable[[*Arguments], Coroutine[Any, Any, Any]],
    *arguments: *Arguments,
    group: str,
    exclusive: bool = False,
) -> Worker[None]:
    """Do `work` beside what is on screen; `node` going away ends that.

    A function rather than a coroutine: a worker that is cancelled before its turn has nothing to
    leave behind then.
    """
    working = partial(_do, node, work, *arguments)
    return node.run_worker(working, group=group, exclusive=exclusive)


async def _do(
    node: DOMNode,
    work: Callable[[*Arguments], Coroutine[Any, Any, Any]],
    *arguments: *Arguments,
) -> None:
    try:
        await work(*arguments)
    except Exception as error:  # noqa: BLE001 - as above
        contain(node, error)
