"""The only place that puts the parts together: a target in, a client or a session out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from dli_tui.backends.port import Backend
from dli_tui.backends.registry import opener_of
from dli_tui.client import WorkflowClient
from dli_tui.config.demo import DemoOptions
from dli_tui.config.target import Target
from dli_tui.domain.clock import Clock, FastClock, FixedClock, SystemClock
from dli_tui.session.session import Session
from dli_tui.session.tasks import Crashed


@asynccontextmanager
async def opened(target: Target) -> AsyncIterator[WorkflowClient]:
    """The client for `target`; what it opened is closed when the block ends."""
    clock = _clock(target)
    async with _backend(target, clock) as backend:
        yield WorkflowClient(
            backend,
            clock=clock,
            read_only=target.read_only or target.profile.read_only,
            trust_dry_run=target.profile.trust_dry_run,
        )


@asynccontextmanager
async def watched(target: Target, crashed: Crashed | None = None) -> AsyncIterator[Session]:
    """The live picture of `target`; its tasks end before what was opened is closed."""
    async with (
        opened(target) as client,
        Session(client, project=target.project, crashed=crashed) as session,
    ):
        yield session


@asynccontextmanager
async def served(backend: Backend) -> AsyncIterator[WorkflowClient]:
    """The client for a backend of one's own, which is opened and closed here."""
    async with backend:
        yield WorkflowClient(backend)


def mocked() -> AbstractAsyncContextManager[WorkflowClient]:
    """The client for mock mode."""
    return served(opener_of("mock")())


def forget_demo(options: DemoOptions) -> int:
    """Forget what was done to the demo; how many actions that were."""
    from dli_tui.backends.demo.opening import journal_of  # noqa: PLC0415 - one command needs it

    return journal_of(options).reset()


def _backend(target: Target, clock: Clock) -> Backend:
    opener = opener_of(target.profile.kind)
    backend: Backend = (
        opener(target.demo, clock) if target.is_demo else opener(target.profile, target.environment)
    )
    return backend


def _clock(target: Target) -> Clock:
    if not target.is_demo:
        return SystemClock()
    if target.demo.at is not None:
        return FixedClock(target.demo.at)
    return SystemClock() if target.demo.speed == 1.0 else FastClock(target.demo.speed)
