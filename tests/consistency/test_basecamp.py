"""Two polls after anything that was done, here or elsewhere, the list is the server's truth."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dli_tui.backends.basecamp.adapter import BasecampBackend
from dli_tui.domain.status import RunStatus, WorkflowStatus
from dli_tui.present import making
from dli_tui.present.arranging import is_problem
from dli_tui.session.workflows import LIST_SECONDS
from tests.backends.http.servers import Naps, profile
from tests.consistency.servers import OVER, START, Server
from tests.support import ManualClock
from tests.support_session import looking_at

NAMES = ["a", "b", "c", "d"]
BAD = (RunStatus.FAILED, RunStatus.TIMEOUT)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(("start", "end", "stop", "pause", "unpause", "register", "unregister")),
        st.sampled_from([*NAMES, "new"]),
        st.integers(0, 5),
        st.booleans(),
    ),
    max_size=5,
)


async def act(server: Server, client: Any, step: tuple[str, str, int, bool]) -> None:
    """One thing that happens, from here or elsewhere, where it is possible."""
    verb, name, number, is_ours = step
    going = server.under_way
    state = server.statuses.get(name)
    if verb == "register":
        server.register(name)
    elif verb == "unregister" and state in ("ACTIVE", "PAUSED"):
        server.unregister(name)
    elif verb == "start" and state == "ACTIVE":
        await client.run(name) if is_ours else server.start(name)
    elif verb == "end" and going:
        server.end(going[number % len(going)], OVER[number % 2])
    elif verb == "stop" and going:
        run_id = going[number % len(going)]
        await client.stop(run_id) if is_ours else server.stop(run_id)
    elif verb == "pause" and state == "ACTIVE":
        await client.pause(name) if is_ours else server.hold(name, "PAUSED")
    elif verb == "unpause" and state == "PAUSED":
        await client.unpause(name) if is_ours else server.hold(name, "ACTIVE")


def truth_of(server: Server) -> dict[str, tuple[Any, ...]]:
    found = {}
    for name, status in server.statuses.items():
        last = server.last(name)
        told = None if last is None else (last["run_id"], RunStatus.of(last["status"]))
        found[name] = (WorkflowStatus.of(status), told)
    return found


def seen_in(rows: Any) -> dict[str, tuple[Any, ...]]:
    return {
        row.dataset_name: (
            row.status,
            None if row.last_run is None else (row.last_run.run_id, row.last_run.status),
        )
        for row in rows
    }


def shown_as(row: Any) -> Any:
    """The row of the dashboard, which counts its problems by it; lateness is another matter."""
    return making.workflow_row(row)._replace(due=None)


async def story(steps: list[Any], *, tells_last_runs: bool) -> None:
    server = Server(NAMES, tells_last_runs=tells_last_runs)
    # More runs than a page of the history holds, and one that is older than all of them.
    server.start("d")
    for _ in range(110):
        server.end(server.start("a"), "SUCCESS")
    transport, clock = httpx.MockTransport(server), ManualClock(START)
    opened = BasecampBackend(profile(token_env="T"), {"T": "t"}, transport=transport, sleep=Naps())
    async with opened as backend, looking_at(backend, clock=clock) as here:
        for step in steps:
            await act(server, here.session.client, step)
            await here.pass_by(LIST_SECONDS)
            await here.pass_by(LIST_SECONDS)
            rows = here.workflows.rows.values()
            assert seen_in(rows) == truth_of(server)
            shown = {row.dataset_name for row in rows if is_problem(shown_as(row), START)}
            # What is switched off is nobody's problem.
            assert shown == {
                name
                for name, (status, last) in truth_of(server).items()
                if last and last[1] in BAD and status is not WorkflowStatus.DISABLED
            }
            if not tells_last_runs:
                # A list that tells the last run alone hides one that was started before it.
                going = {server.runs[run_id]["dataset_name"] for run_id in server.under_way}
                assert {row.dataset_name for row in rows if row.is_running} == going


@pytest.mark.parametrize("tells_last_runs", [True, False], ids=["seed", "real"])
@settings(
    max_examples=20,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=STEPS)
def test_the_list_is_true_two_polls_after_anything(tells_last_runs, steps):
    asyncio.run(story(steps, tells_last_runs=tells_last_runs))
