"""Each of many pauses is one request, by the list; one that says "done already" is asked."""

import pytest

from dli_tui.backends.airflow.adapter import SWEEP_SECONDS
from dli_tui.client import WorkflowClient
from dli_tui.client.bulk import each
from dli_tui.domain.errors import ErrorCode, WorkflowExecutionError, WorkflowNotFoundError
from dli_tui.domain.status import WorkflowStatus
from tests.backends.airflow.fake import FakeAirflow, Passing, opened
from tests.backends.airflow.looking import begun

NAMES = ["team_a", "team.a", "team%a", "teamxa", "other"]
"""A pattern of SQL that fits the first fits some of the others too."""


@pytest.fixture
def airflow():
    found = FakeAirflow()
    for name in NAMES:
        found.dag(name, runs=1)
    return found


@pytest.fixture
def passed():
    return Passing()


@pytest.fixture
async def client(airflow, passed):
    async with opened(airflow, passed=passed) as backend:
        await begun(backend)
        airflow.requests.clear()
        yield WorkflowClient(backend)


def paused(airflow):
    return {name for name, row in airflow.dags.items() if row["is_paused"]}


async def test_each_of_many_is_one_request_and_no_other_dag_is_touched(airflow, client):
    chosen = ["teamxa", "team_a", "other"]
    outcomes = await each(chosen, client.pause)
    assert [(one.item, one.result.workflow_status) for one in outcomes] == [
        (name, WorkflowStatus.PAUSED) for name in chosen
    ]
    assert sorted(airflow.asked) == sorted(f"PATCH /dags/{name}" for name in chosen)
    assert paused(airflow) == set(chosen)
    airflow.requests.clear()
    await each(chosen, client.unpause)
    assert len(airflow.asked) == len(chosen)
    assert paused(airflow) == set()


async def test_one_that_is_gone_stops_no_other(airflow, client):
    del airflow.dags["other"]
    outcomes = await each(["team_a", "other", "teamxa"], client.pause)
    assert [one.ok for one in outcomes] == [True, False, True]
    assert isinstance(outcomes[1].error, WorkflowNotFoundError)


async def test_what_the_list_says_is_done_already_is_looked_at_before_that_is_told(airflow, client):
    await client.pause("other")
    airflow.dags["other"]["is_paused"] = False  # by somebody else, since the list
    airflow.requests.clear()
    await client.pause("other")
    assert (airflow.asked[0], airflow.asked[-1]) == ("GET /dags/other", "PATCH /dags/other")
    airflow.requests.clear()
    result = await client.pause("other")
    assert "already" in result.message
    assert "PATCH /dags/other" not in airflow.asked


async def test_what_the_list_says_may_not_be_paused_is_looked_at_before_that_is_told(
    airflow, passed
):
    airflow.dags["other"] |= {"is_stale": True}
    async with opened(airflow, passed=passed) as backend:
        await begun(backend)
        client = WorkflowClient(backend)
        with pytest.raises(WorkflowExecutionError) as caught:
            await client.pause("other")
        assert caught.value.code is ErrorCode.WORKFLOW_INVALID_STATE
        airflow.dags["other"] |= {"is_stale": False}
        await client.pause("other")
    assert paused(airflow) == {"other"}


async def test_an_old_list_is_not_gone_by(airflow, client, passed):
    passed.seconds += 2 * SWEEP_SECONDS + 1
    await client.pause("other")
    assert airflow.asked[0] == "GET /dags/other"


async def test_without_a_list_the_row_is_read(airflow):
    async with opened(airflow) as backend:
        await WorkflowClient(backend).pause("other")
    assert airflow.asked[-1] == "PATCH /dags/other"
    assert "GET /dags/other" in airflow.asked
