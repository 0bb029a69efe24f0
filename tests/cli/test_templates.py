"""`dli-tui template list|show|usage|create-workflow`: what is there, and a workflow made of it."""

import json

import pytest

from dli_tui.domain.capability import Capability
from dli_tui.domain.errors import ErrorCode, WorkflowRegistrationError
from dli_tui.domain.template import (
    NewFromTemplate,
    Template,
    TemplateCategory,
    TemplateUsage,
    UsagePoint,
)
from tests.cli.conftest import DEMO, as_typed
from tests.support import ManualClock
from tests.support_backends import NOW, ScriptedBackend, row

STEPS = [
    {
        "name": "fetch",
        "type": "http_request",
        "config": {"url": "{{base}}/items", "headers": {"Authorization": "Bearer {{api_token}}"}},
    },
    {"name": "rest", "type": "delay", "config": {"seconds": "{{pause}}"}},
    {"name": "say", "type": "log", "config": {"message": "", "level": "info"}},
]
SYNC = Template(
    id="7",
    name="Sync",
    description="Copies things",
    category="sync",
    template_config={
        "steps": STEPS,
        "variables": {"pause": {"default": 5, "description": "How long to wait"}},
    },
    default_trigger_config={"type": "schedule", "enabled": True},
    default_cron_schedule="0 2 * * *",
    tags=("nightly", "api"),
    usage_count=3,
)
FILES = Template(
    id="8",
    name="Files",
    category="files",
    template_config={"steps": [{"name": "note", "type": "log", "config": {"message": "hello"}}]},
    default_trigger_config={"type": "file_upload", "enabled": True},
)
FILLED = ("--set", "base=https://x", "--set", "api_token=s3cret", "--set", "say.message=done")


class Shelf(ScriptedBackend):
    """Two templates; filters are ignored, as some servers do."""

    async def templates(self, *, category=None, search=None):
        self.calls.append(("templates", (category, search)))
        return (SYNC, FILES)

    async def template_categories(self):
        return tuple(TemplateCategory(name=one, display_name=one) for one in ("sync", "files"))

    async def template(self, template_id):
        return {"7": SYNC, "8": FILES}[template_id]


@pytest.fixture
def shelf(world):
    return world(Shelf([row("taken")]), ManualClock(NOW))


def made(shelf):
    """The one request that arrived."""
    (request,) = shelf.arrived("create_from_template")
    assert isinstance(request, NewFromTemplate)
    return request


# Looking


def test_the_demos_templates_are_a_table_with_a_count_of_each_category(cli):
    lines = cli("template", "list", *DEMO).stdout.splitlines()
    assert lines[0].split() == ["ID", "NAME", "CATEGORY", "STEPS", "USED", "TAGS"]
    assert lines[4].startswith("4   Nightly Table Sync")
    assert lines[-1] == "Total: 4 templates (1 file-processing, 2 integration, 1 sync)"


@pytest.mark.parametrize(
    ("words", "ids"),
    [
        ([], ["7", "8"]),
        (["--category", "SYNC"], ["7"]),
        (["--search", "copies sync"], ["7"]),
        (["--search", "copies files"], []),
        (["--tag", "API", "--tag", "nightly"], ["7"]),
        (["--tag", "api", "--tag", "no"], []),
    ],
    ids=as_typed,
)
def test_what_a_server_does_not_filter_is_filtered_here(cli, shelf, words, ids):
    found = json.loads(cli("template", "list", *words, "--format", "json", "--demo").stdout)
    assert [one["id"] for one in found["templates"]] == ids
    assert (found["total_count"], found["status"]) == (len(ids), "success")


def test_the_filters_are_told_to_the_server(cli, shelf):
    cli("template", "list", "-c", "sync", "-s", "copy", "--demo")
    assert shelf.arrived("templates") == [("sync", "copy")]


def test_who_asks_for_a_category_that_is_not_there_is_told_which_are(cli, shelf):
    done = cli("template", "list", "-c", "snyc", "--demo")
    assert (done.exit_code, done.stderr) == (
        0,
        "There is no category 'snyc'; there are: sync, files\n",
    )


