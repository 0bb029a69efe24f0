"""Whatever is typed, pasted or put into a line, nothing of it is obeyed by a terminal."""

from __future__ import annotations

import pytest
from textual import events
from textual.app import App
from textual.widgets import Input

from dli_tui.tui.widgets.safeinput import SafeInput
from tests.support_tui import dashboard

HOSTILE = "a\x9b31m\x1b]52;c;aGk=\x07\u202eb\x00\r\nc\x85"
MEANT = "ab c"


class Form(App[None]):
    CSS = "Input { height: 1; }"

    def compose(self):
        yield SafeInput("x" + HOSTILE)


async def test_what_was_there_what_is_pasted_and_what_is_put_there_are_safe():
    async with Form().run_test() as pilot:
        line = pilot.app.query_one(Input)
        assert line.value == "x" + MEANT
        line.value = HOSTILE
        assert line.value == MEANT
        line.action_select_all()
        line.post_message(events.Paste("y" + HOSTILE))
        await pilot.pause()
        assert line.value == "y" + MEANT
        assert line.cursor_position == len(line.value)
        line.insert_text_at_cursor("\x1b[1mé\u2028")
        assert line.value == f"y{MEANT}é"


async def test_what_people_write_stays_as_it_is():
    async with Form().run_test() as pilot:
        line = pilot.app.query_one(Input)
        for text in ('{"a": [1, "ü"]}', "שלום", "日本", "\N{REPLACEMENT CHARACTER}"):
            line.value = text
            assert line.value == text


@pytest.mark.parametrize("keys", [("slash",), ("colon",), ("p",), ("v", "slash"), ("2", "slash")])
async def test_every_line_of_the_dashboard_is_such_a_line(keys):
    async with dashboard() as here:
        for key in keys:
            await here.press(key)
        here.app.focused.post_message(events.Paste(HOSTILE))
        await here.settle()
        assert here.app.focused.value == MEANT
        assert here.picture.replace("\n", "").isprintable()
