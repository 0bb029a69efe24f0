"""The contract of every backend on each generation of the service: all but what is named here."""

from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import httpx
import pytest

from dli_tui.backends.pyairtable.adapter import PyAirtableBackend
from dli_tui.domain.ids import RunRef
from dli_tui.playground.service import Playground
from tests.backends.contract.leaving_out import leave_out
from tests.backends.contract.places import Place
from tests.backends.pyairtable.recorded import profile
from tests.support import ManualClock

START = datetime(2026, 3, 10, 9, 41, tzinfo=UTC)
GENERATIONS = {"003": "003", "v1": "src", "legacy": "flat"}
_NO_CODE = "it has no CODE, and one row for a name"
_NO_OWNERS = "it keeps neither owners, teams nor who did what"
_IDS = "the list is in the order of the service's own ids"
_HELD = "it pauses by disabling, and keeps no reason"
_NO_DATES = "its executions are of no dates, and the next one is for the client to work out"
_SET_BACK = "its clock isn't set back"
_CONCLUDED = "steps that are concluded tell no times, and not which one failed"
_PRIVATE = "a shelf counts what everybody sees, and the list has one's own too"
_SHORT = "its sagas are over in seconds"
_FLAT = "the flat orchestrator tells steps apart, and has to be given them to start"
_LAST_RUNS = "the list tells of the last runs alone"
LEFT_OUT = {
    r"list.*(part_is_played.*code|pair|source_keeps.*code|hold_together|overridden)": _NO_CODE,
    r"history.*source_keeps.*code": _NO_CODE,
    r"registration.*(over_code|code_is_not)": _NO_CODE,
    r"list.*by_owner": _NO_OWNERS,
    r"runs.*(who_started_it|reason_and_who)": _NO_OWNERS,
    r"registration.*all_that_was_given": _NO_OWNERS,
    r"list.*order_of_their_names": _IDS,
    r"changes.*a_pause_is": _HELD,
    r"schedules.*(has_it_again|nothing_fires)": _HELD,
    r"list.*has_a_next_run": _NO_DATES,
    r"history.*run_of_the_future": _SET_BACK,
    r"steps.*(failed_run_has_the_step|forward_only).*(v1|legacy)": _CONCLUDED,
    r"steps.*(all_done|needs_are_done).*(v1|legacy)": _CONCLUDED,
    r"steps.*(log_that_is_over|ends_with_its_error|following_a_log).*legacy": _CONCLUDED,
    r"steps.*run_of_yesterday": _LAST_RUNS,
    r"registration.*is_not_the_old_one": "what is registered without steps is over at once",
    r"runs.*name_of_a_pair": _NO_CODE,
    r"registration.*fires_from_then_on": _NO_DATES,
    r"health.*category_holds": _PRIVATE,
    r"health.*was_started_can_be_cancelled": _SHORT,
    r"health.*(sagas_come_newest|is_started_goes|two_sagas_started).*legacy": _FLAT,
}
"""What doesn't apply, and why."""


def opening(generation, sagas):
    @asynccontextmanager
    async def opened(clock):
        world = Playground(clock, generation=generation, sagas=sagas)

        async def sleep(seconds):
            clock.move(seconds)

        async with PyAirtableBackend(
            profile(),
            {"KEY": "try-me"},
            transport=httpx.ASGITransport(world.automation),
            saga_transport=httpx.ASGITransport(world.orchestrator),
            clock=clock,
            passed=lambda: clock.now().timestamp(),
            sleep=sleep,
        ) as backend:
            yield backend

    return opened


CONTRACT = Place(
    name="003",
    open=opening("003", "003"),
    start=START,
    manual="Nightly Backup of Bases",
    code="Hourly Order Import",
    pair="Invoice Intake",
    paused="Customer Newsletter",
    disabled="Archive Old Attachments",
    failing="Old CRM Export",
    completed=RunRef("547", "Nightly Backup of Bases"),
    dates=(date(2026, 3, 2), date(2026, 3, 4)),
    owner="nobody",
    user="root",
    zone="UTC",
)
PLACES = [
    replace(CONTRACT, name=generation, open=opening(generation, sagas))
    for generation, sagas in GENERATIONS.items()
]


def pytest_collection_modifyitems(config, items):
    leave_out(config, items, str(Path(__file__).parent), LEFT_OUT)


@pytest.fixture(params=PLACES, ids=lambda place: place.name)
def place(request):
    return request.param


@pytest.fixture
def clock(place):
    return ManualClock(place.start)


@pytest.fixture
async def backend(place, clock):
    async with place.open(clock) as opened:
        # What only the services know of themselves is known from the first answers on.
        await opened.cursor()
        await opened.saga_types()
        yield opened
