"""What others do on a real Airflow is in our list two polls later, as its own API tells it."""

import asyncio
import random
import shutil
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import pytest

from dli_tui.backends.airflow.adapter import SWEEP_SECONDS
from dli_tui.domain.status import RunStatus, WorkflowStatus
from dli_tui.session.workflows import LIST_SECONDS
from tests.airflow.place import backend_of, until
from tests.airflow.real import HERE
from tests.support_session import looking_at

NAMES = tuple(f"of_others_{number}" for number in range(5))
ACTIONS = 25
SEED = 16
STATES = {
    "queued": RunStatus.PENDING,
    "running": RunStatus.RUNNING,
    "success": RunStatus.COMPLETED,
    "failed": RunStatus.FAILED,
}
OPEN = ("queued", "running")


class Row(NamedTuple):
    """What is compared of a DAG."""

    status: WorkflowStatus
    next_run: datetime | None
    last: tuple[str, RunStatus, datetime | None] | None


class Hour:
    """The hour that it is, and the seconds that our polls are told have passed."""

    def __init__(self) -> None:
        self._passed = 0.0

    def now(self) -> datetime:
        return datetime.now(UTC)

    def passed(self) -> float:
        return self._passed

    def move(self, seconds: float) -> None:
        """No poll waits for the hour."""
        self._passed += seconds


class Others:
    """People who do something at random, by the API alone."""

    def __init__(self, rest) -> None:
        self._rest, self._dice = rest, random.Random(SEED)
        self.done: list[str] = []
        self.deleted: set[str] = set()
        """DAGs of which a run was deleted."""

    async def act(self) -> None:
        """One action that can be done as things stand."""
        name = self._dice.choice(NAMES)
        runs = await self._rest.every(f"/dags/{name}/dagRuns", "dag_runs")
        deeds: dict[str, Any] = {"trigger": self._trigger, "trigger a date": self._trigger_a_date}
        deeds |= {"pause": self._pause, "unpause": self._unpause}
        if any(run["state"] in OPEN for run in runs):
            deeds |= {"finish": self._finish, "fail": self._fail}
        if any(run["state"] not in OPEN for run in runs):
            deeds["delete"] = self._delete
        # Each kind of action is among them.
        kinds = {one.partition(":")[0] for one in self.done}
        verb = self._dice.choice(sorted(deeds.keys() - kinds or deeds))
        self.done.append(f"{verb}: {name}")
        await deeds[verb](name, sorted(runs, key=lambda run: run["dag_run_id"]))

    async def _trigger(self, name, runs, logical_date=None):
        body = {"dag_run_id": f"others_{len(self.done)}"}
        if logical_date is not None or not self._rest.is_two:
            body["logical_date"] = logical_date
        await self._rest.ask("POST", f"/dags/{name}/dagRuns", json=body)

    async def _trigger_a_date(self, name, runs):
        date = datetime(2026, 2, 1, tzinfo=UTC) + timedelta(days=len(self.done))
        await self._trigger(name, runs, date.isoformat())

    async def _finish(self, name, runs):
        await self._mark(name, runs, "success")

    async def _fail(self, name, runs):
        await self._mark(name, runs, "failed")

    async def _mark(self, name, runs, state):
        run = self._dice.choice([run for run in runs if run["state"] in OPEN])
        path = f"/dags/{name}/dagRuns/{run['dag_run_id']}"
        await self._rest.ask("PATCH", path, json={"state": state})

    async def _delete(self, name, runs):
        # A run that is under way can't be deleted.
        run = self._dice.choice([run for run in runs if run["state"] not in OPEN])
        self.deleted.add(name)
        await self._rest.ask("DELETE", f"/dags/{name}/dagRuns/{run['dag_run_id']}")

    async def _pause(self, name, runs):
        await self._rest.ask("PATCH", f"/dags/{name}", json={"is_paused": True})

    async def _unpause(self, name, runs):
        await self._rest.ask("PATCH", f"/dags/{name}", json={"is_paused": False})


async def truth(rest):
    """Every DAG as the API tells it."""
    stale = {"only_active": "false"} if rest.is_two else {"exclude_stale": "false"}
    dags = {dag["dag_id"]: dag for dag in await rest.every("/dags", "dags", **stale)}
    # The last run is the one that was made last, and on 3.x the one that was due last.
    newest = "-id" if rest.is_two else "-run_after"
    body = {"dag_ids": list(dags), "order_by": newest, "page_limit": 1_000}
    page = await rest.ask("POST", "/dags/~/dagRuns/list", json=body)
    assert page["total_entries"] == len(page["dag_runs"])
    last = {run["dag_id"]: run for run in reversed(page["dag_runs"])}
    return {dag_id: _row(dag, last.get(dag_id)) for dag_id, dag in dags.items()}


def _row(dag, run):
    status = WorkflowStatus.PAUSED if dag["is_paused"] else WorkflowStatus.ACTIVE
    if dag["has_import_errors"] or not dag.get("is_active", not dag.get("is_stale")):
        status = WorkflowStatus.DISABLED
    due = _moment(dag.get("next_dagrun_run_after") or dag.get("next_dagrun_create_after"))
    last = run and (run["dag_run_id"], STATES[run["state"]], _moment(run["start_date"]))
    return Row(status, due if status is not WorkflowStatus.DISABLED else None, last)


def _moment(text):
    return None if text is None else datetime.fromisoformat(text)


def shown(rows):
    """The rows of a session, by DAG."""
    return {
        row.airflow_dag_id: Row(
            row.status,
            row.next_run_when_unpaused if row.status is WorkflowStatus.PAUSED else _told(row),
            row.last_run and (row.last_run.run_id, _state(row.last_run), row.last_run.started_at),
        )
        for row in rows
    }


def _told(row):
    return None if row.next_run_computed else row.next_run


def _state(run):
    """Airflow has no word for a run that somebody stopped."""
    return STATES[run.raw_status] if run.status is RunStatus.KILLED else run.status


@pytest.fixture
async def of_others(server, client):
    """The DAGs that others act on."""
    await asyncio.to_thread(shutil.copy, HERE / "later_dags" / "limits.py", server.dags)
    await until(client, lambda rows: rows.keys() >= set(NAMES))


async def compared(here, rest, *spans):
    """What is shown after polls that come after so many seconds each, and what is true.

    The scheduler goes on meanwhile, as a run that waits begins: it counts once the API says the
    same before and after.
    """
    while True:
        before = await truth(rest)
        for seconds in spans:
            await here.pass_by(seconds)
            if here.backend._sweeping is not None:
                await asyncio.wait([here.backend._sweeping])
        after = await truth(rest)
        if before == after:
            return shown(here.workflows.rows.values()), after


@pytest.mark.usefixtures("of_others")
async def test_after_actions_of_others_the_list_is_what_the_api_says(server, rest):
    clock, others = Hour(), Others(rest)
    backend = backend_of(server.address, passed=clock.passed)
    async with backend, looking_at(backend, clock=clock) as here:
        for _ in range(ACTIONS):
            await others.act()
        seen, true = await compared(here, rest, LIST_SECONDS, LIST_SECONDS)
        moved = set(NAMES) - others.deleted
        assert {name: seen[name].last for name in moved} == {
            name: true[name].last for name in moved
        }, others.done
        # A deleted run and a pause show in no run that moved: the whole list tells them.
        seen, true = await compared(here, rest, SWEEP_SECONDS, LIST_SECONDS)
    assert others.deleted
    assert seen == true, others.done
