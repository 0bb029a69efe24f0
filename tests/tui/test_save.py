"""A log is saved into a new file, never over one that is there."""

from __future__ import annotations

import asyncio

from dli_tui.present.rows import LogRow
from dli_tui.tui.modals.question import Question
from dli_tui.tui.modals.save import SaveQuestion
from tests.support_deeds import answer, notices
from tests.support_tui import dashboard


async def test_a_file_that_is_there_is_refused_and_another_name_taken(tmp_path):
    there = tmp_path / "run.log"
    await asyncio.to_thread(there.write_text, "precious", encoding="utf-8")
    async with dashboard(size=(80, 24)) as here:
        here.app.push_screen(
            SaveQuestion("run.log", [LogRow("one"), LogRow("two")], "this try so far")
        )
        await here.settle()
        assert "2 lines: this try so far" in here.picture
        assert "Whatever level is shown, with times in UTC" in here.picture
        here.app.focused.value = str(there)
        await answer(here)
        assert "There is such a file already" in here.picture
        here.app.focused.value = str(tmp_path / "other.log")
        await answer(here)
        assert not isinstance(here.screen, Question)
        assert "Saved to" in notices(here)[-1]
    assert await asyncio.to_thread(there.read_bytes) == b"precious"
    assert await asyncio.to_thread((tmp_path / "other.log").read_bytes) == b"one\ntwo\n"


async def test_an_empty_name_is_complained_about_and_a_suggestion_is_no_draft():
    async with dashboard() as here:
        here.app.push_screen(SaveQuestion("run.log", [LogRow("one")], "all of this try"))
        await here.settle()
        here.app.focused.value = " "
        await answer(here)
        assert "Type the name of a new file" in here.picture
        here.app.focused.value = "run.log"
        await here.press("escape")
        assert here.app.deeds.drafts == {}
