"""What a place offers may be known late, and may change: keys, pages and panes follow."""

from __future__ import annotations

import pytest

from dli_tui.domain.capability import Capability
from dli_tui.domain.errors import ConnectionFailedError
from dli_tui.domain.health import Health
from dli_tui.domain.status import HealthStatus, RunStatus, StepStatus
from dli_tui.domain.step import Step
from dli_tui.tui.modals.question import Question
from dli_tui.tui.opening import Where
from dli_tui.tui.screens.backfills import BackfillsScreen
from dli_tui.tui.screens.health import HealthScreen
from dli_tui.tui.screens.templates import TemplatesScreen
from tests.support_backends import NOW, ScriptedBackend, row, run
from tests.support_deeds import answer, notices
from tests.support_tui import dashboard

NOT_YET = "The server hasn't said yet \x1b[2Jwhat it offers"
SAID = "The server hasn't said yet what it offers"
ALL = frozenset(Capability)


class Late(ScriptedBackend):
    """Knows what it offers with its first answer."""

    def __init__(self, *, offered=ALL, **options):
        ended = run("r1", RunStatus.FAILED, created_at=NOW)
        super().__init__([row("d", last_run=ended)], [ended], **options)
        self.capabilities, self._offered = frozenset(), offered

    def why_not(self, capability):
        return NOT_YET if not self.capabilities else f"Your role here is viewer: no {capability}"

    def _asked(self, name, what):
        found = super()._asked(name, what)
        if name in ("workflows", "changes"):
            self.capabilities = self._offered
        return found

    def now_offers(self, offered):
        self.capabilities = self._offered = offered

    async def steps(self, ref):
        if Capability.STEPS not in self.capabilities:
            raise self._unsupported(Capability.STEPS)
        return (Step(name="load", status=StepStatus.FAILED),)

    async def health(self):
        self._asked("health", None)
        return Health(status=HealthStatus.HEALTHY)


def down(times=1):
    return Late(workflows=[ConnectionFailedError("no route")] * times)


@pytest.mark.parametrize("key", ["R", "p", "s", "t", "b", "plus", "D", "l", "3", "4", "5", "6"])
async def test_before_the_first_answer_a_key_says_why_and_does_nothing(key):
    backend = down(9)
    async with dashboard(backend=backend) as here:
        await here.press(key)
        assert notices(here) == [SAID]
        assert here.screen is here.app.home
        assert backend.sent == []


async def test_with_the_first_answer_the_keys_are_on_without_a_restart():
    async with dashboard(backend=down()) as here:
        assert "p pause" not in here.lines[-1]
        await here.press("r")
        assert "p pause" in here.lines[-1]
        await here.press("p")
        assert isinstance(here.screen, Question)


async def test_what_a_refusal_took_away_is_off_with_the_next_second():
    backend = Late()
    async with dashboard(backend=backend) as here:
        assert "p pause" in here.lines[-1]
        backend.now_offers(ALL - {Capability.PAUSE})
        await here.pass_by(1)
        assert "p pause" not in here.lines[-1]
        await here.press("p")
        assert notices(here) == ["Your role here is viewer: no pausing a schedule"]


async def test_a_click_says_why_too():
    backend = Late()
    async with dashboard(backend=backend) as here:
        at = here.lines[-1].index("p pause")
        backend.now_offers(ALL - {Capability.PAUSE})
        await here.pilot.click("#keys", offset=(at, 0))
        assert "Your role here is viewer" in notices(here)[0]
        assert here.screen is here.app.home


async def test_the_palette_shows_what_is_off_with_the_reason_and_choosing_it_says_so():
    async with dashboard(backend=Late(offered=ALL - {Capability.PAUSE})) as here:
        await here.press("colon")
        await here.type("unpause")
        assert "Your role here is viewer: no pausing a schedule" in here.picture
        await here.press("enter")
        assert notices(here) == ["Your role here is viewer: no pausing a schedule"]
        assert here.screen is here.app.home


async def test_the_help_says_why_a_key_is_off():
    async with dashboard(backend=Late(offered=ALL - {Capability.RETRY})) as here:
        await here.press("question_mark")
        told = here.screen.query_one("#help-text").words
        assert "Run the failed steps again\n" in told
        assert told.count("Your role here is viewer") == 1


