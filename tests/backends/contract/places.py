"""The places that the contract is asked of, and which of their workflows plays which part."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import wraps

import pytest

from dli_tui.backends.basecamp.adapter import BasecampBackend
from dli_tui.backends.demo.backend import DemoBackend
from dli_tui.backends.demo.cast import STANDARD
from dli_tui.backends.demo.journal import MemoryJournal
from dli_tui.backends.port import Backend
from dli_tui.domain.capability import Capability
from dli_tui.domain.clock import Clock
from dli_tui.domain.errors import ErrorCode, Unsupported, WorkflowError
from dli_tui.domain.ids import LogRef, RunRef
from dli_tui.domain.query import (
    BackfillRequest,
    HistoryQuery,
    NewConfiguration,
    NewEvent,
    NewSaga,
    Registration,
    RunRequest,
)
from dli_tui.domain.schedule import ScheduleConfig
from dli_tui.domain.template import NewFromTemplate, TemplateDraft
from tests.support import everything
from tests.support_server import application, in_process, listening, profile

NO_RUN = RunRef("no_such_run")


@dataclass(frozen=True)
class Place:
    """One kind of backend: how to open it, and whom to meet there."""

    name: str
    open: Callable[[Clock], AbstractAsyncContextManager[Backend]]
    start: datetime
    """The hour at which it is opened."""
    manual: str
    """Active, MANUAL, on a schedule; its runs are short and go well."""
    code: str
    """Active, CODE, fires at least once an hour."""
    pair: str
    """CODE that overrides MANUAL."""
    paused: str
    disabled: str
    failing: str
    """Active; every run fails, after steps that write logs."""
    completed: RunRef
    """A run that went well and is over at the start."""
    dates: tuple[date, date]
    """A range in which `manual` has three slots or more, all in the past."""
    owner: str
    """Who owns some of the workflows, but not all."""
    user: str
    """As whom it is opened."""
    zone: str = "Asia/Seoul"
    """A zone in which it reads a cron."""


def _demo(clock: Clock) -> DemoBackend:
    return DemoBackend(STANDARD, clock=clock, journal=MemoryJournal(), user="me")


def _served(clock: Clock, *, extras: bool = True) -> AbstractAsyncContextManager[Backend]:
    """The demo behind our server, through the adapter that any dashboard has."""
    return in_process(application(lambda: _demo(clock), clock, extras=extras))


def _plain(clock: Clock) -> AbstractAsyncContextManager[Backend]:
    """The same without what stands beside the contract."""
    return _served(clock, extras=False)


@asynccontextmanager
async def _over_a_line(clock: Clock) -> AsyncIterator[Backend]:
    """The same over a socket, with a program on either end."""
    app = application(lambda: _demo(clock), clock)
    async with listening(app) as url, BasecampBackend(profile(url), {}) as backend:
        yield backend


DEMO = Place(
    name="demo",
    open=_demo,
    start=datetime(2026, 3, 10, 9, 41, tzinfo=UTC),
    manual="finance.cost_centers",
    code="catalog.products_sync",
    pair="iceberg.analytics.daily_clicks",
    paused="orders_snapshot",
    disabled="finance.tax.legacy_export",
    failing="logistics.carriers.rates",
    completed=RunRef("catalog.products_sync_20260310_093000", "catalog.products_sync"),
    dates=(date(2026, 3, 2), date(2026, 3, 4)),
    owner="finance@example.com",
    user="me",
)
PLACES = (
    DEMO,
    replace(DEMO, name="basecamp", open=_served),
    replace(DEMO, name="plain basecamp", open=_plain),
    replace(DEMO, name="basecamp over a line", open=_over_a_line),
)

_DAY = date(2026, 3, 2)
_SLOT = datetime(2026, 3, 2, tzinfo=UTC)
_NEW = NewFromTemplate(template_id="1", workflow_name="x")

CALLS = {
    Capability.REGISTER: (lambda b: b.register(Registration("x", ScheduleConfig())),),
    Capability.UNREGISTER: (lambda b: b.unregister("x"),),
    Capability.RUN: (lambda b: b.run(RunRequest("x")),),
    Capability.DATED_RUNS: (lambda b: b.run(RunRequest("x", slot=_SLOT, run_id="r")),),
    Capability.DRY_RUN: (lambda b: b.run(RunRequest("x", dry_run=True)),),
    Capability.BACKFILL: (lambda b: b.backfill(BackfillRequest("x", _DAY, _DAY)),),
    Capability.BACKFILL_SLOTS: (
        lambda b: b.backfill(BackfillRequest("x", _DAY, _DAY, slots=(_SLOT,))),
    ),
    Capability.BACKFILL_PARALLEL: (
        lambda b: b.backfill(BackfillRequest("x", _DAY, _DAY, parallel=True)),
    ),
    Capability.BACKFILL_FORECAST: (
        lambda b: b.backfill_slots(BackfillRequest("x", _DAY, _DAY, parallel=True)),
    ),
    Capability.BACKFILL_PAUSE: (
        lambda b: b.pause_backfill(NO_RUN),
        lambda b: b.unpause_backfill(NO_RUN),
    ),
    # Without it the client keeps the dates going itself.
    Capability.SEQUENCES: (lambda b: b.backfill(BackfillRequest("x", _DAY, _DAY)),),
    Capability.STOP: (lambda b: b.stop(NO_RUN),),
    Capability.PAUSE: (lambda b: b.pause("x"), lambda b: b.unpause("x")),
    Capability.STEPS: (lambda b: b.steps(NO_RUN),),
    Capability.LOGS: (lambda b: b.logs(LogRef(NO_RUN, "step")),),
    Capability.RETRY: (lambda b: b.retry(NO_RUN),),
    Capability.CONFIGURING: (lambda b: b.configure(NewConfiguration("x", {"steps": []})),),
    Capability.TEMPLATE_USAGE: (lambda b: b.template_usage("1"),),
    Capability.TEMPLATE_EDITING: (
        lambda b: b.create_template(TemplateDraft(name="x")),
        lambda b: b.update_template("1", TemplateDraft(name="x")),
        lambda b: b.delete_template("1"),
    ),
    Capability.EVENTS: (lambda b: b.publish(NewEvent("x")),),
    Capability.TEMPLATES: (
        lambda b: b.templates(),
        lambda b: b.template_categories(),
        lambda b: b.template("1"),
        lambda b: b.create_from_template(_NEW),
    ),
    Capability.SAGAS: (
        lambda b: b.sagas(),
        lambda b: b.saga("1"),
        lambda b: b.cancel_saga("1"),
        lambda b: b.saga_types(),
        lambda b: b.start_saga(NewSaga("x")),
    ),
    Capability.HEALTH: (lambda b: b.health(),),
}
"""What a backend without a capability must refuse."""

A_LONGER_WAY = frozenset(
    {
        Capability.CHANGES,
        Capability.RECENT_RUNS,
        Capability.DATASET_INFO,
        Capability.BACKFILL_DATES,
        Capability.RETRY_PLAN,
        # Without it the dates are those of the cron that a row tells.
        Capability.RUN_DATES,
        # Without it a plan leaves alone the dates that have a run.
        Capability.SECOND_RUNS,
    }
)
"""What every backend answers, with or without the capability."""


def needs(*capabilities):
    """The test is about these; where one isn't offered, it says so instead."""

    def around(test):
        @wraps(test)
        async def wrapped(*args, **fixtures):
            missing = [one for one in capabilities if one not in fixtures["backend"].capabilities]
            for capability in missing:
                for call in CALLS[capability]:
                    with pytest.raises(Unsupported):
                        await call(fixtures["backend"])
            if not missing:
                await test(*args, **fixtures)

        return wrapped

    return around


async def refused(awaitable, *codes: ErrorCode) -> WorkflowError:
    """The error, of one of those codes, with which `awaitable` ends."""
    with pytest.raises(WorkflowError) as caught:
        await awaitable
    assert caught.value.code in codes
    return caught.value


async def watched(backend, clock, ref, *, step=2.0):
    """A run as it stands now and every `step` seconds until it is over."""
    seen = [await backend.run_status(ref)]
    deadline = clock.now() + timedelta(hours=2)
    while not seen[-1].status.is_terminal:
        assert clock.now() < deadline, f"{ref} is still {seen[-1].status}"
        clock.move(step)
        seen.append(await backend.run_status(ref))
    return seen


async def history(backend, **query):
    """The runs that fit."""
    return await everything(backend.history(HistoryQuery(**query)))
