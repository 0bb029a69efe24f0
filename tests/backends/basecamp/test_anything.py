"""Whatever a server answers to whatever the port can ask: it is a value, or an error of ours."""

import asyncio
import inspect
import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from datetime import date

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dli_tui.backends.port import Backend
from dli_tui.domain.capability import Capability
from dli_tui.domain.errors import DLIError
from dli_tui.domain.ids import LogRef, RunRef
from dli_tui.domain.query import (
    BackfillRequest,
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
from dli_tui.wire.workflows import workflow_of
from tests.backends.basecamp.stub import BESIDE, CLICKS, ROW, backend_of, json_of, run

DAY = date(2026, 1, 1)
RUN = RunRef("r1", CLICKS)
CALLS = {
    "met": lambda b: b.met(),
    "workflows": lambda b: b.workflows(WorkflowQuery()),
    "history": lambda b: b.history(HistoryQuery(CLICKS)),
    "run_status": lambda b: b.run_status(RUN),
    "workflow": lambda b: b.workflow(CLICKS),
    "registered": lambda b: b.registered(CLICKS),
    "recent_runs": lambda b: b.recent_runs([CLICKS, "other"], 5),
    "cursor": lambda b: b.cursor(),
    "changes": lambda b: b.changes("7"),
    "dataset_info": lambda b: b.dataset_info(CLICKS),
    "backfill_status": lambda b: b.backfill_status(RUN),
    "backfills": lambda b: b.backfills(),
    "register": lambda b: b.register(Registration(CLICKS, ScheduleConfig(cron="0 9 * * *"))),
    "unregister": lambda b: b.unregister(CLICKS, force=True),
    "run": lambda b: b.run(RunRequest(CLICKS, {"a": 1})),
    "backfill": lambda b: b.backfill(BackfillRequest(CLICKS, DAY, DAY)),
    "backfill_slots": lambda b: b.backfill_slots(BackfillRequest(CLICKS, DAY, DAY, parallel=True)),
    "run_dates": lambda b: b.run_dates(workflow_of(ROW), DAY, DAY),
    "pause_backfill": lambda b: b.pause_backfill(RUN),
    "unpause_backfill": lambda b: b.unpause_backfill(RUN),
    "stop": lambda b: b.stop(RUN, reason="wrong day"),
    "pause": lambda b: b.pause(CLICKS),
    "unpause": lambda b: b.unpause(CLICKS),
    "steps": lambda b: b.steps(RUN),
    "logs": lambda b: b.logs(LogRef(RUN, "step", map_index=0), "7"),
    "retry": lambda b: b.retry(RUN, ["step"]),
    "retry_plan": lambda b: b.retry_plan(RUN, ["step"]),
    "templates": lambda b: b.templates(category="c", search="s"),
    "template_categories": lambda b: b.template_categories(),
    "template": lambda b: b.template("1"),
    "create_from_template": lambda b: b.create_from_template(
        NewFromTemplate(template_id="1", workflow_name="w")
    ),
    "sagas": lambda b: b.sagas(),
    "saga": lambda b: b.saga("1"),
    "cancel_saga": lambda b: b.cancel_saga("1"),
    "saga_types": lambda b: b.saga_types(),
    "start_saga": lambda b: b.start_saga(NewSaga("t", {"a": 1})),
    "health": lambda b: b.health(),
    "configure": lambda b: b.configure(NewConfiguration(CLICKS, {"steps": []})),
    "template_usage": lambda b: b.template_usage("1"),
    "create_template": lambda b: b.create_template(TemplateDraft(name="t")),
    "update_template": lambda b: b.update_template("1", TemplateDraft(name="t")),
    "delete_template": lambda b: b.delete_template("1"),
    "publish": lambda b: b.publish(NewEvent("e")),
}
NO_QUESTION = {"listed", "why_not"}
OFFER = json_of({"capabilities": [one.name for one in Capability]})
STATUSES = st.sampled_from([200, 200, 200, 201, 202, 204, 301, 304, 400, 401, 403, 404, 409, 410])
STATUSES |= st.sampled_from([412, 418, 422, 429, 500, 501, 502, 503, 504, 599])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    *(
                        "workflows",
                        "runs",
                        "dataset_name",
                        "source_type",
                        "status",
                        "run_id",
                        "cursor",
                    ),
                    *(
                        "gone",
                        "backfills",
                        "whole",
                        "dates",
                        "slot",
                        "name",
                        "error",
                        "code",
                        "total",
                    ),
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
STEP = {"name": "s", "status": "failed"}
SAGA = {"saga_id": "1", "saga_type": "t", "status": "failed", "steps": [STEP]}
WHOLE = {"whole": run("r1"), "dates": [{"slot": "2026-01-01T06:00:00Z", "run": run("r2")}]}
GOOD = st.sampled_from(
    [
        [ROW],
        [run("r1")],
        run("r1"),
        {"workflows": [ROW], "total_count": 1},
        {"runs": [run("r1")], "dataset_info": {"owner": "o"}},
        {"runs": {CLICKS: [run("r1")]}},
        {"cursor": "7", "whole": True, "workflows": [ROW], "gone": []},
        {"backfills": [WHOLE]},
        WHOLE,
        [STEP],
        SAGA,
        [SAGA],
        {"lines": [{"text": "t"}], "cursor": "7", "complete": True},
        [{"id": "1", "name": "t"}],
        {"status": "healthy"},
        {"error": {"code": "DLI-807", "message": "no", "details": {"hint": "wait"}}},
    ]
)
"""Bodies that one question or the other understands; broken ones are made of them."""


def places(value, path=()):
    """Where something stands in it, itself included."""
    yield path
    items = enumerate(value) if isinstance(value, list) else ()
    for key, inner in value.items() if isinstance(value, dict) else items:
        yield from places(inner, (*path, key))


def changed(value, path, new):
    if not path:
        return new
    copy = value.copy()
    copy[path[0]] = changed(value[path[0]], path[1:], new)
    return copy


@st.composite
def broken(draw):
    """A good body with anything at one of its places."""
    good = draw(GOOD)
    return changed(good, draw(st.sampled_from(list(places(good)))), draw(JSON))


@st.composite
def replies(draw):
    """Any status with any body."""
    body = draw(st.one_of(GOOD, broken(), JSON).map(lambda found: json.dumps(found).encode()))
    content = draw(st.just(body) | st.just(body[: len(body) // 2]) | st.binary(max_size=20))
    headers = draw(
        st.dictionaries(
            st.sampled_from(["X-Total-Count", "ETag", "Retry-After", "Location", "Content-Type"]),
            st.sampled_from(["7", "-1", "many", "application/json", "text/html", "/api/v1/x"]),
            max_size=2,
        )
    )
    return httpx.Response(draw(STATUSES), headers=headers, content=content)


class Whatever:
    """Answers each question with one of a few replies, for ever.

    It has all that ours could have, or only the contract; None: it answers anything to that, too.
    """

    def __init__(self, found, *, is_ours=None):
        self._found, self._is_ours = found, is_ours
        self.writes = []
        self.asked = 0

    def __call__(self, request):
        self.asked += 1
        assert self.asked < 1_000, "it asks for ever"
        if request.method != "GET":
            self.writes.append(request)
        if self._is_ours is not None and request.url.path == f"{BESIDE}/capabilities":
            reply = OFFER if self._is_ours else httpx.Response(404)
        else:
            reply = self._found[self.asked % len(self._found)]
        return httpx.Response(reply.status_code, headers=reply.headers, content=reply.content)


def questions():
    """Everything that the port can be asked."""
    return {
        name
        for name, value in vars(Backend).items()
        if inspect.isfunction(value) and not name.startswith("_")
    } - NO_QUESTION


def test_nothing_that_can_be_asked_is_left_out():
    assert questions() == set(CALLS)


async def taken(answer):
    """An answer to its end: a listing may be long, but it ends."""
    if not isinstance(answer, AsyncGenerator):
        return await answer
    async with aclosing(answer) as pages:
        return [page.items async for page in pages]


def shown(value):
    """What was answered, as it would be written; models all the way down."""
    if hasattr(value, "model_dump_json"):
        return value.model_dump_json()
    if isinstance(value, Mapping):
        return [shown(one) for one in value.values()]
    return [shown(one) for one in value] if isinstance(value, (tuple, list)) else repr(value)


async def asked(call, stub):
    """What is answered, written out; or the error's words, one line each."""
    async with backend_of(stub, url="http://127.0.0.1:8030") as backend:
        try:
            return shown(await taken(call(backend)))
        except DLIError as problem:
            message, hint = problem.message, problem.hint
    assert message
    assert (safe_line(message), safe_line(hint)) == (message, hint)
    return message


@pytest.mark.parametrize("is_ours", [True, False], ids=["ours", "plain"])
@pytest.mark.parametrize("name", CALLS)
@settings(max_examples=8)
@given(found=st.lists(replies(), min_size=1, max_size=3))
def test_it_is_a_value_or_an_error_of_ours(name, is_ours, found):
    stub = Whatever(found, is_ours=is_ours)
    assert asyncio.run(asked(CALLS[name], stub)) is not None
    # What is sent again goes under one key, and only to a server of ours.
    assert len({one.headers["Idempotency-Key"] for one in stub.writes}) <= 1
    assert is_ours or len(stub.writes) <= 1


OFFERS = st.fixed_dictionaries(
    {"capabilities": st.lists(st.sampled_from(["CHANGES", "TELEPATHY"]) | JSON, max_size=3) | JSON},
    optional={"label": JSON, "user": JSON, "reasons": JSON},
).map(lambda offer: httpx.Response(200, content=json.dumps(offer).encode()))


@settings(max_examples=20)
@given(found=st.lists(OFFERS | replies(), min_size=1, max_size=2))
def test_so_it_is_with_what_it_says_that_it_has(found):
    assert asyncio.run(asked(CALLS["changes"], Whatever(found))) is not None
