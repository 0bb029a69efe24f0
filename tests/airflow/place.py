"""Who plays which part on a real Airflow, for the stories and for the contract of every backend."""

from __future__ import annotations

import asyncio
import getpass
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final

from dli_tui.backends.airflow.adapter import AirflowBackend
from dli_tui.client import WorkflowClient
from dli_tui.config.model import Kind, Profile
from dli_tui.domain.ids import LogRef, RunRef
from dli_tui.domain.query import RunRequest
from dli_tui.domain.status import WorkflowStatus
from tests.backends.contract.places import Place

if TYPE_CHECKING:
    from dli_tui.domain.workflow import WorkflowInfo
    from tests.airflow.real import Server

SALES: Final = "sales.daily"
HOURLY: Final = "rates_hourly"
FAILING: Final = "rates_failing"
SLOW: Final = "slow_export"
DATED: Final = "dated"
HELD: Final = "held_export"
RETIRED: Final = "retired_export"
_EVERY: Final = frozenset({SALES, HOURLY, FAILING, SLOW, DATED, HELD, RETIRED})
_BROKEN: Final = 'raise ImportError("no module named retired")\n'
_TRIES: Final = 360
_HURRY: Final = 4


class RealClock:
    """The hour that it is; time is let pass by waiting."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def move(self, seconds: float) -> None:
        """Let a part of that much time pass: its tasks are shorter than the demo's."""
        time.sleep(seconds / _HURRY)

    async def sleep(self, seconds: float) -> None:
        """Look again sooner than a person would."""
        await asyncio.sleep(seconds / 2)


def backend_of(
    address: str, name: str = "admin", password: str | None = None, **more: Any
) -> AirflowBackend:
    """The adapter in front of it, for somebody whose password is their name unless it is said."""
    profile = Profile(
        name="air", kind=Kind.AIRFLOW, url=address, username=name, password_env="PASSWORD"
    )
    return AirflowBackend(profile, {"PASSWORD": name if password is None else password}, **more)


@asynccontextmanager
async def opened(
    address: str, name: str = "admin", password: str | None = None
) -> AsyncIterator[WorkflowClient]:
    """A client of it."""
    async with backend_of(address, name, password) as backend:
        yield WorkflowClient(backend, clock=RealClock())


async def ready(server: Server) -> Place:
    """Everybody plays their part: all are read, those that fire do, and one can't be read again."""
    async with opened(server.address) as client:
        await until(client, lambda rows: rows.keys() >= _EVERY)
        for name in _EVERY - {HELD}:
            await client.unpause(name)
        done = await client.backend.run(RunRequest(SALES))
        failed = await client.backend.run(RunRequest(FAILING))
        await asyncio.to_thread((server.dags / "retired.py").write_text, _BROKEN, "utf-8")
        for name, result in ((SALES, done), (FAILING, failed)):
            await over(client, f"{name}/{result.run_id}")
        await until(client, lambda rows: rows[RETIRED].status is WorkflowStatus.DISABLED)
    return Place(
        name=f"Airflow {server.version.number}",
        open=lambda _: backend_of(server.address),
        start=datetime.now(UTC),
        manual=SALES,
        code=HOURLY,
        pair=HOURLY,
        paused=HELD,
        disabled=RETIRED,
        failing=FAILING,
        completed=RunRef(str(done.run_id), SALES),
        dates=(date(2026, 1, 5), date(2026, 1, 7)),
        owner="finance",
        user=getpass.getuser(),
    )


async def until(client: WorkflowClient, holds) -> dict[str, WorkflowInfo]:
    """The rows by name, once something holds for them."""
    for _ in range(_TRIES):
        rows = {row.dataset_name: row for row in (await client.changes(None)).workflows}
        if holds(rows):
            return rows
        await client.clock.sleep(1)
    raise AssertionError(f"it never came to be: {rows}")


async def over(client: WorkflowClient, run_id: str):
    """The run when it is over."""
    last = None
    async for status in client.follow(run_id):
        last = status
    return last


async def log_of(client: WorkflowClient, run_id: str, step, attempt: int | None = None):
    """The lines of a step's log, followed to its end."""
    ref = LogRef(client.ref(run_id), step.name, attempt or step.attempt)
    lines, cursor, complete = [], None, False
    while not complete:
        chunk = await client.logs(ref, cursor)
        lines += [line.text for line in chunk.lines]
        if not chunk.lines and chunk.cursor == cursor:
            break
        cursor, complete = chunk.cursor, chunk.complete
    return lines