async def test_a_page_that_was_opened_too_early_fills_itself():
    backend = down()
    async with dashboard(backend=backend) as here:
        here.app.visit("health")
        await here.settle()
        assert "DLI-501 no route" in here.screen.report.words
        await here.press("r")
        await here.pass_by(1)
        assert "✓ healthy" in here.picture
        assert isinstance(here.screen, HealthScreen)


async def test_a_page_that_is_not_offered_says_so_once_the_server_is_back():
    backend = down()
    backend._offered = ALL - {Capability.TEMPLATES}
    async with dashboard(backend=backend) as here:
        here.app.visit("templates")
        await here.settle()
        assert "DLI-501 no route" in here.picture
        await here.pass_by(3)
        assert "Your role here is viewer: no templates" in here.picture
        assert "DLI-501" not in here.picture


async def test_a_page_keeps_what_it_shows_when_it_is_taken_away():
    backend = Late()
    async with dashboard(backend=backend) as here:
        await here.press("5")
        backend.now_offers(ALL - {Capability.HEALTH})
        await here.pass_by(1)
        assert "✓ healthy" in here.picture


async def test_backfills_say_why_there_are_none_and_come_when_they_are_offered():
    backend = Late(offered=ALL - {Capability.BACKFILL})
    async with dashboard(backend=backend) as here:
        here.app.visit("backfills")
        await here.settle()
        assert isinstance(here.screen, BackfillsScreen)
        assert "Your role here is viewer: no a backfill" in here.picture
        backend.now_offers(ALL)
        await here.press("r")
        assert "No backfill was started here lately" in here.picture


async def test_steps_of_a_run_come_when_they_are_offered():
    backend = Late(offered=ALL - {Capability.STEPS, Capability.LOGS})
    async with dashboard(backend=backend) as here:
        await here.press("v")
        assert "Your role here is viewer: no showing the steps of a run" in here.picture
        backend.now_offers(ALL - {Capability.LOGS})
        await here.pass_by(1)
        assert "load" in here.picture


async def test_a_grid_of_steps_is_drawn_when_they_are_offered():
    backend = Late(offered=ALL - {Capability.STEPS})
    async with dashboard(size=(200, 60), backend=backend) as here:
        await here.press("enter", "v", "v")
        assert "Your role here is viewer" in here.screen.shown_picture.words
        backend.now_offers(ALL)
        await here.pass_by(1)
        assert "load" in here.screen.shown_picture.words


@pytest.mark.parametrize("offered", [frozenset(), ALL])
async def test_header_and_contexts_stand_whatever_is_offered(offered):
    backend = Late()
    where = Where("office", production=True)
    async with dashboard(backend=backend, where=where) as here:
        await here.press("c")
        backend.now_offers(offered)
        await here.pass_by(1)
        assert "office" in here.lines[0]
        assert "Contexts" in here.lines[0]
        await here.press("1")
        assert "d " in here.picture


async def test_what_needs_nothing_is_never_off():
    backend = down(9)
    async with dashboard(backend=backend) as here:
        await here.press("2")
        assert len(here.app.screen_stack) == 2
        await here.press("1", "slash", "x", "escape")
        assert notices(here) == []


async def test_a_deed_of_a_page_needs_what_the_page_needs():
    backend = Late(offered=ALL - {Capability.REGISTER})
    async with dashboard(backend=backend) as here:
        here.app.visit("templates")
        await here.settle()
        assert isinstance(here.screen, TemplatesScreen)
        await here.press("plus")
        assert "viewer" not in " ".join(notices(here))
        await here.press("1", "plus")
        assert notices(here)[-1] == "Your role here is viewer: no registering a workflow"


async def test_a_question_that_is_open_is_answered_by_the_place():
    backend = Late(offered=ALL)
    async with dashboard(backend=backend, size=(80, 24)) as here:
        await here.press("p")
        backend.now_offers(ALL - {Capability.PAUSE})
        backend.cues["pause"] = [backend._unsupported(Capability.PAUSE)]
        await answer(here)
        assert "[DLI-802] Your role here is viewer" in here.picture
