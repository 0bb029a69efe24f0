"""Templates and configurations are changed in an editor: planned, and nothing of it lost."""

from __future__ import annotations

import pytest

from dli_tui.domain.capability import Capability
from dli_tui.domain.errors import ServerError
from dli_tui.domain.template import Template, TemplateDraft
from dli_tui.tui.modals.document import DocumentQuestion
from dli_tui.tui.opening import Where
from dli_tui.tui.screens.templates import TemplatesScreen
from dli_tui.tui.widgets.page import Page
from tests.support_backends import CODE, ScriptedBackend, row
from tests.support_deeds import answer, notices
from tests.support_tui import dashboard
from tests.tui.support_editor import Editor, put
from tests.tui.test_templates_screen import Shelves

CONFIG = {"steps": [{"name": "ask", "type": "http_request", "config": {"url": "https://x"}}]}
TEMPLATE = Template(id="7", name="Ask", category="sync", template_config=CONFIG)


class Shelf(Shelves):
    """Has one template, and tells it when it is asked for."""

    async def template(self, template_id):
        self._asked("template", template_id)
        return next(one for one in self.found if one.id == template_id)


@pytest.fixture
def editor(tmp_path, monkeypatch):
    return Editor(tmp_path, monkeypatch)


def plan(here):
    assert isinstance(here.screen, DocumentQuestion)
    return here.screen.query_one("#plan", Page).words


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_a_template_is_changed_after_its_changes_were_read(editor, size):
    backend = Shelf(TEMPLATE)
    editor.turns(put(("https://x", "https://y"), ("name: Ask", "name: Asks")))
    async with dashboard(backend=backend, size=size) as here:
        await here.press("3", "E")
        assert "Change the template Ask?" in here.picture
        assert plan(here).splitlines() == [
            "  name  was  Ask",
            "        now  Asks",
            "step ask",
            "  url  was  https://x",
            "       now  https://y",
        ]
        assert backend.sent == []
        await answer(here)
        ((template_id, draft),) = backend.arrived("update_template")
        assert (template_id, draft.name) == ("7", "Asks")
        assert draft.template_config["steps"][0]["config"] == {"url": "https://y"}
        assert "Changed the template Asks" in notices(here)
        assert isinstance(here.screen, TemplatesScreen)


async def test_what_is_wrong_is_said_with_its_place_and_edited_again_as_it_was_left(editor):
    backend = Shelf(TEMPLATE)
    editor.turns(
        put(("type: http_request", "type: http_reqest")),
        put(("name: ask", "name: [")),
        put(("name: [", "name: ask"), ("http_reqest", "log"), ("url:", "message:")),
    )
    async with dashboard(backend=backend) as here:
        await here.press("3", "E")
        assert "1 problem; nothing can be sent yet" in plan(here)
        assert "line 10, step ask, type  there is no kind of step 'http_reqest'" in plan(here)
        await here.press("enter")
        assert "line 11, column" in plan(here)
        await here.press("enter")
        assert "  type  was  http_request" in plan(here)
        assert "type: http_reqest" in (await editor.seen())[2]
        assert "name: [" in (await editor.seen())[2]
        await answer(here)
        assert backend.sent == ["update_template"]


async def test_what_is_left_is_a_draft_and_the_editor_begins_with_it(editor):
    backend = Shelf(TEMPLATE)
    editor.turns(put(("https://x", "{{")), put(("{{", "https://z")))
    async with dashboard(backend=backend) as here:
        await here.press("3", "E")
        await here.press("escape")
        assert "Kept as a draft" in notices(here)[-1]
        await here.press("E")
        assert "url: {{" in (await editor.seen())[1]
        assert "This began with your draft" in plan(here)
        assert "now  https://z" in plan(here)
        await answer(here)
        assert backend.sent == ["update_template"]


async def test_a_draft_is_dropped_by_leaving_nothing(editor):
    editor.turns(put(("https://x", "https://y")), {"write": ""}, put())
    async with dashboard(backend=Shelf(TEMPLATE)) as here:
        await here.press("3", "E")
        await here.press("escape", "E")
        assert "Nothing was changed" in notices(here)[-1]
        await here.press("E")
        assert "https://y" not in (await editor.seen())[2]


async def test_a_right_text_can_be_edited_again_too(editor):
    backend = Shelf(TEMPLATE)
    editor.turns(put(("https://x", "https://y")), put(("https://y", "https://z")))
    async with dashboard(backend=backend) as here:
        await here.press("3", "E")
        await here.press("ctrl+o")
        assert "now  https://z" in plan(here)
        assert backend.sent == []


