"""Definitions in files: templates that are made and changed, workflows that are configured."""

import json

import pytest

from dli_tui.cli import running
from dli_tui.domain.capability import Capability
from dli_tui.domain.query import NewConfiguration
from dli_tui.domain.status import SourceType
from dli_tui.domain.template import Template, TemplateDraft
from tests.cli.conftest import DEMO, as_typed
from tests.support import ManualClock
from tests.support_backends import NOW, ScriptedBackend, row

CONFIG = {"steps": [{"name": "say", "type": "log", "config": {"message": "hello"}}]}
TEMPLATE = Template(id="7", name="Sync", tags=("a",), template_config=CONFIG, usage_count=3)
YAML = """
name: Sync
tags: [a, b]
template_config:
  steps:
    - name: say
      type: log
      config: {message: "{{greeting}}"}
"""
WRONG = {
    "steps": [
        {"name": "say", "type": "lgo", "config": {}},
        {"name": "say", "type": "log", "config": {"message": "{{steps.no.x}}", "levle": "info"}},
    ]
}


class Shelf(ScriptedBackend):
    """One template."""

    async def template(self, template_id):
        assert template_id == "7"
        return TEMPLATE


@pytest.fixture
def shelf(world):
    rows = [
        row("flow", workflow_config=CONFIG),
        row("silent"),
        row("code", source_type=SourceType.CODE, workflow_config=CONFIG),
    ]
    return world(Shelf(rows), ManualClock(NOW))


@pytest.fixture
def file(tmp_path):
    """Writes a file: text as it stands, anything else as JSON."""

    def write(content):
        path = tmp_path / "definition"
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return "--file", path

    return write


# Making and changing a template


def test_a_template_is_made_of_yaml(cli, shelf, file):
    done = cli("template", "create", *file(YAML), "--demo")
    assert (done.exit_code, done.stdout) == (0, "Template created: t9 (Sync)\n")
    (draft,) = shelf.arrived("create_template")
    assert (draft.name, draft.tags, draft.category) == ("Sync", ("a", "b"), "general")
    assert draft.template_config["steps"][0]["config"] == {"message": "{{greeting}}"}


@pytest.mark.parametrize("text", [YAML, json.dumps({"name": "Sync", "template_config": CONFIG})])
def test_what_is_piped_in_is_read_alike(cli, shelf, text):
    assert cli("template", "create", "--file", "-", "--demo", input=text).exit_code == 0
    assert shelf.arrived("create_template")[0].name == "Sync"


def test_json_that_is_indented_with_tabs_is_json(cli, shelf):
    text = json.dumps({"name": "Sync", "template_config": CONFIG}, indent="\t")
    assert cli("template", "create", "--file", "-", "--demo", input=text).exit_code == 0


def test_a_template_is_replaced_by_a_file(cli, shelf, file):
    wanted = {"name": "Sync", "description": "Copies", "template_config": CONFIG}
    done = cli("template", "update", "7", *file(wanted), "--demo")
    assert (done.exit_code, done.stdout) == (0, "Template updated: 7 (Sync)\n")
    assert shelf.arrived("update_template") == [("7", TemplateDraft(**wanted))]


def test_what_show_prints_can_be_given_back_and_changes_nothing(cli, shelf):
    shown = cli("template", "show", "7", "-f", "json", "--demo").stdout
    done = cli("template", "update", "7", "--file", "-", "--demo", input=shown)
    assert done.stdout == "Template as it was, nothing was sent: 7 (Sync)\n"
    assert shelf.sent == []


def test_a_dry_run_tells_what_would_be_another(cli, shelf, file):
    steps = [
        {"name": "ask", "type": "delay", "config": {"seconds": 1}},
        {"name": "say", "type": "log", "config": {"message": "bye"}},
    ]
    changed = {"name": "Sync", "tags": ["a"], "template_config": {"steps": steps}}
    done = cli("template", "update", "7", *file(changed), "--dry-run", "--demo")
    assert done.stdout.splitlines() == [
        "STEP  SETTING  BEFORE  AFTER",
        "ask   -        -       new",
        "ask   type     -       delay",
        "ask   seconds  -       1",
        "say   message  hello   bye",
        "",
        "4 changes",
        "No request was sent.",
    ]
    assert shelf.sent == []


