"""Parameters with a schema: Airflow checks them, and its reason is told; conf is what was given."""

import json

import pytest

from dli_tui.domain.errors import DLIError
from dli_tui.domain.status import RunStatus, WorkflowStatus
from tests.airflow.place import log_of, over

NAME = "typed_export"
GOOD = {"country": "es", "rows": 99, "table": "orders", "more": {"deep": [1, None, "2", True]}}
DEFAULTS = {"country": "kr", "rows": 10, "day": "2026-01-31"}


@pytest.fixture
async def ready(client):
    """It fires, and stands in the list."""
    while (row := await client.get(NAME)) is None:
        await client.clock.sleep(1)
    if row.status is WorkflowStatus.PAUSED:
        await client.unpause(NAME)


async def ids_of(rest):
    return {row["dag_run_id"] for row in await rest.every(f"/dags/{NAME}/dagRuns", "dag_runs")}


@pytest.mark.usefixtures("ready")
@pytest.mark.parametrize(
    "wrong",
    [{"rows": 99_999}, {"rows": "many"}, {"country": "fr"}, {"table": "No!"}, {"table": None}],
    ids=lambda wrong: "-".join(map(str, *wrong.items())),
)
async def test_a_value_against_its_schema_is_refused_with_the_servers_reason(client, rest, wrong):
    given = {key: value for key, value in (GOOD | wrong).items() if value is not None}
    before = await ids_of(rest)
    body = {"conf": given} if rest.is_two else {"conf": given, "logical_date": None}
    there = await rest.reply("POST", f"/dags/{NAME}/dagRuns", json=body)
    with pytest.raises(DLIError) as caught:
        await client.run(NAME, parameters=given)
    assert there.is_client_error
    # The first line says which parameter and why; below it stands the schema.
    why = there.json()["detail"].splitlines()[0]
    assert why in caught.value.message
    assert await ids_of(rest) == before


@pytest.mark.usefixtures("ready")
async def test_a_run_carries_its_conf_exactly_as_given(client, rest):
    started = await client.run(NAME, parameters=GOOD)
    ended = await over(client, started.run_id)
    assert (ended.run_status, ended.parameters) == (RunStatus.COMPLETED, GOOD)
    there = await rest.ask("GET", f"/dags/{NAME}/dagRuns/{client.ref(started.run_id).run_id}")
    assert there["conf"] == GOOD
    (step,) = await client.steps(started.run_id)
    lines = await log_of(client, started.run_id, step)
    (given,) = [line.partition("given ")[2] for line in lines if "given {" in line]
    assert json.loads(given) == {"conf": GOOD, "params": DEFAULTS | GOOD}