async def test_a_text_that_says_the_same_sends_nothing(editor):
    backend = Shelf(TEMPLATE)
    editor.turns(put(), put(("name: Ask", "name: 'Ask'")))
    async with dashboard(backend=backend) as here:
        await here.press("3", "E")
        assert "Nothing was changed" in notices(here)[-1]
        await here.press("E")
        assert "It says the same as before" in plan(here)
        assert "enter edit it again" in here.picture
        assert backend.sent == []


async def test_an_editor_that_gave_up_sends_nothing_and_loses_nothing(editor):
    editor.turns({"code": 1, "replace": [("https://x", "https://y")]}, put())
    async with dashboard(backend=Shelf(TEMPLATE)) as here:
        await here.press("3", "E")
        assert "The editor ended with 1, so nothing is sent; the text is kept" in notices(here)[-1]
        assert isinstance(here.screen, TemplatesScreen)
        await here.press("E")
        assert "https://y" in (await editor.seen())[1]


async def test_an_editor_that_gave_up_without_a_change_does_not_speak_of_a_text(editor):
    editor.turns({"code": 3})
    async with dashboard(backend=Shelf(TEMPLATE)) as here:
        await here.press("3", "E")
        assert notices(here)[-1] == "The editor ended with 3, so nothing is sent"


async def test_what_an_editor_left_when_it_gave_up_again_is_shown_and_not_lost(editor):
    backend = Shelf(TEMPLATE)
    editor.turns(
        put(("https://x", "https://y")),
        {"code": 1, "replace": [("https://y", "https://z")]},
        put(),
    )
    async with dashboard(backend=backend) as here:
        await here.press("3", "E")
        await here.press("ctrl+o")
        assert "the text is kept" in notices(here)[-1]
        assert "now  https://z" in plan(here)
        await here.press("ctrl+o")
        assert "https://z" in (await editor.seen())[2]
        await answer(here)
        ((_, draft),) = backend.arrived("update_template")
        assert draft.template_config["steps"][0]["config"] == {"url": "https://z"}


async def test_an_emptied_document_is_no_draft(editor):
    editor.turns(put(("https://x", "https://y")), {"write": ""}, put())
    async with dashboard(backend=Shelf(TEMPLATE)) as here:
        await here.press("3", "E")
        await here.press("ctrl+o")
        assert "1 problem" in plan(here)
        await here.press("escape")
        assert not any("draft" in one for one in notices(here))
        await here.press("E")
        assert "https://x" in (await editor.seen())[2]


async def test_a_refusal_keeps_the_text_and_can_be_tried_again(editor):
    backend = Shelf(TEMPLATE)
    backend.cues["update_template"] = [ServerError("no room")]
    editor.turns(put(("https://x", "https://y")))
    async with dashboard(backend=backend) as here:
        await here.press("3", "E")
        await answer(here)
        assert "no room" in here.picture
        assert "now  https://y" in plan(here)
        await answer(here)
        assert backend.sent == ["update_template"] * 2


async def test_what_somebody_else_changed_meanwhile_is_not_overwritten_unseen(editor):
    backend = Shelf(TEMPLATE)
    editor.turns(put(("https://x", "https://y")), put())
    async with dashboard(backend=backend) as here:
        await here.press("3", "E")
        backend.found = (TEMPLATE.twin(description="by somebody else"),)
        await answer(here)
        assert "[DLI-807] 'Ask' was changed meanwhile" in here.picture
        assert backend.sent == []
        await here.press("escape", "E")
        assert "  description  was  by somebody else" in plan(here)
        assert "  url  was  https://x" in plan(here)
        await answer(here)
        assert backend.sent == ["update_template"]


async def test_a_new_template_is_written(editor):
    backend = Shelf()
    editor.turns(put(("name: ''", "name: Mine")))
    async with dashboard(backend=backend) as here:
        await here.press("3", "A")
        assert "Make a new template?" in here.picture
        assert "step fetch  new" in plan(here)
        await answer(here)
        (draft,) = backend.arrived("create_template")
        assert isinstance(draft, TemplateDraft)
        assert draft.name == "Mine"


