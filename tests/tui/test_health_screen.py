"""How the server is doing, on one page or two."""

from __future__ import annotations

import pytest

from dli_tui.domain.capability import Capability
from dli_tui.domain.errors import ConnectionFailedError, ServerError
from dli_tui.domain.health import Health, HealthComponent, ImportFailure, RateBudget
from dli_tui.domain.status import HealthStatus
from dli_tui.session.health import HEALTH_SECONDS
from tests.support_backends import ScriptedBackend
from tests.support_tui import SIZES, dashboard


class Doing(ScriptedBackend):
    """Answers with what a test gives it."""

    def __init__(self, report=None, **options):
        super().__init__(**options)
        self.report = report or Health(status=HealthStatus.HEALTHY)

    async def health(self):
        self._asked("health", None)
        return self.report


@pytest.mark.parametrize("size", SIZES)
async def test_parts_numbers_errors_and_budgets_are_told_at_every_size(size):
    async with dashboard(size=size) as here:
        await here.press("5")
        await here.pass_by(100)
        assert "! degraded" in here.lines[0]
        page = here.screen
        told = f"{page.report.words}\n{page.numbers.words}"
        assert "! degraded   finance pool  all 4 slots taken, 2 runs wait" in told
        assert "marketing.campaigns.spend  12h ago" in told
        assert "success rate 24h" in told
        assert "470 of 500, full again in 3m" in told
        assert "the list" in told
        assert page.numbers.display is (size[0] >= 100)
        if size[0] < 100:
            await here.press("end", "G")
        assert "watched runs" in here.picture


async def test_a_terminal_that_becomes_wide_has_two_pages():
    async with dashboard(size=(80, 24)) as here:
        await here.press("5")
        assert "numbers" in here.screen.report.words
        await here.resize(120, 36)
        assert "numbers" not in here.screen.report.words
        assert "numbers" in here.screen.numbers.words
        await here.resize(80, 24)
        assert "numbers" in here.screen.report.words


async def test_it_is_asked_again_and_what_was_known_stays():
    backend = Doing()
    async with dashboard(backend=backend) as here:
        await here.press("5")
        assert "✓ healthy" in here.lines[0]
        backend.report = Health(status=HealthStatus.UNHEALTHY)
        await here.pass_by(HEALTH_SECONDS)
        assert "✗ unhealthy" in here.lines[0]
        backend.cues["health"] = [ConnectionFailedError()]
        await here.pass_by(HEALTH_SECONDS)
        assert "OFFLINE" in here.lines[0]
        assert "✗ unhealthy" in here.picture
        assert "old  DLI-501 The server can't be reached" in here.screen.numbers.words


async def test_an_error_is_told_and_asked_again():
    backend = Doing(health=[ServerError("broken")])
    async with dashboard(backend=backend) as here:
        await here.press("5")
        assert "DLI-503 broken" in here.screen.report.words
        await here.press("r")
        assert "✓ healthy" in here.picture


async def test_a_place_that_offers_none_says_so():
    async with dashboard(backend=Doing(without=[Capability.HEALTH])) as here:
        here.app.visit("health")
        await here.settle()
        assert "The script doesn't offer a health report" in here.picture
        assert "1 back to the workflows" in here.picture
        await here.press("1")
        assert here.app.screen is here.app.screen_stack[0]


async def test_nothing_of_a_hostile_report_is_obeyed():
    nasty = "[@click=app.quit]x[/] \x1b[2J\x1b]0;t\x07 [/nope]"
    report = Health(
        status=HealthStatus.UNKNOWN,
        service=nasty,
        version=nasty,
        components=(HealthComponent(name=nasty, status=HealthStatus.UNKNOWN, message=nasty),),
        metrics={nasty: 1.5},
        import_errors=(ImportFailure(name=nasty, message=nasty),),
        budgets=(RateBudget(name=nasty, limit=-1, remaining=7),),
    )
    async with dashboard(backend=Doing(report), size=(200, 60)) as here:
        await here.press("5")
        assert "[@click=app.quit]x[/]" in here.picture
        assert all(line.isprintable() for line in here.lines)


async def test_the_report_can_be_copied():
    async with dashboard() as here:
        await here.press("5")
        await here.press("y")
        assert "finance pool" in here.app.clipboard
        assert "success rate 24h" in here.app.clipboard
