"""Between the session and the screens: opens the one, and tells the others when it moved.

News are one message however many there were: the screen in front asks for what has changed
when it gets to it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from textual.message import Message
from textual.worker import Worker, WorkerError

from dli_tui.domain.errors import DLIError, InternalError
from dli_tui.tui import late
from dli_tui.tui.breakage import start_worker

if TYPE_CHECKING:
    from textual.message_pump import MessagePump

    from dli_tui.session.news import News
    from dli_tui.session.session import Session
    from dli_tui.tui.app import Dashboard


_LONGEST_CLOSE: Final = 10.0


class Moved(Message, bubble=False):
    """Something that a screen follows has moved."""

    def __init__(self, news: News) -> None:
        super().__init__()
        self.news = news

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, Moved) and message.news is self.news


class Opened(Message, bubble=False):
    """The session can be asked now, or it can't be opened and there is a problem to tell."""


def follow(screen: MessagePump, news: News) -> Callable[[], None]:
    """Have `screen` told of news; the answer ends that."""

    def tell() -> None:
        screen.post_message(Moved(news))

    return news.subscribe(tell)


class Bridge:
    """Holds the session as long as the app lives."""

    def __init__(self, app: Dashboard) -> None:
        self._app = app
        self.session: Session | None = None
        self.problem: DLIError | None = None
        """Why the session couldn't be opened."""
        self._is_opening = False
        self._live_worker: Worker[None] | None = None
        self._changing = asyncio.Lock()

    def start(self) -> None:
        """Open the session beside what is on screen, or try again."""
        if self.session is None and not self._is_opening:
            self.problem, self._is_opening = None, True
            self._live_worker = start_worker(self._app, self._live, group="session")

    def let_go(self) -> None:
        """Let nobody ask or send anything through this session any more, nor begin another one;
        `reopen` follows."""
        self.session, self.problem, self._is_opening = None, None, True

    async def reopen(self) -> None:
        """Close all that was opened, and then open what the app is to look at now."""
        async with self._changing:
            if self._live_worker is not None:
                self._live_worker.cancel()
                # What doesn't close in time is left behind: the user waits for the other profile.
                with suppress(WorkerError, TimeoutError):
                    await asyncio.wait_for(self._live_worker.wait(), _LONGEST_CLOSE)
            self.session, self.problem, self._is_opening = None, None, False
            self.start()

    async def _live(self) -> None:
        try:
            await self._open()
        except DLIError as problem:
            self._failed(problem)
        except Exception as error:  # noqa: BLE001 - told like any other reason; `r` tries again
            self._app.breakage.keep(error)
            self._failed(InternalError.of(error))

    def _failed(self, problem: DLIError) -> None:
        self.session, self.problem, self._is_opening = None, problem, False
        # No list comes that would be waited for.
        self._app.settle_memory()
        self._tell_screens()

    async def _open(self) -> None:
        manager = await asyncio.to_thread(
            late.prepared, self._app.opening.session, self._app.breakage.contain
        )
        async with manager as session:
            self.session = session
            session.front(is_front=self._app.app_focus)
            follow(self._app, session.watching)
            follow(self._app, session.sequences)
            follow(self._app, session.unconfirmed)
            self._tell_screens()
            self._app.arrive(session)
            await asyncio.Event().wait()

    def _tell_screens(self) -> None:
        for screen in self._app.screen_stack:
            screen.post_message(Opened())

    def front(self, *, is_front: bool) -> None:
        """The terminal came to the front, or another did."""
        if self.session is not None:
            self.session.front(is_front=is_front)
