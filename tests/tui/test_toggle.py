"""A toggle is turned by space and by a click, and says in words what it is."""

from __future__ import annotations

from textual.app import App

from dli_tui.tui.widgets.toggle import Toggle


class Form(App[None]):
    CSS = "Toggle { height: 1; }"

    def compose(self):
        yield Toggle("dry-run", "check only")


async def test_space_and_a_click_turn_it():
    async with Form().run_test() as pilot:
        toggle = pilot.app.query_one(Toggle)
        assert toggle.words == "[ ] check only"
        toggle.focus()
        await pilot.press("space")
        assert toggle.words == "[x] check only"
        await pilot.click(Toggle)
        assert not toggle.on


async def test_what_nobody_turned_can_be_prefilled():
    async with Form().run_test() as pilot:
        toggle = pilot.app.query_one(Toggle)
        toggle.prefill(on=True)
        assert toggle.on
        assert not toggle.is_turned
        toggle.action_turn()
        assert toggle.is_turned
        toggle.prefill(on=True)
        assert not toggle.on, "what a person says stands"
