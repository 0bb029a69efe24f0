"""What the demo answers itself and what it answers through our server are the same models."""

from contextlib import AsyncExitStack

import pytest
from pydantic import BaseModel

from dli_tui.client import WorkflowClient
from dli_tui.domain.errors import DLIError
from dli_tui.domain.ids import LogRef, RunRef
from dli_tui.domain.query import (
    BackfillScope,
    HistoryQuery,
    NewSaga,
    Registration,
    WorkflowQuery,
)
from dli_tui.domain.schedule import (
    NotificationConfig,
    NotificationTarget,
    RetryConfig,
    ScheduleConfig,
)
from dli_tui.domain.status import RunStatus, RunType, SourceType, WorkflowStatus
from dli_tui.domain.template import NewFromTemplate
from dli_tui.domain.text import safe
from tests.backends.contract.places import DEMO, PLACES
from tests.support import ManualClock, everything

SERVED = [place for place in PLACES if place.name.startswith("basecamp")]
PLAIN = [place for place in PLACES if place.name.startswith("plain")]
SENTENCES = {"description", "error_message", "message", "reason", "text"}
"""What only is shown is made safe where it comes in; names stay as they are."""
FIRST, LAST = DEMO.dates
NEW = Registration(
    "brand.new",
    ScheduleConfig(
        cron="0 4 * * *",
        timezone="Asia/Seoul",
        retry=RetryConfig(max_attempts=3, delay_seconds=60),
        notifications=NotificationConfig(
            on_failure=(NotificationTarget(type="slack", channel="#data"),)
        ),
    ),
    owner="o@example.com",
    description="ünïcode ✓",
    yaml_content="name: x\n",
)


async def everything_anew(client):
    changes = await client.changes(None)
    return changes.workflows, changes.gone, changes.whole


async def pair(client):
    return sorted(await client.rows(DEMO.pair), key=lambda row: row.source_type)


async def failed(client):
    runs = await client.history(HistoryQuery(DEMO.failing, status=RunStatus.FAILED, limit=1))
    return runs.runs[0].ref


async def log_of_failed(client):
    ref = await failed(client)
    step = next(step for step in await client.steps(ref) if step.error_message)
    return await client.logs(LogRef(ref, step.name, step.attempt))


async def plan_of_a_retry(client):
    ref = await failed(client)
    return await client.retry_plan(ref), await client.retry_plan(ref, ["load"])


async def begun_backfill(client):
    result = await client.backfill(DEMO.manual, start_date=FIRST, end_date=LAST)
    return result, await client.backfill_status(RunRef(result.run_id, DEMO.manual))


async def stopped(client):
    started = await client.run(DEMO.manual, parameters={"a": [1, {"b": None}]})
    client.clock.move(10)
    ended = await client.stop(started.run_id, reason="wrong day")
    client.clock.move(1)
    return started, ended, await client.status(started.run_id)


async def first_saga(client):
    return await client.saga((await client.sagas())[0].saga_id)


async def started_saga(client):
    kind = (await client.saga_types())[0]
    given = dict.fromkeys(kind.required_fields, "x")
    return await client.start_saga(NewSaga(kind.name, given, correlation_id="run-1"))


async def from_template(client):
    template = (await client.templates())[0]
    given = dict.fromkeys(template.placeholders, "x")
    request = NewFromTemplate(
        template_id=template.id,
        workflow_name="from.template",
        custom_config=template.custom_config(given),
    )
    return await client.create_from_template(request)


