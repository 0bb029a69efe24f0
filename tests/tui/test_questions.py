"""Each deed has its question, and means the row that was shown, not its namesake."""

from __future__ import annotations

import pytest

from dli_tui.domain.status import RunStatus
from dli_tui.tui import keys, questions
from tests.support_backends import PAIR, ScriptedBackend, row, run
from tests.support_deeds import answer, notices
from tests.support_tui import dashboard


def test_every_command_that_writes_has_a_question_and_says_what_speaks_against_it():
    writing = {one.id.removeprefix("do.") for one in keys.COMMANDS if one.writes}
    beside = {"edit", "add", "publish"}
    assert writing == set(questions.QUESTIONS) | set(questions.OF_NOTHING) | beside
    assert set(questions.QUESTIONS) == set(questions.PERMITS)


async def test_of_two_rows_of_one_name_the_overridden_one_is_left_out():
    backend = ScriptedBackend(PAIR)
    async with dashboard(backend=backend, size=(80, 24)) as here:
        await here.press("asterisk", "p")
        assert "pair  code, " in here.picture
        assert "pair  manual, it is overridden by CODE" in here.picture
        await answer(here)
        assert backend.sent == ["pause"]


class Forgetful(ScriptedBackend):
    """Pauses and stops, and says that it keeps no reason."""

    async def stop(self, ref, *, reason=None):
        done = await super().stop(ref, reason=reason)
        return done.twin(warning="No reason is kept" if reason else None)

    async def pause(self, name, *, reason=None):
        done = await super().pause(name, reason=reason)
        return done.twin(warning="No reason is kept" if reason else None)


@pytest.mark.parametrize(
    ("reason", "says"),
    [("", "Workflow 'd' paused"), ("x", "Workflow 'd' paused. No reason is kept")],
)
async def test_what_a_server_remarks_besides_is_told(reason, says):
    async with dashboard(backend=Forgetful([row("d")])) as here:
        await here.press("p", *reason)
        await answer(here)
        assert notices(here)[-1] == says


async def test_a_remark_on_a_stop_is_told_too():
    running = row("d", is_running=True, last_run=run("r1", RunStatus.RUNNING))
    async with dashboard(backend=Forgetful([running])) as here:
        await here.press("s", "x")
        await answer(here)
        assert notices(here)[-1] == "Asked d to stop. No reason is kept"


async def test_a_row_that_code_took_over_meanwhile_is_not_mistaken_for_the_new_one():
    backend = ScriptedBackend([row("pair")])
    async with dashboard(backend=backend, size=(80, 24)) as here:
        await here.press("p")
        backend.rows = list(PAIR)
        await answer(here)
        assert "[DLI-806] Workflow 'pair' (manual) is overridden by CODE" in here.picture
        assert backend.sent == []
        await here.press("escape")
        assert notices(here) == []
