"""One line: what stands on the right is never cut, a click on words does what they say."""

from __future__ import annotations

import pytest
from textual.app import App

from dli_tui.tui.widgets.oneline import Bit, OneLine


class Line(App[None]):
    def __init__(self):
        super().__init__()
        self.clicked = []

    def compose(self):
        yield OneLine(id="line")

    @property
    def line(self):
        return self.query_one("#line", OneLine)

    @property
    def shown(self):
        return "".join(part.text for part in self.screen._compositor.render_strips()[0])

    def action_note(self, word):
        self.clicked.append(word)


@pytest.mark.parametrize(
    ("left", "right", "shown"),
    [
        ("left", "right", "left           right"),
        ("a very long left side", "right", "a very long le…right"),
        ("", "right", "               right"),
        ("주문.일별_집계.환불_현황", "live", "주문.일별_집계.…live"),
    ],
)
async def test_the_left_side_gives_way_to_the_right(left, right, shown):
    app = Line()
    async with app.run_test(size=(20, 3)) as pilot:
        app.line.tell([Bit(left)], [Bit(right)])
        await pilot.pause()
        assert app.shown == shown


async def test_a_click_does_what_the_words_stand_for():
    app = Line()
    async with app.run_test(size=(30, 3)) as pilot:
        app.line.tell([Bit("one ", action="app.note('one')"), Bit("two", action="app.note('two')")])
        await pilot.pause()
        await pilot.click("#line", offset=(5, 0))
        await pilot.click("#line", offset=(1, 0))
        await pilot.click("#line", offset=(20, 0))
        assert app.clicked == ["two", "one"]


async def test_markup_in_words_is_words():
    app = Line()
    async with app.run_test(size=(40, 3)) as pilot:
        app.line.tell([Bit("[red]no[/red] [@click=app.quit]x[/]")])
        await pilot.pause()
        assert app.shown.startswith("[red]no[/red] [@click=app.quit]x[/]")
