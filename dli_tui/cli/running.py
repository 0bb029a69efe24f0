"""One command from its start to its exit code."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Coroutine
from contextlib import suppress
from functools import wraps
from typing import Any, Final, NoReturn, TypeVar

import typer

from dli_tui.cli import output
from dli_tui.cli.codes import FAILED, INTERRUPTED, KILLED, WRONG_USE
from dli_tui.cli.connection import connection_of, is_attended, place_of
from dli_tui.cli.places import Place
from dli_tui.client import WorkflowClient
from dli_tui.client.sent import CURRENT, Sent
from dli_tui.domain.capability import Capability
from dli_tui.domain.errors import (
    ConfigurationError,
    DLIError,
    Unsupported,
    WorkflowNotFoundError,
)
from dli_tui.domain.results import WorkflowStatusResult
from dli_tui.domain.status import RunStatus
from dli_tui.present import tables, words
from dli_tui.wiring import opened

Result = TypeVar("Result")

_VERDICTS: Final = {
    RunStatus.COMPLETED: 0,
    RunStatus.SKIPPED: 0,
    RunStatus.KILLED: KILLED,
}
_DEMO_NOTE: Final = "No profile yet, so this is the built-in demo. Make one: dli-tui config init"

_NOWHERE: Final = ConfigurationError(
    "This changes something, and no profile says where",
    hint="Add --demo for the demo, or make a profile: dli-tui config init",
)


def reports_errors(command: Callable[..., None]) -> Callable[..., None]:
    """`command`, with what goes wrong told on stderr and in the exit code."""

    @wraps(command)
    def told(*arguments: Any, **options: Any) -> None:  # noqa: ANN401 - what typer parsed
        sent = Sent()
        token = CURRENT.set(sent)
        try:
            command(*arguments, **options)
        except DLIError as problem:
            output.error(problem)
            raise typer.Exit(FAILED) from problem
        except (KeyboardInterrupt, asyncio.CancelledError) as interrupt:
            output.talk(f"Interrupted. {sent.note()}")
            raise typer.Exit(INTERRUPTED) from interrupt
        except BrokenPipeError as problem:
            output.silence()
            raise typer.Exit(0) from problem
        finally:
            CURRENT.reset(token)

    return told


def reading(
    ctx: typer.Context, work: Callable[[WorkflowClient], Coroutine[Any, Any, Result]]
) -> Result:
    """The result of something that only looks; without a profile it looks at the demo."""
    place = place_of(ctx)
    if place.by_default:
        output.talk(_DEMO_NOTE)
    return _run(place, work)


def writing(
    ctx: typer.Context,
    work: Callable[[WorkflowClient], Coroutine[Any, Any, Result]],
    *,
    yes: bool = False,
    for_good: str | None = None,
) -> Result:
    """The result of something that changes things; `for_good` says why it can't be taken back."""
    place = place_to_change(ctx, yes=yes)
    is_read_only = place.target.read_only or place.target.profile.read_only
    # Where nothing may be changed, the client says so: a --yes would not help.
    if for_good is not None and not (yes or is_attended() or is_read_only):
        _refuse(ConfigurationError(for_good, hint="Add --yes when you are sure."))
    return _run(place, work)


def place_to_change(ctx: typer.Context, *, yes: bool = False) -> Place:
    """Where things are to be changed: never silently somewhere unexpected."""
    place = place_of(ctx)
    profile = place.target.profile
    if place.by_default:
        if not is_attended():
            _refuse(_NOWHERE)
        output.talk(_DEMO_NOTE)
    if profile.production and not yes:
        _refuse(
            ConfigurationError(
                f"Profile '{profile.name}' is marked production",
                hint="Add --yes when you are sure.",
            )
        )
    return place


def _refuse(problem: ConfigurationError) -> NoReturn:
    output.error(problem)
    raise typer.Exit(WRONG_USE)


async def followed(client: WorkflowClient, run_id: str) -> WorkflowStatusResult:
    """The run when it is over, told on stderr as it goes; ctrl+c ends the waiting alone."""
    last, ended = "", None
    try:
        async for status in client.follow(run_id):
            ended, told = status, _progress(status)
            if told != last:
                output.talk(told)
                last = told
    except asyncio.CancelledError as interrupt:
        shown = words.word(run_id)
        output.talk(f"Stopped waiting; the run goes on: dli-tui workflow status {shown}")
        raise typer.Exit(INTERRUPTED) from interrupt
    if ended is None:
        raise WorkflowNotFoundError(run_id=run_id)
    return ended


def may_wait(ctx: typer.Context, *, wait: bool, dry_run: bool = False) -> None:
    """Refuse to wait for nothing, or at an hour that stands still."""
    if wait and dry_run:
        raise typer.BadParameter("--dry-run starts nothing that --wait could wait for")
    if wait and connection_of(ctx).at is not None:
        raise typer.BadParameter("--wait would never end at an hour that stands still (--at)")


async def require_offered(client: WorkflowClient, capability: Capability) -> None:
    """Refuse to rehearse what this place doesn't offer; what is sent, it refuses itself."""
    await client.backend.met()
    if capability not in client.capabilities:
        raise Unsupported(client.why_not(capability), hint="")


def verdict(status: RunStatus) -> None:
    """End with the exit code of a waited-for run."""
    raise typer.Exit(_VERDICTS.get(status, FAILED))


def _run(place: Place, work: Callable[[WorkflowClient], Coroutine[Any, Any, Result]]) -> Result:
    async def with_client() -> Result:
        task = asyncio.current_task()
        if task is not None:
            # As ctrl+c does: what is left undone is said before the command ends. A loop that
            # isn't the main thread's, or Windows', takes no signals.
            with suppress(NotImplementedError, RuntimeError, ValueError):
                asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
        async with opened(place.target) as client:
            return await work(client)

    return asyncio.run(with_client())


def _progress(status: WorkflowStatusResult) -> str:
    told = f"{words.word(status.run_id)}: {tables.run_status(status.run_status, status.raw_status)}"
    progress = status.progress
    if progress is None or status.is_terminal:
        return told
    steps = f"{progress.completed_tasks}/{progress.total_tasks}"
    return f"{told} {steps} {words.word(progress.current_task)}".removesuffix(" -")