def test_a_template_is_told_with_steps_and_variables(cli, shelf):
    text = cli("template", "show", "7", "--demo").stdout
    assert "Cron: 0 2 * * * (every day at 02:00)\n" in text
    assert "Trigger: schedule\n" in text
    assert "Tags: nightly, api\n" in text
    assert "    url: '{{base}}/items'\n" in text
    variables = text[text.index("VARIABLE") :].splitlines()[1:]
    assert [line.split()[:3] for line in variables] == [
        ["base", "-", "fetch"],
        ["api_token", "-", "fetch"],
        ["pause", "5", "rest"],
        ["say.message", "-", "say"],
    ]
    assert variables[2].endswith("How long to wait")


def test_a_template_as_json_is_the_model(cli):
    found = json.loads(cli("template", "show", "2", "-f", "json", *DEMO).stdout)
    assert Template.model_validate(found).name == "Custom Integration Template"


def test_how_a_template_is_used_is_told_as_the_server_counts(cli, world):
    usage = TemplateUsage(
        template_id="7",
        facts={"total": 12, "rate": 91.5, "last": "sync.eu"},
        series={"by_day": (UsagePoint(label="2026-03-09", count=4),)},
    )
    world(Shelf(template_usage=[usage, usage]), ManualClock(NOW))
    assert cli("template", "usage", "7", "--demo").stdout.splitlines() == [
        "total: 12",
        "rate: 91.5",
        "last: sync.eu",
        "",
        "by_day:",
        "WHAT        COUNT",
        "2026-03-09  4",
    ]
    found = cli("template", "usage", "7", "-f", "json", "--demo")
    assert TemplateUsage.model_validate_json(found.stdout) == usage


def test_a_place_that_does_not_count_says_so(cli):
    done = cli("template", "usage", "2", *DEMO)
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == (
        "Error [DLI-802]: The demo doesn't offer telling how a template is used\n"
    )


# Making a workflow


def test_what_was_given_goes_into_the_steps_that_change_and_defaults_with_it(cli, shelf):
    done = cli("template", "create-workflow", "7", "new.flow", *FILLED, "--demo")
    assert done.exit_code == 0, done.stderr
    assert done.stdout.startswith("Workflow created: new.flow\n")
    request = made(shelf)
    assert (request.template_id, request.workflow_name) == ("7", "new.flow")
    assert request.custom_config == {
        "steps": [
            {
                "name": "fetch",
                "config": {
                    "url": "https://x/items",
                    "headers": {"Authorization": "Bearer s3cret"},
                },
            },
            {"name": "rest", "config": {"seconds": 5}},
            {"name": "say", "config": {"message": "done", "level": "info"}},
        ]
    }


def test_what_is_not_said_is_as_the_template_has_it(cli, shelf):
    cli("template", "create-workflow", "7", "a", *FILLED, "--demo")
    request = made(shelf)
    assert (request.cron_schedule, request.is_scheduled) == ("0 2 * * *", True)
    assert not request.trigger_on_file_upload


def test_a_template_of_uploads_is_started_by_uploads(cli, shelf):
    cli("template", "create-workflow", "8", "a", "--demo")
    assert made(shelf).trigger_on_file_upload


@pytest.mark.parametrize(
    ("words", "cron", "fires"),
    [
        (["--not-scheduled"], "0 2 * * *", False),
        (["--cron", "0 5 * * *"], "0 5 * * *", True),
        (["--cron", "0 5 * * *", "--not-scheduled"], "0 5 * * *", False),
    ],
    ids=as_typed,
)
def test_a_schedule_is_what_the_command_line_says(cli, shelf, words, cron, fires):
    cli("template", "create-workflow", "7", "a", *FILLED, *words, "--demo")
    assert (made(shelf).cron_schedule, made(shelf).is_scheduled) == (cron, fires)


