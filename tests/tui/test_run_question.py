"""A run is asked for with parameters that are checked as they are typed."""

from __future__ import annotations

from textual import events

from dli_tui.domain.errors import ServerError
from dli_tui.tui.modals.run import RunQuestion
from tests.support_backends import ScriptedBackend, row
from tests.support_deeds import answer, go_to, notices
from tests.support_tui import dashboard


async def typed(here, text):
    """Put a text with blanks and quotes into the field, as a paste does."""
    await here.press("R")
    here.app.focused.value = text
    await here.settle()


async def test_pairs_are_shown_as_they_will_be_sent_and_sent_so():
    async with dashboard(size=(80, 24)) as here:
        await go_to(here, "orders_daily")
        await typed(here, "why=late data day=2")
        assert 'sends {"why": "late data", "day": 2}' in here.picture
        await answer(here)
        (action,) = here.backend._journal.actions()
        assert action.deed == "run"
        assert action.details["parameters"] == {"why": "late data", "day": 2}
        assert action.run_id in notices(here)[-1]


async def test_json_is_taken_too():
    async with dashboard() as here:
        await typed(here, '{"days": [1, 2], "full": true}')
        await answer(here)
        assert here.backend._journal.actions()[0].details["parameters"] == {
            "days": [1, 2],
            "full": True,
        }


async def test_what_cannot_be_read_is_said_at_the_field_and_not_sent():
    async with dashboard(size=(60, 16)) as here:
        await typed(here, '{"days": [1, 2')
        assert "this is not JSON" in here.picture
        await answer(here)
        assert here.sent == []
        assert here.app.focused.parent.id == "field-parameters"
        here.app.focused.value = "days=1"
        await here.settle()
        assert "this is not JSON" not in here.picture


async def test_a_dry_run_starts_nothing_and_leaves_the_form_for_the_real_one():
    backend = ScriptedBackend([row("d")])
    async with dashboard(backend=backend) as here:
        await typed(here, "day=2")
        await here.press("tab", "space")
        assert "enter check, don't run" in here.picture
        await answer(here)
        assert [request.dry_run for request in backend.arrived("run")] == [True]
        assert "Nothing was started" in here.picture
        await here.press("space")
        await answer(here)
        assert [request.dry_run for request in backend.arrived("run")] == [True, False]
        assert backend.arrived("run")[1].parameters == {"day": 2}
        assert not isinstance(here.screen, RunQuestion)


async def test_a_dry_run_of_many_tells_of_each_and_can_be_followed_by_the_real_one():
    backend = ScriptedBackend([row("a"), row("b")])
    async with dashboard(backend=backend) as here:
        await here.press("asterisk", "R")
        assert "parameters, the same for each" in here.picture
        await here.press("tab", "space")
        await answer(here)
        assert "All 2 went well" in here.picture
        await here.press("space")
        await answer(here)
        assert [request.dry_run for request in backend.arrived("run")] == [True, True, False, False]


async def test_a_dry_run_is_part_of_the_draft():
    async with dashboard() as here:
        await typed(here, "day=2")
        await here.press("tab", "space", "escape")
        await here.press("R")
        assert here.app.focused.value == "day=2"
        assert "[x] dry run" in here.picture


async def test_what_is_pasted_comes_whole_and_a_terminal_obeys_none_of_it():
    async with dashboard(size=(80, 24)) as here:
        await here.press("R")
        here.app.focused.post_message(events.Paste("a=[/x]\x1b[31m\nb=[@click=app.quit]"))
        await here.settle()
        assert here.app.focused.value == "a=[/x] b=[@click=app.quit]"
        await here.type("7")
        assert here.app.focused.value.endswith("app.quit]7"), "the cursor stands behind it"
        assert "[@click=app.quit]" in here.picture
        assert here.picture.replace("\n", "").isprintable()


async def test_a_dry_run_of_many_with_a_failure_leaves_the_plan_and_its_verb():
    refusal = ServerError("no slot is left")
    backend = ScriptedBackend([row(name) for name in "abcd"], run=[None, refusal])
    async with dashboard(backend=backend) as here:
        await here.press("asterisk", "R", "tab", "space")
        await answer(here)
        assert "1 of 4 would fail. Checked only, nothing was started" in here.picture
        assert "failed  b" in here.picture
        assert "never ran before" in here.picture, "the plan"
        assert "enter check, don't run 4" in here.picture
        await here.press("space")
        assert "enter run 4 " in here.picture
        assert "failed again" not in here.picture
        await answer(here)
        assert [request.dry_run for request in backend.arrived("run")] == [True] * 4 + [False] * 4


async def test_what_failed_for_real_is_what_a_rehearsal_rehearses():
    refusal = ServerError("no slot is left")
    backend = ScriptedBackend([row("a"), row("b")], run=[None, refusal])
    async with dashboard(backend=backend) as here:
        await here.press("asterisk", "R")
        await answer(here)
        assert "enter try the 1 that failed again" in here.picture
        await here.press("tab", "space")
        assert "enter check, don't try the 1 that failed again" in here.picture
        await answer(here)
        assert [request.dataset_name for request in backend.arrived("run")] == ["a", "b", "b"]


async def test_what_is_only_checked_is_not_said_to_be_sent():
    async with dashboard(backend=ScriptedBackend([row("d")])) as here:
        await typed(here, "day=2")
        await here.press("tab", "space")
        assert 'sends {"day": 2} to be checked only' in here.picture
        await here.press("space")
        assert "to be checked" not in here.picture
