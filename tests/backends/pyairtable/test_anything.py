"""Whatever the two services answer to whatever the port can ask: a value, or an error of ours."""

import asyncio
import json
from contextlib import aclosing
from types import AsyncGeneratorType

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dli_tui.backends.pyairtable.adapter import PyAirtableBackend
from dli_tui.domain.errors import DLIError
from dli_tui.domain.ids import LogRef, RunRef
from dli_tui.domain.query import (
    HistoryQuery,
    NewConfiguration,
    NewEvent,
    NewSaga,
    Registration,
    RunRequest,
    WorkflowQuery,
)
from dli_tui.domain.schedule import ScheduleConfig
from dli_tui.domain.template import NewFromTemplate, TemplateDraft
from dli_tui.domain.text import safe_line
from tests.backends.basecamp.test_anything import changed, places, questions, shown
from tests.backends.pyairtable.recorded import NO_ROUTE, ROOT, execution, profile, workflow
from tests.support import ManualClock
from tests.support_backends import NOW

NAME = "Data Processing Workflow"
RUN = RunRef("789", NAME)
LOG = {"steps": [{"name": "a", "type": "log", "config": {"message": "hi"}}]}
ONE = workflow(workflow_config=LOG)
CALLS = {
    "met": lambda b: b.met(),
    "workflows": lambda b: b.workflows(WorkflowQuery()),
    "history": lambda b: b.history(HistoryQuery(NAME)),
    "run_status": lambda b: b.run_status(RUN),
    "workflow": lambda b: b.workflow(NAME),
    "registered": lambda b: b.registered(NAME),
    "recent_runs": lambda b: b.recent_runs([NAME, "#1", "other"], 5),
    "cursor": lambda b: b.cursor(),
    "changes": lambda b: b.changes("7"),
    "dataset_info": lambda b: b.dataset_info(NAME),
    "register": lambda b: b.register(Registration("new", ScheduleConfig(cron="0 9 * * *"))),
    "unregister": lambda b: b.unregister(NAME, force=True),
    "run": lambda b: b.run(RunRequest(NAME, {"a": 1})),
    "stop": lambda b: b.stop(RUN, reason="wrong day"),
    "pause": lambda b: b.pause(NAME),
    "unpause": lambda b: b.unpause(NAME),
    "steps": lambda b: b.steps(RUN),
    "logs": lambda b: b.logs(LogRef(RUN, "a"), "1"),
    "retry": lambda b: b.retry(RUN, ["a"]),
    "retry_plan": lambda b: b.retry_plan(RUN, ["a"]),
    "templates": lambda b: b.templates(category="c", search="s"),
    "template_categories": lambda b: b.template_categories(),
    "template": lambda b: b.template("1"),
    "create_from_template": lambda b: b.create_from_template(
        NewFromTemplate(template_id="1", workflow_name="w")
    ),
    "template_usage": lambda b: b.template_usage("1"),
    "create_template": lambda b: b.create_template(TemplateDraft(name="t")),
    "update_template": lambda b: b.update_template("1", TemplateDraft(name="t")),
    "delete_template": lambda b: b.delete_template("1"),
    "sagas": lambda b: b.sagas(),
    "saga": lambda b: b.saga("1"),
    "cancel_saga": lambda b: b.cancel_saga("1"),
    "saga_types": lambda b: b.saga_types(),
    "start_saga": lambda b: b.start_saga(NewSaga("t", {"a": 1})),
    "publish": lambda b: b.publish(NewEvent("e")),
    "health": lambda b: b.health(),
    "configure": lambda b: b.configure(NewConfiguration(NAME, LOG)),
}
OF_DATES = {
    *("backfill", "backfill_slots", "backfill_status", "backfills"),
    *("pause_backfill", "unpause_backfill", "run_dates"),
}
"""There are none here: what is answered is the port's own."""

STATUSES = st.sampled_from([*[200] * 6, 201, 202, 204, 301, 304, 307, 400, 401, 403, 404, 404, 405])
STATUSES |= st.sampled_from([409, 410, 422, 429, 500, 502, 503, 504])
KEYS = st.sampled_from(
    [
        *("id", "name", "status", "detail", "workflow", "execution", "saga", "template"),
        *("workflow_id", "execution_id", "saga_id", "steps", "total", "results", "config"),
    ]
)
# What a terminal would obey, half a surrogate pair, and numbers that are none.
TEXTS = st.text(max_size=6) | st.sampled_from(
    ["\x1b]52;c;aGk=\x07", "a\nb", "\ud800", "..", "1/../2", "9" * 5_000, "Not Found", "running"]
)
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | TEXTS
LEAVES |= st.sampled_from([10**400, -1, 1e308, 123, 789])
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS | TEXTS, inner, max_size=4),
    max_leaves=10,
)
STEP = {"id": 1, "step_order": 1, "step_name": "a", "status": "failed", "output_data": {"x": 1}}
SAGA_STEP = {"name": "s", "status": "completed", "command": {"action": "do"}, "compensation": "un"}
SAGA = {
    "id": "s1",
    "type": "workflow_execution",
    "status": "running",
    "steps": [SAGA_STEP],
    "correlation_id": "workflow-123-execution-789",
}
TEMPLATE = {"id": 1, "name": "t", "template_config": LOG, "tags": "a,b", "category": "c"}
LOGGED = execution(status="failed", logs="Executing step 1: a\nStep 1 failed: no", result={})
GOOD = [
    [ONE],
    {"workflows": [ONE, workflow(124, NAME)], "total": 2, "skip": 0, "limit": 100},
    ONE,
    {"workflow": ONE},
    [execution(status="running"), execution(788)],
    execution(status="running"),
    {"execution": LOGGED},
    [STEP],
    {"message": "started", "execution_id": 790, "workflow_id": 123},
    {"templates": [TEMPLATE], "total": 1},
    TEMPLATE,
    {"categories": [{"name": "c", "count": 1}, "bare"]},
    {"total": 3, "by_day": {"2026-01-01": 2}, "uses": [{"date": "2026-01-01", "count": 1}]},
    {"sagas": [SAGA], "total": 1},
    SAGA,
    {"saga_types": [{"name": "t", "required_fields": ["a"]}]},
    {"saga_id": "s1", "status": "started"},
    {"event_id": "e1", "status": "published"},
    {"status": "healthy", "components": {"db": "up", "n": {"status": "down", "message": "m"}}},
    {"detail": "Workflow is paused", "error_code": "WORKFLOW_PAUSED", "path": "/x"},
    NO_ROUTE,
]
"""Bodies that one question or the other understands; broken ones are made of them."""