BY_THE_CONTRACT = {
    "the list": lambda c: everything(c.workflows(WorkflowQuery())),
    "manual rows": lambda c: c.list_workflows(WorkflowQuery(source=SourceType.MANUAL, limit=9)),
    "paused rows": lambda c: c.list_workflows(WorkflowQuery(status=WorkflowStatus.PAUSED)),
    "rows by name": lambda c: c.list_workflows(WorkflowQuery(name="clicks", limit=2)),
    "a pair": pair,
    "nobody's row": lambda c: c.rows("no.such"),
    "a row": lambda c: c.get(DEMO.code),
    "a history": lambda c: everything(c.runs(HistoryQuery(DEMO.manual, limit=30))),
    "a history of dates": lambda c: everything(
        c.runs(HistoryQuery(DEMO.code, start_date=FIRST, end_date=LAST))
    ),
    "a history by type": lambda c: everything(
        c.runs(HistoryQuery(DEMO.code, run_type=RunType.SCHEDULED, limit=9))
    ),
    "the history of all": lambda c: everything(c.runs(HistoryQuery(limit=40))),
    "a run that is over": lambda c: c.status(DEMO.completed),
    "nobody's run": lambda c: c.status("no_such_run"),
    "another's run": lambda c: c.status(RunRef(DEMO.completed.run_id, DEMO.manual)),
    "recent runs": lambda c: c.recent_runs([DEMO.manual, DEMO.pair, "no.such"], 5),
    "a run that is stopped": stopped,
    "a run of what is paused": lambda c: c.run(DEMO.paused),
    "a run of what is disabled": lambda c: c.run(DEMO.disabled),
    "a stop of nothing": lambda c: c.stop("no_such_run"),
    "a stop of what is over": lambda c: c.stop(DEMO.completed.run_id),
    "a pause": lambda c: c.pause(DEMO.manual, reason="stock-taking"),
    "a pause of what is paused": lambda c: c.pause(DEMO.paused),
    "an unpause": lambda c: c.unpause(DEMO.paused),
    "an unpause of what is disabled": lambda c: c.unpause(DEMO.disabled),
    "a registration": lambda c: c.register(NEW),
    "a registration over another": lambda c: c.register(NEW._replace(dataset_name=DEMO.manual)),
    "a registration by force": lambda c: c.register(
        NEW._replace(dataset_name=DEMO.manual, force=True)
    ),
    "a registration over CODE": lambda c: c.register(NEW._replace(dataset_name=DEMO.code)),
    "an unregistration": lambda c: c.unregister(DEMO.manual),
    "an unregistration of CODE": lambda c: c.unregister(DEMO.code),
    "an unregistration of nothing": lambda c: c.unregister("no.such"),
}
BESIDE_IT = {
    "a retry's plan": plan_of_a_retry,
    # Where a server takes a range only, the plan says so.
    "a backfill's plan": lambda c: c.plan_backfill(
        DEMO.manual, FIRST, LAST, scope=BackfillScope.ALL
    ),
    "a backfill planned only": lambda c: c.backfill(
        DEMO.manual, start_date=FIRST, end_date=LAST, dry_run=True
    ),
    "what moved": everything_anew,
    "a dataset": lambda c: c.dataset_info(DEMO.manual),
    "nobody's dataset": lambda c: c.dataset_info("no.such"),
    "a dry run": lambda c: c.run(DEMO.manual, parameters={"a": 1}, dry_run=True),
    "a backfill": begun_backfill,
    "all backfills": lambda c: c.backfills(),
    "steps": lambda c: c.steps(DEMO.completed),
    "steps of nobody's run": lambda c: c.steps("no_such_run"),
    "a log": log_of_failed,
    "a log of no step": lambda c: c.logs(LogRef(RunRef(DEMO.completed.run_id), "no such step")),
    "the templates": lambda c: c.templates(),
    "templates searched for": lambda c: c.templates(category="data", search="s"),
    "the shelves": lambda c: c.template_categories(),
    "nobody's template": lambda c: c.template("no such"),
    "a workflow of a template": from_template,
    "the sagas": lambda c: c.sagas(),
    "a saga": first_saga,
    "nobody's saga": lambda c: c.saga("no such"),
    "the kinds of saga": lambda c: c.saga_types(),
    "a saga started": started_saga,
    "the health": lambda c: c.health(),
}


def tamed(found):
    """What was answered as plain values, its sentences without what a terminal would obey."""
    if isinstance(found, BaseModel):
        return type(found).__name__, tamed(dict(found))
    if isinstance(found, dict):
        return {
            key: safe(value) if key in SENTENCES and value else tamed(value)
            for key, value in found.items()
        }
    return [tamed(one) for one in found] if isinstance(found, (list, tuple)) else found


async def answer(place, call):
    """What a call brings on a place that has just been opened: models, or an error."""
    clock = ManualClock(place.start)
    async with AsyncExitStack() as stack:
        backend = await stack.enter_async_context(place.open(clock))
        client = WorkflowClient(backend, clock=clock)
        await client.cursor()
        try:
            return tamed(await call(client))
        except DLIError as problem:
            return type(problem), problem.code, problem.message, problem.hint


@pytest.mark.parametrize("place", SERVED, ids=lambda place: place.name)
@pytest.mark.parametrize("name", BY_THE_CONTRACT | BESIDE_IT)
async def test_the_same_call_gives_the_same_models(place, name):
    call = (BY_THE_CONTRACT | BESIDE_IT)[name]
    assert await answer(place, call) == await answer(DEMO, call)


@pytest.mark.parametrize("place", PLAIN, ids=lambda place: place.name)
@pytest.mark.parametrize("name", BY_THE_CONTRACT)
async def test_by_the_contract_alone_too(place, name):
    call = BY_THE_CONTRACT[name]
    assert await answer(place, call) == await answer(DEMO, call)
