"""One event loop in one daemon thread, for callers who have none of their own.

Works in a notebook whose own loop is running, survives a fork (the child starts its own),
and turns the one thing that can't work, a call from that very loop, into an error instead
of a deadlock.
"""

from __future__ import annotations

import asyncio
import atexit
import os
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from contextlib import AbstractAsyncContextManager, suppress
from typing import Any, Generic, TypeVar

from dli_tui.client.sent import CURRENT, Sent

Resource = TypeVar("Resource")
Result = TypeVar("Result")

_ENOUGH_SECONDS = 5.0


class LoopThread(Generic[Resource]):
    """Runs coroutines with what `opener` opens, which lives as long as the loop."""

    def __init__(self, opener: Callable[[], AbstractAsyncContextManager[Resource]]) -> None:
        self._opener = opener
        self._lock = threading.Lock()
        self._forget()

    def call(self, work: Callable[[Resource], Coroutine[Any, Any, Result]]) -> Result:
        """The result of `work`; an interrupt cancels it and says whether anything was sent."""
        loop = self._running_loop()
        if threading.get_ident() == self._ident:
            raise RuntimeError(
                "WorkflowAPI was called from its own event loop, where waiting would never end; "
                "call it from another thread"
            )
        sent = Sent()
        future = asyncio.run_coroutine_threadsafe(self._work(work, sent), loop)
        try:
            return future.result()
        except KeyboardInterrupt as interrupt:
            _cancel(future, loop)
            interrupt.add_note(sent.note())
            raise

    def close(self) -> None:
        """Close what was opened and end the thread. A later call begins anew."""
        with self._lock:
            loop, thread = self._loop, self._thread
            inherited = self._pid != os.getpid()
            end = self._end
            self._forget()
        if loop is None or thread is None or inherited:
            return
        atexit.unregister(self.close)
        if end is not None:
            loop.call_soon_threadsafe(end.set)
        thread.join(_ENOUGH_SECONDS)

    def _forget(self) -> None:
        self._pid = os.getpid()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._ident: int | None = None
        self._end: asyncio.Event | None = None
        self._resource: Resource | None = None

    def _running_loop(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._pid != os.getpid():
                # The thread stayed behind in the parent; its loop is only a copy here.
                self._forget()
            if self._loop is None:
                self._start()
            if self._loop is None:
                raise RuntimeError("the event loop of WorkflowAPI did not start")
            return self._loop

    def _start(self) -> None:
        ready: Future[None] = Future()
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._live(ready)), name="dli-tui", daemon=True
        )
        self._thread.start()
        try:
            ready.result()
        except BaseException:
            self._forget()
            raise
        atexit.register(self.close)

    async def _live(self, ready: Future[None]) -> None:
        try:
            async with self._opener() as resource:
                self._loop = asyncio.get_running_loop()
                self._ident = threading.get_ident()
                self._end = end = asyncio.Event()
                self._resource = resource
                ready.set_result(None)
                await end.wait()
        except BaseException as error:
            # Whatever kept it from starting is for the thread that waits for it.
            if ready.done():
                raise
            ready.set_exception(error)

    async def _work(
        self, work: Callable[[Resource], Coroutine[Any, Any, Result]], sent: Sent
    ) -> Result:
        CURRENT.set(sent)
        if self._resource is None:
            raise RuntimeError("WorkflowAPI was closed while a call began")
        return await work(self._resource)


def _cancel(future: Future[Result], loop: asyncio.AbstractEventLoop) -> None:
    """Cancel and wait until the loop has done so, that nothing goes on behind one's back."""
    future.cancel()
    # A cancelled future says so at once, before its task knows; the loop takes turns in order.
    with suppress(TimeoutError):
        asyncio.run_coroutine_threadsafe(asyncio.sleep(0), loop).exception(_ENOUGH_SECONDS)
