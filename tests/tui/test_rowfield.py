"""A field on one line says and marks what is wrong in it."""

from __future__ import annotations

from textual.app import App

from dli_tui.tui.widgets.rowfield import RowField
from dli_tui.tui.widgets.saying import Saying


class Form(App[None]):
    CSS = """
    RowField { height: auto; }
    Saying { height: auto; }
    Horizontal, Input, OneLine { height: 1; }
    .label { width: 10; }
    """

    def compose(self):
        yield RowField("cron", "cron", value="0 25 * * *")


async def test_what_is_wrong_is_marked_below_the_value_and_said_below_that():
    async with Form().run_test(size=(60, 12)) as pilot:
        field, saying = pilot.app.query_one(RowField), pilot.app.query_one(Saying)
        assert field.outer_size.height == 1
        field.underline((2, 4), "hour: [/x]\x1b[2J")
        await pilot.pause()
        assert saying.words == "  ^^\nhour: [/x]"
        assert field.outer_size.height == 3
        field.complain("")
        await pilot.pause()
        assert field.outer_size.height == 1


async def test_what_lies_beyond_the_line_can_not_be_marked():
    async with Form().run_test(size=(30, 12)) as pilot:
        field = pilot.app.query_one(RowField)
        field.underline((40, 42), "too long")
        await pilot.pause()
        assert pilot.app.query_one(Saying).words == "too long"
