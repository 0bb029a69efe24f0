"""One of a few things is chosen with the keyboard or the mouse."""

from __future__ import annotations

from contextlib import asynccontextmanager

from textual.app import App

from dli_tui.tui.widgets.options import Options


class Held(App[None]):
    def __init__(self):
        super().__init__()
        self.options = Options("scope", "which", ("all", "missing", "failed"), "missing")
        self.said = []

    def compose(self):
        yield self.options

    def on_options_changed(self, message):
        self.said.append(message.control.chosen)


@asynccontextmanager
async def held():
    app = Held()
    async with app.run_test(size=(60, 4)) as pilot:
        app.options.focus()
        await pilot.pause(0)
        yield app, pilot


async def test_the_one_that_holds_stands_in_brackets():
    async with held() as (app, _):
        assert app.options.words == "which  all [missing] failed "


async def test_keys_go_through_them_round_the_end():
    async with held() as (app, pilot):
        for key in ("space", "right", "left"):
            app.simulate_key(key)
            await pilot.pause(0)
            await pilot.pause(0)
        assert app.said == ["failed", "all", "failed"]
        assert app.options.words == "which  all  missing [failed]"


async def test_a_click_takes_one_and_a_click_on_the_label_none():
    async with held() as (app, pilot):
        await pilot.click(Options, offset=(8, 0))
        assert app.options.chosen == "all"
        await pilot.click(Options, offset=(1, 0))
        assert app.said == ["all"]
