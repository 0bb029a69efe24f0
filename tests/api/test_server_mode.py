"""The library on a server of ours: each call gives what it gives on the demo behind that server."""

import asyncio
from contextlib import contextmanager

import pytest
from pydantic import BaseModel

from dli_tui import (
    DLIError,
    ExecutionMode,
    RunStatus,
    SourceType,
    WorkflowAPI,
    WorkflowStatus,
)
from dli_tui.api.loop import LoopThread
from dli_tui.backends.demo.backend import DemoBackend
from dli_tui.backends.demo.cast import STANDARD
from dli_tui.backends.demo.journal import MemoryJournal
from dli_tui.domain.text import safe
from tests.backends.http import servers
from tests.support import ManualClock
from tests.support_backends import NOW
from tests.support_server import application, listening

CLICKS = "iceberg.analytics.daily_clicks"
CENTERS = "finance.cost_centers"
SENTENCES = {"description", "error_message", "message", "reason"}
SPEC = "version: v1\nname: {}\nowner: me@example.com\nteam: '@me'\ndescription: Mine\n"


def demo(clock):
    return DemoBackend(STANDARD, clock=clock, journal=MemoryJournal(), user="me")


@contextmanager
def in_a_thread(opener):
    """What `opener` opens, in a loop of its own, as the library blocks the one that calls it."""

    async def same(found):
        return found

    thread = LoopThread(opener)
    try:
        yield thread.call(same)
    finally:
        thread.close()


@pytest.fixture
def project(tmp_path):
    for name in ("my.dataset", CENTERS):
        (tmp_path / f"dataset.{name}.yaml").write_text(SPEC.format(name))
    return tmp_path


@pytest.fixture
def both(api_of, project):
    """The library on the demo, and on a server with such a demo behind it, at the same hour."""
    clock = ManualClock(NOW)
    app = application(lambda: demo(clock), clock)
    with in_a_thread(lambda: listening(app)) as url:
        yield (
            api_of(ExecutionMode.DEMO, client=demo(clock), project_path=project),
            api_of(ExecutionMode.SERVER, server_url=url, project_path=project),
        )


def last_run(api):
    return api.history(dataset_name=CLICKS, limit=1).runs[0].run_id


def started(api):
    return api.run(CENTERS, parameters={"a": [1, {"b": None}]})


CALLS = {
    "get": lambda api: (api.get(CLICKS), api.get("no.such")),
    "register": lambda api: (
        api.register("my.dataset", cron="0 9 * * *", timezone="Asia/Seoul", enabled=False),
        api.register(CENTERS, cron="0 8 * * *", retry_max_attempts=3, force=True),
    ),
    "unregister": lambda api: (api.unregister(CENTERS), api.get(CENTERS)),
    "run": lambda api: (started(api), api.run(CENTERS, dry_run=True)),
    "backfill": lambda api: (
        api.backfill(CENTERS, start_date="2026-03-02", end_date="2026-03-04", dry_run=True),
        api.backfill(CENTERS, start_date="2026-03-02", end_date="2026-03-04"),
    ),
    "stop": lambda api: api.stop(started(api).run_id, reason="wrong date"),
    "get_status": lambda api: (
        api.get_status(last_run(api)),
        api.get_status(started(api).run_id),
    ),
    "list_workflows": lambda api: (
        api.list_workflows(),
        api.list_workflows(source_type=SourceType.MANUAL, limit=3),
        api.list_workflows(status=WorkflowStatus.PAUSED),
        api.list_workflows(running_only=True, dataset_filter="a"),
    ),
    "history": lambda api: (
        api.history(dataset_name=CLICKS, limit=10, include_dataset_info=True),
        api.history(run_status=RunStatus.FAILED, limit=5),
    ),
    "pause": lambda api: (api.pause(CENTERS, reason="stocktaking"), api.pause(CENTERS)),
    "unpause": lambda api: (api.unpause("orders_snapshot"), api.unpause(CENTERS)),
}
REFUSALS = {
    "no such workflow": lambda api: api.run("no.such"),
    "no such run": lambda api: api.get_status("no_such_run"),
    "a stop of nothing": lambda api: api.stop("no_such_run"),
    "a run of what is paused": lambda api: api.run("orders_snapshot"),
    "an unregistration of CODE": lambda api: api.unregister(CLICKS),
    "a name that is taken": lambda api: api.register(CENTERS, cron="0 9 * * *"),
    "a cron that is none": lambda api: api.register("my.dataset", cron="invalid"),
    "a spec that isn't there": lambda api: api.register("no.spec", cron="0 9 * * *"),
}


def tamed(found):
    """The result as plain values; its sentences as they are shown."""
    if isinstance(found, BaseModel):
        return type(found).__name__, tamed(dict(found))
    if isinstance(found, dict):
        return {
            key: safe(value) if key in SENTENCES and value else tamed(value)
            for key, value in found.items()
        }
    return [tamed(one) for one in found] if isinstance(found, (list, tuple)) else found


def test_all_eleven_methods_are_called():
    public = {name for name in vars(WorkflowAPI) if not name.startswith("_")} - {"close"}
    assert public == set(CALLS)
    assert len(public) == 11


@pytest.mark.parametrize("name", CALLS)
def test_the_server_gives_what_the_demo_gives(both, name):
    here, there = (tamed(CALLS[name](api)) for api in both)
    assert there == here


@pytest.mark.parametrize("name", REFUSALS)
def test_the_server_refuses_what_the_demo_refuses_in_the_same_words(both, name):
    told = []
    for api in both:
        with pytest.raises(DLIError) as caught:
            REFUSALS[name](api)
        error = caught.value
        told.append((type(error), error.code, error.message, error.hint))
    assert told[0] == told[1]


# Which server, and who asks


class Listening:
    """A server whose list is empty; keeps the heads of what it was asked."""

    def __init__(self):
        self.heads = []

    async def __call__(self, reader, writer):
        while True:
            try:
                head, _ = await servers.request_from(reader)
            except asyncio.IncompleteReadError:
                return
            self.heads.append(head.decode().lower())
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n")
            writer.write(b"Content-Length: 2\r\n\r\n[]")
            await writer.drain()


@pytest.fixture
def empty():
    """A server, and its address."""
    serve = Listening()
    with in_a_thread(lambda: servers.listening(serve)) as url:
        yield serve, url


@pytest.mark.parametrize("token", ["api_token", "DLI_TUI_TOKEN", None])
@pytest.mark.parametrize("by", ["server_url", "DLI_TUI_URL"])
def test_the_context_or_the_environment_says_where_and_as_whom(
    api_of, monkeypatch, empty, by, token
):
    serve, url = empty
    given = {name: value for name, value in ((by, url), (token, "dli_hidden")) if name}
    for name in [name for name in given if name.isupper()]:
        monkeypatch.setenv(name, given.pop(name))
    api = api_of(ExecutionMode.SERVER, **given)
    assert (api.list_workflows().workflows, len(serve.heads)) == ([], 1)
    assert serve.heads[0].startswith("get /api/v1/workflows?")
    assert ("authorization: bearer dli_hidden" in serve.heads[0]) is (token is not None)
    assert "dli_hidden" not in repr(api)


def test_what_the_context_says_wins_over_the_environment(api_of, monkeypatch, empty):
    serve, url = empty
    monkeypatch.setenv("DLI_TUI_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("DLI_TUI_TOKEN", "dli_of_the_environment")
    api_of(ExecutionMode.SERVER, server_url=url, api_token="dli_own").list_workflows()
    assert "bearer dli_own" in serve.heads[0]
