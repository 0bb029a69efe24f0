"""Each deed has its question, and means the row that was shown, not its namesake."""

from __future__ import annotations

from dli_tui.tui import keys, questions
from tests.support_backends import PAIR, ScriptedBackend, row
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