def test_a_dry_run_of_a_new_template_prints_all_of_it(cli, shelf, file):
    words = ("template", "create", *file(YAML), "--dry-run")
    assert cli(*words, "--demo").stdout.startswith("name: Sync\ndescription: null\n")
    draft = TemplateDraft.model_validate_json(cli(*words, "-f", "json", "--demo").stdout)
    assert draft.tags == ("a", "b")
    assert shelf.sent == []


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("- a\n", "Problem: document: expected a mapping"),
        ("a: [", "Problem: line 1, column"),
        ("a: !!python/object:os.x {}", "is not allowed"),
        ("1: 2", "the name 1 is no text"),
        ("{", "Problem: line 1, column 2: this is not JSON"),
        ("name: x\nwhen: now", "Problem: line 2, when: a template has nothing of that name"),
        ("name: [x]", "Problem: line 1, name: a name was expected"),
        ({"name": " ", "template_config": CONFIG}, "Problem: line 1, name: a name was expected"),
        ({"name": "x"}, "Problem: document: it lacks template_config"),
        (
            {"name": "x", "template_config": CONFIG, "default_cron_schedule": "x"},
            "Problem: line 1, default_cron_schedule: ",
        ),
    ],
    ids=str,
)
def test_a_file_that_is_no_template_is_refused_with_the_reason(cli, shelf, file, content, said):
    done = cli("template", "create", *file(content), "--demo")
    assert (done.exit_code, done.stdout, shelf.sent) == (1, "", [])
    assert said in done.stderr
    assert "Error [DLI-801]: " in done.stderr
    assert "definition can't be used: " in done.stderr


def test_a_file_that_is_not_there_is_named(cli, shelf, tmp_path):
    done = cli("template", "create", "--file", tmp_path / "no.yaml", "--demo")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "no.yaml: it is not a file that can be read" in done.stderr


def test_bytes_that_are_no_text_are_refused(cli, shelf):
    done = cli("template", "create", "--file", "-", "--demo", input=b"name: \xff")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "What was piped in: it is not UTF-8 text" in done.stderr


# Deleting a template


def test_in_a_script_a_template_is_deleted_only_with_yes(cli, shelf):
    done = cli("template", "delete", "7", "--demo")
    assert (done.exit_code, done.stdout, shelf.sent) == (2, "", [])
    assert "Add --yes" in done.stderr
    done = cli("template", "delete", "7", "--yes", "--demo")
    assert (done.exit_code, done.stdout) == (0, "Template deleted: 7\n")
    assert shelf.arrived("delete_template") == ["7"]


def test_a_person_at_the_terminal_deletes_without_it(cli, shelf, monkeypatch):
    monkeypatch.setattr(running, "is_attended", lambda: True)
    done = cli("template", "delete", "7", "-f", "json", "--demo")
    assert json.loads(done.stdout) == {"template_id": "7", "status": "success"}


def test_a_dry_run_says_which_template_would_go(cli, shelf):
    done = cli("template", "delete", "7", "--dry-run", "--demo")
    assert done.exit_code == 0
    assert "Template: Sync\n" in done.stdout
    assert "what was made of it stays. No request was sent." in done.stdout
    found = cli("template", "delete", "7", "--dry-run", "-f", "json", "--demo")
    assert Template.model_validate_json(found.stdout) == TEMPLATE
    assert shelf.sent == []


# Configuring a workflow


def test_what_a_workflow_does_is_replaced_and_what_changed_is_told(cli, shelf, file):
    config = {"steps": [{"name": "say", "type": "log", "config": {"message": "bye"}}]}
    done = cli("workflow", "configure", "flow", *file(config), "--demo")
    assert done.stdout.splitlines() == [
        "STEP  SETTING  BEFORE  AFTER",
        "say   message  hello   bye",
        "",
        "1 change",
        "Workflow configured: flow",
    ]
    assert shelf.arrived("configure") == [NewConfiguration("flow", config)]


def test_one_is_not_true_to_a_server(cli, world, file):
    def waiting(*, value):
        step = {"name": "ask", "type": "http_request", "config": {"url": "x", "data": value}}
        return {"steps": [step]}

    backend = world(Shelf([row("flow", workflow_config=waiting(value=True))]), ManualClock(NOW))
    cli("workflow", "configure", "flow", *file(waiting(value=1)), "--demo")
    assert backend.sent == ["configure"]


