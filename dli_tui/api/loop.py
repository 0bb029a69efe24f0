"""One event loop in one daemon thread, for callers who have none of their own.

Works in a notebook whose own loop is running, survives a fork (the child starts its own),
and turns the one thing that can't work, a call from that very loop, into an error instead
of a deadlock.
"""

from __future__ import annotations

import asyncio
import atexit
import inspect
import os
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import CancelledError, Future
from contextlib import AbstractAsyncContextManager, suppress
from typing import Any, Generic, TypeVar, cast

from dli_tui.client.sent import CURRENT, Sent
from dli_tui.domain.errors import WorkflowExecutionError

Resource = TypeVar("Resource")
Result = TypeVar("Result")

_ENOUGH_SECONDS = 5.0


class _Life(Generic[Resource]):
    """One thread with its loop, from its start to its end."""

    def __init__(self, opener: Callable[[], AbstractAsyncContextManager[Resource]]) -> None:
        self._opener = opener
        self._ready: Future[None] = Future()
        self._end = threading.Event()
        self._ended: asyncio.Event | None = None
        self.loop: asyncio.AbstractEventLoop | None = None
        self.resource: Resource | None = None
        self.thread = threading.Thread(target=self._run, name="dli-tui", daemon=True)

    def begin(self) -> None:
        """Start, and return when it can be called; whatever keeps it from that is raised."""
        self.thread.start()
        try:
            self._ready.result()
        except BaseException:
            self._let_go()
            raise

    def end(self) -> None:
        """Close what was opened, and return when the thread is gone."""
        self._let_go()
        self.thread.join(_ENOUGH_SECONDS)

    def _let_go(self) -> None:
        # First the word that is looked at before waiting, then the call that ends the waiting.
        self._end.set()
        if self.loop is not None and self._ended is not None:
            self.loop.call_soon_threadsafe(self._ended.set)

    def _run(self) -> None:
        runner = asyncio.Runner()
        try:
            runner.run(self._live())
        finally:
            # As the program ends no thread can be started any more, which closing a loop needs to
            # wait for its other threads. They end with the program.
            with suppress(RuntimeError):
                runner.close()

    async def _live(self) -> None:
        try:
            async with self._opener() as resource:
                self._ended = asyncio.Event()
                self.loop, self.resource = asyncio.get_running_loop(), resource
                self._ready.set_result(None)
                # Whoever waited for the start may have been interrupted meanwhile.
                if not self._end.is_set():
                    await self._ended.wait()
        except BaseException as error:
            # Whatever kept it from starting is for the thread that waits for it.
            if self._ready.done():
                raise
            self._ready.set_exception(error)


class LoopThread(Generic[Resource]):
    """Runs coroutines with what `opener` opens, which lives as long as the loop."""

    def __init__(self, opener: Callable[[], AbstractAsyncContextManager[Resource]]) -> None:
        self._opener = opener
        self._life: _Life[Resource] | None = None
        self._begin_anew()

    def call(self, work: Callable[[Resource], Coroutine[Any, Any, Result]]) -> Result:
        """The result of `work`; an interrupt cancels it and says whether anything was sent."""
        sent = Sent()
        try:
            life, loop = self._running()
            if threading.get_ident() == life.thread.ident:
                raise RuntimeError(
                    "WorkflowAPI was called from its own event loop, where waiting would never "
                    "end; call it from another thread"
                )
            future = asyncio.run_coroutine_threadsafe(_work(work, life, sent), loop)
        except KeyboardInterrupt as interrupt:
            interrupt.add_note(sent.note())
            raise
        try:
            return future.result()
        except CancelledError as cancelled:
            raise WorkflowExecutionError(
                "WorkflowAPI was closed while a call was under way", hint=sent.note()
            ) from cancelled
        except KeyboardInterrupt as interrupt:
            _cancel(future, loop)
            interrupt.add_note(sent.note())
            raise

    def close(self) -> None:
        """Close what was opened and end the thread. A later call begins anew."""
        if self._pid != os.getpid():
            self._begin_anew()
            return
        with self._lock:
            life, self._life = self._life, None
        if life is not None:
            atexit.unregister(self.close)
            life.end()

    def _begin_anew(self) -> None:
        self._pid = os.getpid()
        self._lock = threading.Lock()
        self._life = None

    def _running(self) -> tuple[_Life[Resource], asyncio.AbstractEventLoop]:
        if self._pid != os.getpid():
            # A forked child: the thread stayed behind, perhaps with the lock in its hands.
            self._begin_anew()
        with self._lock:
            if self._life is None:
                life = _Life(self._opener)
                life.begin()
                self._life = life
                atexit.register(self.close)
            if self._life.loop is None:
                raise RuntimeError("the event loop of WorkflowAPI did not start")
            return self._life, self._life.loop


async def _work(
    work: Callable[[Resource], Coroutine[Any, Any, Result]], life: _Life[Resource], sent: Sent
) -> Result:
    CURRENT.set(sent)
    if life.resource is None:
        raise RuntimeError("WorkflowAPI was closed while a call began")
    # Whoever tests with a client of their own may give one whose answers are there at once.
    result: object = work(life.resource)
    return cast("Result", await result if inspect.isawaitable(result) else result)


def _cancel(future: Future[Result], loop: asyncio.AbstractEventLoop) -> None:
    """Cancel and wait until the loop has done so, that nothing goes on behind one's back."""
    future.cancel()
    # A cancelled future says so at once, before its task knows; the loop takes turns in order.
    with suppress(TimeoutError):
        asyncio.run_coroutine_threadsafe(asyncio.sleep(0), loop).exception(_ENOUGH_SECONDS)