async def test_production_is_typed_out_before_anything_is_sent(editor):
    backend = Shelf(TEMPLATE)
    editor.turns(put(("https://x", "https://y")))
    where = Where("shop", production=True, typed=True)
    async with dashboard(backend=backend, where=where) as here:
        await here.press("3", "E")
        await answer(here)
        assert "Type Ask to go on" in here.picture
        assert backend.sent == []
        await here.type("Ask")
        await answer(here)
        assert backend.sent == ["update_template"]


async def test_without_an_editor_it_is_said_what_to_set(monkeypatch):
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.delenv("EDITOR", raising=False)
    async with dashboard(backend=Shelf(TEMPLATE)) as here:
        await here.press("3", "E")
        assert "set VISUAL or EDITOR to yours" in notices(here)[-1]


async def test_a_terminal_that_can_not_be_lent_is_said(monkeypatch):
    monkeypatch.setenv("EDITOR", "true")
    async with dashboard(backend=Shelf(TEMPLATE)) as here:
        await here.press("3", "E")
        assert "can't be lent to an editor" in notices(here)[-1]


@pytest.mark.parametrize("key", ["E", "A", "D"])
async def test_a_place_that_does_not_let_templates_be_changed_says_so(editor, key):
    backend = Shelf(TEMPLATE, without=[Capability.TEMPLATE_EDITING])
    async with dashboard(backend=backend) as here:
        await here.press("3", key)
        assert "doesn't offer making and changing templates" in notices(here)[-1]
        assert isinstance(here.screen, TemplatesScreen)


@pytest.mark.parametrize("key", ["E", "A"])
async def test_where_nothing_can_be_changed_no_editor_is_opened(editor, key):
    async with dashboard(backend=Shelf(TEMPLATE), read_only=True) as here:
        await here.press("3", key)
        assert "READ-ONLY" in notices(here)[-1]


async def test_a_template_is_deleted_and_what_was_made_of_it_stays():
    backend = Shelf(TEMPLATE.twin(usage_count=3))
    async with dashboard(backend=backend, size=(80, 24)) as here:
        await here.press("3", "D")
        assert "3 workflows made from it, which stay" in here.picture
        await answer(here)
        assert backend.arrived("delete_template") == ["7"]
        assert "Deleted the template Ask" in notices(here)


async def test_a_template_that_nothing_was_made_of_loses_nothing_else():
    async with dashboard(backend=Shelf(TEMPLATE), size=(80, 24)) as here:
        await here.press("3", "D")
        assert "keeps       nothing: no workflow was made from it" in here.picture


async def test_after_one_that_was_read_is_deleted_no_other_is_read_in_its_place():
    backend = Shelf(TEMPLATE, TEMPLATE.twin(id="8", name="Bask"))
    async with dashboard(backend=backend, size=(80, 24)) as here:
        await here.press("3", "enter", "D")
        backend.found = backend.found[1:]
        await answer(here)
        assert backend.arrived("delete_template") == ["7"]
        assert not here.screen.has_class("-zoomed")
        assert "Bask" in here.picture


# What a workflow does


async def test_what_a_workflow_does_is_changed_from_the_list(editor):
    backend = ScriptedBackend([row("d", workflow_config=CONFIG)])
    editor.turns(put(("https://x", "https://y")))
    async with dashboard(backend=backend) as here:
        await here.press("E")
        assert "Change what d does?" in here.picture
        await answer(here)
        (request,) = backend.arrived("configure")
        assert request.dataset_name == "d"
        assert request.workflow_config["steps"][0]["config"] == {"url": "https://y"}


async def test_a_workflow_that_was_changed_meanwhile_is_not_overwritten_unseen(editor):
    backend = ScriptedBackend([row("d", workflow_config=CONFIG)])
    editor.turns(put(("https://x", "https://y")))
    async with dashboard(backend=backend) as here:
        await here.press("E")
        backend.rows = [row("d", workflow_config={"steps": []})]
        await answer(here)
        assert "'d' was changed meanwhile" in here.picture
        assert backend.sent == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "the server doesn't tell what it does"),
        ({"workflow_config": CONFIG, "source_type": CODE}, "it is in Git"),
    ],
)
async def test_what_can_not_be_changed_says_why(editor, changes, said):
    async with dashboard(backend=ScriptedBackend([row("d", **changes)])) as here:
        await here.press("E")
        assert said in notices(here)[-1]


async def test_a_place_that_lets_nothing_be_configured_says_so(editor):
    backend = ScriptedBackend([row("d")], without=[Capability.CONFIGURING])
    async with dashboard(backend=backend) as here:
        await here.press("E")
        assert "doesn't offer changing the configuration" in notices(here)[-1]