def test_what_it_does_already_is_not_sent_again(cli, shelf):
    shown = cli("workflow", "get", "flow", "-f", "json", "--demo").stdout
    done = cli("workflow", "configure", "flow", "--file", "-", "--demo", input=shown)
    assert (done.exit_code, done.stdout) == (
        0,
        "Workflow configured: flow (it was so already, nothing was sent)\n",
    )
    assert shelf.sent == []


def test_a_dry_run_of_it_sends_nothing(cli, shelf, file):
    words = ("workflow", "configure", "flow", *file({"steps": []}), "--dry-run")
    done = cli(*words, "--demo")
    assert done.stdout.splitlines()[-2:] == ["1 change", "No request was sent."]
    assert "Warning: line 1, steps: there are none" in done.stderr
    found = json.loads(cli(*words, "-f", "json", "--demo").stdout)
    assert found == {"dataset_name": "flow", "workflow_config": {"steps": []}}
    assert shelf.sent == []


def test_where_it_is_not_told_what_a_workflow_does_all_of_it_is_new(cli, shelf, file):
    done = cli("workflow", "configure", "silent", *file(CONFIG), "--dry-run", "--demo")
    assert "all of it is new" in done.stderr
    assert "say   message  -       hello" in done.stdout.splitlines()


def test_what_looks_like_a_secret_is_not_shown(cli, world, file):
    def fetching(token):
        headers = {"Authorization": token, "X-Api-Key": token}
        config = {"url": "https://x", "headers": headers}
        return {"steps": [{"name": "fetch", "type": "http_request", "config": config}]}

    world(Shelf([row("flow", workflow_config=fetching("old"))]), ManualClock(NOW))
    words = ("workflow", "configure", "flow", *file(fetching("s3cret")), "--dry-run", "--demo")
    done = cli(*words)
    assert done.exit_code == 0
    assert done.stdout.count("***     ***") == 2
    assert "s3cret" not in done.stdout


def test_everything_that_is_wrong_is_told_at_once(cli, shelf, file):
    done = cli("workflow", "configure", "flow", *file(WRONG), "--demo")
    assert (done.exit_code, done.stdout, shelf.sent) == (1, "", [])
    lines = done.stderr.splitlines()
    assert [line.partition(": ")[0] for line in lines[:-2]].count("Problem") == 3
    assert "Warning: line 1, step say, levle" in done.stderr
    assert lines[-2].endswith("definition can't be used: 3 problems")
    assert lines[-1] == "       Nothing was sent. Correct it and try again."


@pytest.mark.parametrize(("name", "code"), [("code", "DLI-803"), ("no", "DLI-800")])
def test_what_is_in_git_or_not_there_is_not_configured(cli, shelf, file, name, code):
    for dry in ((), ("--dry-run",)):
        done = cli("workflow", "configure", name, *file(CONFIG), *dry, "--demo")
        assert (done.exit_code, done.stdout, shelf.sent) == (1, "", [])
        assert f"Error [{code}]" in done.stderr


# Where that isn't offered

EDITS = [
    ["template", "create"],
    ["template", "update", "2"],
    ["template", "delete", "2", "--yes"],
    ["workflow", "configure", "finance.cost_centers"],
]


@pytest.mark.parametrize("words", EDITS, ids=as_typed)
def test_the_demo_says_that_it_does_not_offer_that(cli, file, words):
    content = CONFIG if "configure" in words else {"name": "x", "template_config": CONFIG}
    given = () if "delete" in words else file(content)
    done = cli(*words, *given, *DEMO)
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith("Error [DLI-802]: The demo doesn't offer ")


@pytest.mark.parametrize("words", EDITS, ids=as_typed)
def test_where_it_is_not_offered_a_dry_run_says_so_too(cli, world, file, words):
    lacks = [Capability.TEMPLATE_EDITING, Capability.CONFIGURING]
    world(Shelf([row("finance.cost_centers")], without=lacks), ManualClock(NOW))
    content = CONFIG if "configure" in words else {"name": "x", "template_config": CONFIG}
    given = () if "delete" in words else file(content)
    done = cli(*words, *given, "--dry-run", "--demo")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "The script doesn't offer " in done.stderr