@st.composite
def broken(draw):
    """A good body with anything at one of its places."""
    good = draw(st.sampled_from(GOOD))
    return changed(good, draw(st.sampled_from(list(places(good)))), draw(JSON))


@st.composite
def replies(draw):
    """Any status with any body."""
    told = draw(st.one_of(st.sampled_from(GOOD), broken(), JSON))
    body = json.dumps(told).encode()
    content = draw(
        st.sampled_from([body, body, body, body[: len(body) // 2], b"", b"<html>no</html>"])
    )
    headers = draw(
        st.dictionaries(
            st.sampled_from(["ETag", "Retry-After", "Location", "Content-Type"]),
            st.sampled_from(["7", "-1", "text/html", "/api/v1/workflows", "\x1b[2J"]),
            max_size=1,
        )
    )
    return httpx.Response(draw(STATUSES), headers=headers, content=content)


def ok(body, status=200):
    return httpx.Response(status, json=body)


KNOWN = {
    "003": {
        ROOT: ok([ONE]),
        f"{ROOT}/executions/0/steps": ok({"detail": "Execution not found"}, 404),
        "/api/v1/sagas/": ok({"sagas": [SAGA]}),
    },
    "legacy": {
        ROOT: ok(NO_ROUTE, 404),
        "/workflows": ok({"workflows": [ONE], "total": 1, "skip": 0, "limit": 100}),
        **{path: ok(NO_ROUTE, 404) for path in ("/api/v1/sagas/", "/sagas/")},
        "/saga": ok({"sagas": [SAGA]}),
    },
    "anything": {},
}
"""What is answered as it should be, so that what comes behind it is asked at all."""


NOT_DONE = {307, 404, 405}
"""Answers that say for certain that nothing was done yet."""


class Whatever:
    """Answers what isn't known with one of a few replies in turn, for ever."""

    def __init__(self, known, found):
        self._known, self._found = known, found
        self.writes = []
        self.refused = 0
        self.asked = 0

    async def __call__(self, request):
        self.asked += 1
        assert self.asked < 1_000, "it asks for ever"
        reply = self._found[self.asked % len(self._found)]
        if request.method == "GET":
            reply = self._known.get(request.url.path, reply)
        elif reply.status_code not in NOT_DONE:
            self.writes.append((request.method, request.url.path, request.content))
        self.refused += request.method != "GET" and reply.status_code >= 400
        return httpx.Response(reply.status_code, headers=reply.headers, content=reply.content)


async def taken(answer):
    """An answer to its end."""
    if not isinstance(answer, AsyncGeneratorType):
        return await answer
    async with aclosing(answer) as pages:
        return [page.items async for page in pages]


async def asked(call, stub):
    """What is answered, written out; None for an error, whose words are one line each."""
    clock = ManualClock(NOW)

    async def sleep(seconds):
        clock.move(seconds)

    transport = httpx.MockTransport(stub)
    async with PyAirtableBackend(
        profile(),
        {"KEY": "hush-hush"},
        transport=transport,
        saga_transport=transport,
        clock=clock,
        passed=lambda: clock.now().timestamp(),
        sleep=sleep,
    ) as backend:
        try:
            return shown(await taken(call(backend)))
        except DLIError as problem:
            message, hint = problem.message, problem.hint
    assert message
    assert (safe_line(message), safe_line(hint)) == (message, hint)
    assert "hush-hush" not in message + hint
    return None


def test_nothing_that_can_be_asked_is_left_out():
    assert questions() - OF_DATES == set(CALLS)


@pytest.mark.parametrize("known", KNOWN)
@pytest.mark.parametrize("name", CALLS)
@settings(max_examples=6, deadline=None)
@given(found=st.lists(replies(), min_size=1, max_size=3))
def test_it_is_a_value_or_an_error_of_ours(name, known, found):
    stub = Whatever(KNOWN[known], found)
    answer = asyncio.run(asked(CALLS[name], stub))
    assert answer is None or stub.writes or not stub.refused, "a no was taken for a yes"
    # Another word or field is tried where the first did nothing; the very same never.
    assert len(stub.writes) == len(set(stub.writes)) <= 2
