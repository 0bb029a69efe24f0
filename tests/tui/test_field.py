"""A field says what is wrong with it right below, in words that nothing obeys."""

from __future__ import annotations

from textual.app import App

from dli_tui.tui.widgets.field import Field
from dli_tui.tui.widgets.oneline import OneLine
from dli_tui.tui.widgets.saying import Saying


class Form(App[None]):
    CSS = "Saying { height: auto; } Field { height: auto; } Input { height: 1; }"

    def compose(self):
        yield Field("reason", "reason", value="first")


async def test_a_complaint_stands_below_wrapped_and_goes_again():
    async with Form().run_test(size=(30, 12)) as pilot:
        field, saying = pilot.app.query_one(Field), pilot.app.query_one(Saying)
        before = field.outer_size.height
        field.complain("[/x] \x1b[31mthis is longer than one line of it")
        await pilot.pause()
        assert saying.words == "[/x] this is longer than one line of it"
        assert field.outer_size.height == before + 2
        field.complain("")
        await pilot.pause()
        assert field.outer_size.height == before


async def test_it_knows_whether_somebody_typed_in_it():
    async with Form().run_test() as pilot:
        field = pilot.app.query_one(Field)
        assert not field.is_typed
        field.value = "other"
        assert field.is_typed


async def test_what_nobody_typed_can_be_prefilled():
    async with Form().run_test() as pilot:
        field = pilot.app.query_one(Field)
        field.prefill("second")
        assert field.value == "second"
        assert not field.is_typed
        field.value = "mine"
        field.prefill("third")
        assert field.value == "mine", "what a person says stands"


async def test_a_complaint_goes_once_what_it_was_about_is_changed():
    async with Form().run_test() as pilot:
        field, saying = pilot.app.query_one(Field), pilot.app.query_one(Saying)
        field.complain("this is wrong")
        field.value = "second"
        await pilot.pause()
        assert saying.words == ""
        field.remark("so it was understood")
        field.value = "third"
        await pilot.pause()
        assert saying.words == "so it was understood"


async def test_the_one_that_is_typed_in_is_seen():
    async with Form().run_test() as pilot:
        label = pilot.app.query_one(".label", OneLine)
        pilot.app.set_focus(None)
        await pilot.pause()
        assert not label._left[0].bold
        pilot.app.query_one(Field).focus_input()
        await pilot.pause()
        assert label._left[0].bold
