"""Unconfirmed writes are in the header and the quit dialog, and the user hears of their end."""

from dli_tui.domain.errors import AnswerLostError
from dli_tui.domain.status import WorkflowStatus
from dli_tui.session.unconfirmed import CHECK_SECONDS, CHECKED_FOR_SECONDS
from dli_tui.tui.modals.question import Question
from dli_tui.tui.modals.quitting import QuitQuestion
from tests.support_backends import ScriptedBackend, row
from tests.support_deeds import answer, notices
from tests.support_tui import dashboard

CUT = AnswerLostError("cut")


async def paused_in_vain(here):
    """Confirm a pause whose answer is lost, and leave the dialog."""
    await here.press("p")
    await answer(here)
    await here.press("escape")
    assert not isinstance(here.screen, Question)


async def test_an_unconfirmed_write_is_shown_until_a_check_confirms_it():
    backend = ScriptedBackend([row("d")], pause=[CUT])
    async with dashboard(backend=backend) as here:
        assert "unconfirmed" not in here.lines[0]
        await paused_in_vain(here)
        await here.pass_by(CHECK_SECONDS)
        assert "1 unconfirmed" in here.lines[0]
        await here.pass_by(CHECK_SECONDS / 2)
        await here.press("r")
        backend.rows = [row("d", status=WorkflowStatus.PAUSED)]
        assert "paused" not in here.picture
        listed = len(backend.arrived("workflows"))
        # The list isn't due yet: what it shows now, the confirmation has had it ask for.
        await here.pass_by(CHECK_SECONDS / 2)
        assert notices(here)[-1] == "Confirmed: the request to pause 'd' was carried out"
        assert "unconfirmed" not in here.lines[0]
        assert "paused" in here.picture
        assert len(backend.arrived("workflows")) > listed
        assert backend.sent == ["pause"]
        await here.press("q")
        assert here.app._exit


async def test_quitting_lists_unconfirmed_writes_with_their_age():
    async with dashboard(backend=ScriptedBackend([row("d")], pause=[CUT])) as here:
        await paused_in_vain(here)
        await here.pass_by(120)
        await here.press("q")
        assert isinstance(here.screen, QuitQuestion)
        assert "pause 'd', sent 2m ago: unconfirmed; see it with" in here.picture
        await here.press("escape")
        assert here.app.is_running
        await here.pass_by(CHECKED_FOR_SECONDS)
        await here.press("q")
        assert "pause 'd', sent 32m ago: unconfirmed, not seen in 30 minutes" in here.picture
        await answer(here)
        assert here.app._exit


async def test_the_count_in_the_header_lists_the_writes():
    async with dashboard(backend=ScriptedBackend([row("d")], pause=[CUT])) as here:
        await paused_in_vain(here)
        await here.app.screen.run_action("screen.list_unconfirmed")
        await here.settle()
        assert notices(here)[-1].startswith("pause 'd', sent ")


async def test_sent_again_and_answered_it_is_no_longer_unconfirmed():
    backend = ScriptedBackend([row("d")], pause=[CUT])
    async with dashboard(backend=backend) as here:
        await here.press("p")
        await answer(here)
        assert here.app.bridge.session.unconfirmed.count == 1
        await answer(here)
        assert here.app.bridge.session.unconfirmed.count == 0
        assert backend.sent == ["pause", "pause"]
