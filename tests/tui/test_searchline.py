"""The line to search in has the keys at once, and gives them back."""

from typing import ClassVar

from textual.app import App

from dli_tui.tui.widgets.logview import LogView
from dli_tui.tui.widgets.searchline import SearchLine


class SearchApp(App[None]):
    """The line, and a log that has the keys until it is asked for."""

    BINDINGS: ClassVar = [("slash", "ask", "search"), ("n", "next", "never while somebody types")]
    left = 0

    def compose(self):
        yield LogView(str)
        yield SearchLine()

    def on_mount(self):
        self.query_one(LogView).focus()

    @property
    def line(self):
        return self.query_one(SearchLine)

    def action_ask(self):
        self.line.ask("old")

    def on_search_line_left(self):
        self.left += 1
        self.screen.set_focus(self.query_one(LogView))

    def action_next(self):
        raise AssertionError("a letter of the word was taken for a command")


async def typed(pilot, *keys):
    """One right after the other: nothing is painted between them."""
    for key in keys:
        pilot.app.simulate_key(key)
        await pilot.pause(0)


async def test_keys_pressed_right_behind_it_are_typed_over_what_was_searched_last():
    app = SearchApp()
    async with app.run_test() as pilot:
        assert not app.line.display
        await typed(pilot, "slash", "n", "e", "w")
        assert (app.line.display, app.line.value) == (True, "new")
        await typed(pilot, "enter")
        assert (app.line.display, app.line.value, app.left) == (False, "new", 1)


async def test_enter_keeps_what_was_searched_and_escape_drops_it():
    app = SearchApp()
    async with app.run_test() as pilot:
        await typed(pilot, "slash", "enter")
        assert app.line.value == "old"
        await typed(pilot, "slash", "escape")
        assert (app.line.display, app.line.value, app.left) == (False, "", 2)


async def test_it_has_the_keys_before_anything_else_happens():
    app = SearchApp()
    async with app.run_test():
        app.line.ask("")
        assert app.focused is app.line
