"""What a workflow does is read as YAML, with what is to be said of it beside."""

from __future__ import annotations

import pytest

from dli_tui.domain.errors import WorkflowNotFoundError
from dli_tui.tui.screens.configuration import ConfigurationScreen
from tests.support_backends import ScriptedBackend, row
from tests.support_deeds import answer
from tests.support_tui import dashboard
from tests.tui.support_editor import Editor, put

CONFIG = {
    "steps": [
        {
            "name": "choose",
            "type": "conditional",
            "config": {
                "condition": "{{steps.later.n}} > 1",
                "true_action": {"type": "log", "config": {"message": "hi"}},
                "false_action": {"type": "wait", "config": {}},
            },
        },
        {
            "name": "later",
            "type": "http_request",
            "config": {"url": "https://x", "headers": {"Authorization": "Bearer s3cret"}},
        },
    ]
}


def place(**changes):
    return ScriptedBackend([row("d", workflow_config=CONFIG, **changes)])


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_it_stands_there_with_what_is_wrong_with_it(size):
    async with dashboard(backend=place(), size=size) as here:
        await here.press("i")
        screen = here.screen
        assert isinstance(screen, ConfigurationScreen)
        assert screen.crumbs == ("Workflows", "d", "Configuration")
        told = screen.definition.words + screen.remarks.words
        assert "      condition: '{{steps.later.n}} > 1'" in told
        assert "        type: wait" in told
        assert "2 problems" in told
        assert "names a step that hasn't run by then: 'later'" in told
        assert "step choose, false_action, type" in told
        assert "2 problems" in here.picture
        await here.press("escape")
        assert not isinstance(here.screen, ConfigurationScreen)


async def test_secrets_are_neither_shown_nor_copied_and_that_is_said():
    async with dashboard(backend=place()) as here:
        await here.press("i")
        assert "Authorization: '***'" in here.screen.definition.words
        assert "s3cret" not in here.picture
        await here.press("y")
        assert "Authorization: '***'" in here.app.clipboard
        assert "s3cret" not in here.app.clipboard
        assert any("left out" in note.message for note in here.app._notifications)


@pytest.fixture
def editor(tmp_path, monkeypatch):
    return Editor(tmp_path, monkeypatch)


async def test_it_is_reached_from_the_page_of_the_workflow_and_edited_from_there(editor):
    editor.turns(
        put(
            ("steps.later.n", "trigger.n"),
            ("type: wait", "type: log"),
            ("config: {}", "config: {message: never}"),
        )
    )
    backend = place()
    async with dashboard(backend=backend) as here:
        await here.press("enter", "i", "E")
        await answer(here)
        assert backend.sent == ["configure"]
        assert isinstance(here.screen, ConfigurationScreen)


async def test_what_a_server_does_not_tell_is_said():
    async with dashboard(backend=ScriptedBackend([row("d")])) as here:
        await here.press("i")
        assert "The server doesn't tell what this workflow does" in here.picture


async def test_a_workflow_that_is_gone_says_so():
    backend = place()
    async with dashboard(backend=backend) as here:
        backend.cues["workflow"] = [WorkflowNotFoundError("no such workflow")]
        await here.press("i")
        assert "no such workflow" in here.picture


async def test_nothing_of_a_hostile_configuration_is_obeyed():
    nasty = "[@click=app.quit]x[/] \x1b[2J\u202e"
    config = {"steps": [{"name": nasty, "type": nasty, "config": {nasty: nasty}}], nasty: nasty}
    async with dashboard(backend=ScriptedBackend([row("d", workflow_config=config)])) as here:
        await here.press("i")
        assert "[@click=app.quit]x[/]" in here.picture
        assert all(line.isprintable() for line in here.lines)
