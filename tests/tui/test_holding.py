"""A backfill that its server keeps going is held, and goes on, from its page."""

from __future__ import annotations

import pytest

from dli_tui.backends.demo.backend import DemoBackend
from dli_tui.backends.demo.cast import STANDARD
from dli_tui.backends.demo.journal import MemoryJournal
from dli_tui.domain.backfill import BackfillForecast
from dli_tui.domain.capability import Capability
from dli_tui.domain.errors import ServerError
from dli_tui.domain.ids import RunRef
from dli_tui.domain.results import WorkflowRunResult
from dli_tui.domain.schedule import slots_or_days
from dli_tui.domain.status import ResultStatus, RunStatus
from tests.support import ManualClock, row_of
from tests.support_deeds import answer, go_to, notices
from tests.support_tui import HOUR, SIZES, dashboard
from tests.tui.test_backfill_screen import WELL, begin, facts


class Keeping(DemoBackend):
    """A place that keeps what goes all at once going itself, and says beforehand what runs."""

    capabilities = DemoBackend.capabilities - {Capability.BACKFILL_SLOTS, Capability.SEQUENCES} | {
        Capability.BACKFILL_FORECAST,
        Capability.BACKFILL_PAUSE,
    }

    def __init__(self, *, besides=False):
        super().__init__(STANDARD, clock=ManualClock(HOUR), journal=MemoryJournal())
        self.held, self.over, self.asked, self.problems = False, False, [], []
        self.besides = besides

    async def backfill_slots(self, request):
        self.asked.append(request)
        if self.problems:
            raise self.problems.pop()
        found = await row_of(self, request.dataset_name)
        days = request.start_date, request.end_date
        slots = slots_or_days(found.cron, found.timezone, *days)
        return BackfillForecast(slots=slots if self.besides else slots[:2], at_once=4)

    async def backfill_status(self, ref):
        found = await super().backfill_status(ref)
        whole = found.whole.twin(status=RunStatus.COMPLETED) if self.over else found.whole
        return found.twin(whole=whole, is_held=self.held, runs_on=True)

    async def pause_backfill(self, ref: RunRef):
        return self._put(ref, is_held=True)

    async def unpause_backfill(self, ref: RunRef):
        return self._put(ref, is_held=False)

    def _put(self, ref, *, is_held):
        self.held = is_held
        return WorkflowRunResult(dataset_name=WELL, run_id=ref.run_id, status=ResultStatus.SUCCESS)


async def asked_again(here):
    await here.press("r")
    await here.pass_by(10)


@pytest.mark.parametrize("size", [(60, 16), *SIZES], ids=str)
async def test_it_is_held_and_goes_on_again(size):
    backend = Keeping()
    async with dashboard(size=size, backend=backend) as here:
        await begin(here, days=5, parallel=True)
        await here.press("p")
        assert "No other date of it begins" in here.picture
        await answer(here)
        assert backend.held
        assert "no other date begins" in notices(here)[-1]
        await asked_again(here)
        assert "u lets it go on" in facts(here)
        await here.press("p")
        assert "it is held already" in notices(here)[-1]
        await here.press("u")
        await answer(here)
        await asked_again(here)
        assert not backend.held
        assert "u lets it go on" not in facts(here)


async def test_what_is_over_cannot_be_held():
    backend = Keeping()
    async with dashboard(backend=backend) as here:
        backend.over = True
        await begin(here, parallel=True)
        await here.press("p")
        assert "There is nothing left to begin" in notices(here)[-1]


async def test_where_it_is_not_offered_the_key_says_so_and_leaves_the_schedule_alone():
    async with dashboard() as here:
        await begin(here)
        await here.press("p")
        assert "doesn't offer pausing a backfill" in notices(here)[-1]
        assert here.sent == ["backfill"]


async def test_who_stops_it_reads_that_what_is_under_way_goes_on():
    async with dashboard(backend=Keeping()) as here:
        await begin(here, days=5, parallel=True)
        await here.press("s")
        assert "those under way go on to their end" in here.picture


# The planner, where the server says what it would run


async def planned_at_once(here):
    await go_to(here, WELL)
    await here.press("b")
    await here.pass_by(1)
    # All of a week, all at once.
    await here.press("tab", "left", "tab", "right")


async def test_what_the_server_says_is_the_plan():
    backend = Keeping()
    async with dashboard(backend=backend) as here:
        await planned_at_once(here)
        assert "Asking the server which of these dates" in here.picture
        assert "enter start" not in here.picture
        await here.pass_by(1)
        assert "5 slots: 2 to run, 3 left alone" in here.picture
        assert "the server leaves it alone" in here.picture
        assert "at most 4 runs at a time" in here.picture
        await here.press("left", "right")
        await here.pass_by(1)
        assert len(backend.asked) == 1
        await answer(here)
        assert here.sent == ["backfill"]


async def test_nothing_is_started_while_the_server_does_not_say():
    backend = Keeping()
    backend.problems = [ServerError("away")]
    async with dashboard(backend=backend) as here:
        await planned_at_once(here)
        await here.pass_by(1)
        assert "away" in here.picture
        await here.press("enter")
        await here.pass_by(1)
        assert here.sent == []
        assert "5 slots: 2 to run" in here.picture


async def test_what_it_would_run_besides_is_seen_and_not_started():
    backend = Keeping(besides=True)
    async with dashboard(backend=backend) as here:
        await planned_at_once(here)
        # Back to the month, to leave a day out.
        await here.press("shift+tab", "shift+tab", "left", "x")
        await here.pass_by(1)
        assert "would run all the same" in here.picture
        await answer(here)
        assert "That would run what you left out" in here.picture
        assert here.sent == []