@pytest.mark.parametrize(
    ("words", "uploads", "extensions"),
    [
        (["--on-upload"], True, None),
        (["--extensions", ".PDF, csv,pdf"], True, "pdf,csv"),
        (["--not-on-upload"], False, None),
    ],
    ids=as_typed,
)
def test_uploads_are_what_the_command_line_says(cli, shelf, words, uploads, extensions):
    cli("template", "create-workflow", "8", "a", *words, "--demo")
    request = made(shelf)
    assert (request.trigger_on_file_upload, request.trigger_file_extensions) == (
        uploads,
        extensions,
    )


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["7", "a", "--set", "base=x"], 1, "needs a value for api_token, say.message"),
        (["7", "a", *FILLED, "--set", "nope=x"], 1, "has no variable 'nope'"),
        (["7", "a", *FILLED, "--set", "trigger.x=1"], 1, "has no variable 'trigger.x'"),
        (["7", "a", "--set", "base"], 1, "The value 'base' is not key=value"),
        (["7", "a", "--set", "base=1", "--set", "base=2"], 1, "'base' is given twice"),
        (["7", "a", *FILLED, "--cron", "0 25 * * *"], 1, "DLI-805"),
        (["7", "a b", *FILLED], 1, "is not a dataset name"),
        (["8", "a", "--scheduled"], 1, "There is no schedule that could fire"),
        (["8", "a", "--extensions", "p/f"], 1, "is no file extension"),
        (["8", "a", "--extensions", "pdf", "--not-on-upload"], 2, "--not-on-upload"),
        (["8"], 2, "NAME"),
    ],
    ids=as_typed,
)
def test_what_can_not_be_a_workflow_is_refused_before_anything_is_sent(
    cli, shelf, words, code, said
):
    for dry in ((), ("--dry-run",)):
        done = cli("template", "create-workflow", *words, *dry, "--demo")
        assert (done.exit_code, done.stdout) == (code, "")
        assert said in done.stderr
    assert shelf.sent == []


def test_a_template_without_variables_says_that_it_has_none(cli, shelf):
    done = cli("template", "create-workflow", "8", "a", "--set", "x=1", "--demo")
    assert "It has none: leave out --set." in done.stderr


def test_a_dry_run_says_what_would_be_sent_and_shows_no_secret(cli, shelf):
    done = cli("template", "create-workflow", "7", "a", *FILLED, "--dry-run", "--demo")
    assert done.exit_code == 0
    lines = done.stdout.splitlines()
    assert lines[:4] == [
        "Workflow: a",
        "Cron: 0 2 * * * (every day at 02:00)",
        "Scheduled: yes",
        "On upload: no",
    ]
    assert "      url: https://x/items" in lines
    assert lines[-1] == "No request was sent."
    assert "s3cret" not in done.stdout
    assert shelf.sent == []


def test_a_dry_run_as_json_is_the_request_itself(cli, shelf):
    words = ("template", "create-workflow", "7", "a", *FILLED)
    dry = cli(*words, "--dry-run", "-f", "json", "--demo")
    cli(*words, "--demo")
    assert NewFromTemplate.model_validate_json(dry.stdout) == made(shelf)


def test_a_name_that_is_there_is_told_with_what_can_be_done(cli, shelf):
    done = cli("template", "create-workflow", "8", "taken", "--dry-run", "--demo")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "Error [DLI-804]" in done.stderr
    assert "Choose another name" in done.stderr


def test_a_name_that_the_server_has_already_is_told_alike(cli, world):
    there = WorkflowRegistrationError("It exists", code=ErrorCode.WORKFLOW_ALREADY_EXISTS)
    world(Shelf(create_from_template=[there]), ManualClock(NOW))
    done = cli("template", "create-workflow", "8", "a", "--demo")
    assert "Error [DLI-804]: It exists" in done.stderr
    assert "Choose another name" in done.stderr
    assert "--force" not in done.stderr


def test_what_looks_wrong_with_the_templates_own_steps_is_a_warning(cli, shelf):
    words = ("template", "create-workflow", "7", "a", *FILLED, "--set", "pause=soon", "--demo")
    done = cli(*words)
    assert done.exit_code == 0
    assert "Warning: step rest, seconds: a number of at least 0 was expected" in done.stderr


def test_where_there_are_no_templates_a_dry_run_says_so(cli, world):
    world(Shelf(without=[Capability.TEMPLATES]), ManualClock(NOW))
    done = cli("template", "create-workflow", "8", "a", "--dry-run", "--demo")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "doesn't offer templates" in done.stderr


def test_a_workflow_of_the_demos_template_is_there(cli):
    words = ("template", "create-workflow", "1", "made.of.it", "--set", "url=https://x", "--demo")
    assert cli(*words).exit_code == 0
    assert cli("workflow", "get", "made.of.it", "--demo").exit_code == 0
