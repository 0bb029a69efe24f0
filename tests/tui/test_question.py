"""A question sends once, what it shows, and only when it was meant."""

from __future__ import annotations

import pytest
from textual.widgets import Input

from dli_tui.domain.errors import ServerError, WorkflowExecutionError
from dli_tui.tui.modals.question import Question
from dli_tui.tui.opening import Where
from tests.support_backends import ScriptedBackend, row
from tests.support_deeds import WaitingBackend, answer, go_to, notices, tap
from tests.support_tui import SIZES, dashboard

HOSTILE = "legacy.[bold]import[/bold]"


@pytest.mark.parametrize("size", [(60, 16), *SIZES])
@pytest.mark.parametrize("keys", [("p",), ("asterisk", "R"), ("asterisk", "s")])
async def test_nothing_important_is_cut_off(size, keys):
    async with dashboard(size=size) as here:
        await here.press(*keys)
        frame = here.screen.query_one("#question")
        shown = here.screen.region
        assert all(shown.contains_region(one.region) for one in frame.walk_children())
        assert "esc cancel" in here.picture
        assert here.screen.query_one("#plan").region.height >= 1


async def test_a_plan_that_does_not_fit_is_read_on_from_the_field():
    async with dashboard(size=(80, 24)) as here:
        await here.press("asterisk", "p")
        assert "pgdn read on" in here.picture
        assert isinstance(here.app.focused, Input)
        await here.press(*["pagedown"] * 6)
        assert "left out: 3" in here.picture
        assert "it is overridden by CODE" in here.picture


async def test_enter_that_was_meant_for_something_else_sends_nothing():
    async with dashboard() as here:
        await here.press("p", "enter", "enter", "ctrl+s")
        assert here.sent == []
        assert "That came too soon to be read" in here.picture
        await answer(here)
        assert here.sent == ["pause"]


async def test_tab_goes_round_the_fields_and_esc_cancels():
    async with dashboard() as here:
        await here.press("R")
        assert here.app.focused.parent.id == "field-parameters"
        await here.press("tab")
        assert here.app.focused.id == "dry-run"
        await here.press("tab")
        assert here.app.focused.parent.id == "field-parameters"
        await here.press("escape")
        assert not isinstance(here.screen, Question)
        assert here.sent == []


async def test_what_was_typed_is_kept_for_that_question_about_those_targets():
    async with dashboard() as here:
        await go_to(here, "orders_daily")
        await here.press("p")
        await here.press(*"late", "escape")
        assert "Kept as a draft" in notices(here)[-1]
        await go_to(here, "orders_hourly")
        await here.press("p")
        assert here.app.focused.value == ""
        await here.press("escape")
        await go_to(here, "orders_daily")
        await here.press("p")
        assert here.app.focused.value == "late"
        assert "Your draft is back" in here.picture
        await answer(here)
        assert here.backend._journal.actions()[0].reason == "late"
        await here.press("u", "escape")
        assert here.app.deeds.drafts == {}


async def test_a_refusal_keeps_the_form_and_says_code_message_and_hint():
    refusal = WorkflowExecutionError(
        "the pool [/x] is \x1b[31mfull", hint="See it with: dli-tui workflow status r1"
    )
    backend = ScriptedBackend([row("d")], pause=[refusal])
    async with dashboard(backend=backend, size=(80, 24)) as here:
        await here.press("p")
        await here.type("late")
        await answer(here)
        assert "[DLI-802] the pool [/x] is full" in here.picture
        assert "Look again with r after esc." in here.picture
        assert "\x1b" not in here.picture
        assert here.app.focused.value == "late"
        await answer(here)
        assert backend.arrived("pause") == ["late", "late"]
        assert not isinstance(here.screen, Question)


async def test_a_long_refusal_is_read_to_its_hint_on_the_smallest_terminal():
    refusal = ServerError("The pool has no slot left. " * 6, hint="Wait a minute.")
    where = Where("prod", production=True, typed=True)
    backend = ScriptedBackend([row("d")], run=[refusal])
    async with dashboard(backend=backend, size=(60, 16), where=where) as here:
        await here.press("R")
        await here.press("tab", "tab", "d")
        await answer(here)
        assert "[DLI-503] The pool has no slot left." in here.picture
        assert "Wait a minute." in here.picture
        assert "enter run   esc cancel" in here.picture
        assert backend.sent == ["run"]


async def test_while_it_is_sent_no_key_and_no_click_sends_it_again():
    backend = WaitingBackend([row("d")])
    async with dashboard(backend=backend) as here:
        await here.press("p")
        await here.pass_by(1)
        await tap(here, "enter", "enter", "ctrl+s")
        assert "sending …" in here.picture
        here.pace.advance(1)
        await tap(here, "enter", "ctrl+s")
        here.screen.action_submit()
        backend.gate.set()
        await here.settle()
        assert backend.sent == ["pause"]


async def test_whoever_does_not_wait_gets_the_answer_as_a_notice():
    backend = WaitingBackend([row("d")])
    async with dashboard(backend=backend) as here:
        await here.press("p")
        await here.type("late")
        await here.pass_by(1)
        await tap(here, "enter", "escape")
        assert not isinstance(here.screen, Question)
        assert here.app.deeds.drafts, "it may fail yet"
        backend.gate.set()
        await here.settle()
        assert notices(here)[-1] == "Workflow 'd' paused"
        assert here.app.deeds.drafts == {}


async def test_a_click_on_the_keys_does_what_they_say():
    async with dashboard() as here:
        await here.press("p")
        await here.pass_by(1)
        await here.pilot.click("#question-keys", offset=(3, 0))
        await here.settle()
        assert here.sent == ["pause"]


async def test_markup_and_escapes_in_names_stay_words():
    async with dashboard() as here:
        await go_to(here, "legacy.esc")
        await here.press("p")
        assert r"Pause legacy.esc\x1b]52;c;aGVsbG8=\x07ape?" in here.picture
        assert here.picture.replace("\n", "").isprintable()
        await here.press("escape")
        await go_to(here, HOSTILE)
        await here.press("p")
        assert f"Pause {HOSTILE}?" in here.picture


async def test_esc_pressed_twice_at_once_cancels_no_more_than_the_question():
    async with dashboard() as here:
        await here.press("p")
        for key in ("escape", "escape", "enter"):
            here.app.simulate_key(key)
        await here.settle()
        assert here.app.is_running
        assert not isinstance(here.screen, Question)
        assert here.sent == []


async def test_that_it_came_too_soon_is_said_until_somebody_types_on():
    async with dashboard() as here:
        await here.press("p", "enter")
        assert "too soon to be read" in here.picture
        await here.type("l")
        assert "too soon to be read" not in here.picture


async def test_who_types_anew_does_it_in_place_of_the_draft():
    async with dashboard() as here:
        await here.press("p")
        await here.press(*"late", "escape")
        await here.press("p")
        await here.type("x")
        assert here.app.focused.value == "x"
