"""What reaches a terminal or a pipe: nothing that it obeys, no id that is cut."""

import json
import re
from datetime import timedelta

import pytest

from dli_tui.cli import output
from dli_tui.domain.health import Health, HealthComponent, ImportFailure, RateBudget
from dli_tui.domain.run import RunProgress
from dli_tui.domain.saga import Saga, SagaStep
from dli_tui.domain.status import (
    HealthStatus,
    RunStatus,
    RunType,
    SagaStatus,
    StepStatus,
    WorkflowStatus,
)
from dli_tui.domain.step import Step
from dli_tui.domain.template import Template, TemplateUsage, UsagePoint
from tests.cli.conftest import DEMO
from tests.support import ManualClock
from tests.support_backends import NOW, ScriptedBackend, row, run

ESCAPING = "legacy.esc\x1b]52;c;aGVsbG8=\x07ape"
BRACKETS = "legacy.[bold]import[/bold]"
EVIL = "\x1b[2Jevil\x1b]0;title\x07\u202egnp\x9b31m\nnext\rline\u2028end\ud800"


def harmless(text):
    """No control character but the end of a line, no bidi control, no lone surrogate."""
    return all(char == "\n" or char.isprintable() for char in text)


@pytest.mark.parametrize(
    "words",
    [
        ["list", "-d", "legacy"],
        ["list", "-d", "legacy", "--format", "json"],
        ["get", ESCAPING],
        ["get", ESCAPING, "--format", "json"],
        ["history", "-d", ESCAPING, "--show-dataset-info"],
        ["history", "-d", ESCAPING, "--format", "json"],
        ["history", "-d", BRACKETS, "-s", "failed"],
        ["pause", ESCAPING],
        ["run", ESCAPING],
        ["backfill", ESCAPING, "-s", "2026-03-01", "-e", "2026-03-02", "--dry-run"],
    ],
    ids=ascii,
)
def test_hostile_names_and_errors_of_the_demo_are_harmless(cli, words):
    done = cli("workflow", *words, *DEMO)
    assert done.exit_code == 0
    assert done.stdout.strip()
    assert harmless(done.stdout + done.stderr)


def test_brackets_are_letters(cli):
    assert BRACKETS in cli("workflow", "list", "-d", "legacy", *DEMO).stdout


@pytest.fixture
def evil(world):
    """A server all of whose words are hostile."""
    one = run(
        EVIL,
        RunStatus.UNKNOWN,
        dataset_name=EVIL,
        raw_status=EVIL,
        triggered_by=EVIL,
        error_message=EVIL,
        reason=EVIL,
        logs_url=EVIL,
        parameters={EVIL: EVIL},
    )
    texts = dict.fromkeys(("owner", "team", "description", "reason", "raw_status", "warning"), EVIL)
    rows = [
        row(EVIL, **texts, last_run=one, tags=(EVIL,), timezone=EVIL, overridden_by=EVIL),
        row("odd", cron=EVIL, unreadable=EVIL),
    ]
    return world(ScriptedBackend(rows, [one]), ManualClock(NOW))


@pytest.mark.parametrize("format_", ["table", "json"])
@pytest.mark.parametrize(
    "words",
    [
        ["list"],
        ["history", "--show-dataset-info"],
        ["status", EVIL],
        ["get", EVIL],
        ["run", EVIL],
        ["pause", EVIL],
        ["stop", EVIL, "--reason", EVIL],
        ["unregister", EVIL],
    ],
    ids=lambda words: words[0],
)
def test_nothing_that_a_server_says_is_obeyed(cli, evil, words, format_):
    done = cli("workflow", *words, "--format", format_, "--demo")
    assert done.exit_code == 0, done.stderr
    assert done.stdout.strip()
    assert harmless(done.stdout + done.stderr)
    if format_ == "json":
        assert EVIL in _strings(json.loads(done.stdout))


A_TEMPLATE = Template(
    id=EVIL,
    name=EVIL,
    description=EVIL,
    category=EVIL,
    version=EVIL,
    tags=(EVIL,),
    default_cron_schedule=EVIL,
    default_trigger_config={"type": EVIL},
    template_config={
        "steps": [{"name": EVIL, "type": EVIL, "config": {EVIL: EVIL, "url": "{{x}}"}}],
        "variables": {"x": {"default": EVIL, "description": EVIL}},
    },
)
A_SAGA = Saga(
    saga_id=EVIL,
    saga_type=EVIL,
    status=SagaStatus.UNKNOWN,
    raw_status=EVIL,
    correlation_id=EVIL,
    input_data={EVIL: EVIL},
    error_message=EVIL,
    steps=(
        SagaStep(
            name=EVIL,
            service=EVIL,
            command=EVIL,
            compensation=EVIL,
            status=StepStatus.FAILED,
            error_message=EVIL,
        ),
    ),
)


class Evil(ScriptedBackend):
    """A server of templates, sagas and steps all of whose words are hostile."""

    async def templates(self, **_):
        return (A_TEMPLATE,)

    async def template(self, template_id):
        return A_TEMPLATE

    async def template_usage(self, template_id):
        points = (UsagePoint(label=EVIL, count=1),)
        return TemplateUsage(template_id=EVIL, facts={EVIL: EVIL}, series={EVIL: points})

    async def sagas(self):
        return (A_SAGA,)

    async def saga(self, saga_id):
        return A_SAGA

    async def run_status(self, ref):
        return run(EVIL, RunStatus.FAILED, dataset_name=EVIL)

    async def steps(self, ref):
        return (Step(name=EVIL, status=StepStatus.FAILED),)

    async def health(self):
        return Health(
            status=HealthStatus.HEALTHY,
            service=EVIL,
            components=(HealthComponent(name=EVIL, status=HealthStatus.HEALTHY, message=EVIL),),
            metrics={EVIL: 1.0},
            import_errors=(ImportFailure(name=EVIL, message=EVIL),),
            budgets=(RateBudget(name=EVIL, limit=2, remaining=1),),
        )


@pytest.mark.parametrize("format_", ["table", "json"])
@pytest.mark.parametrize(
    "words",
    [
        ["template", "list"],
        ["template", "show", EVIL],
        ["template", "usage", EVIL],
        ["template", "delete", EVIL, "--yes"],
        ["template", "delete", EVIL, "--dry-run"],
        ["template", "create-workflow", EVIL, "new", "--cron", "0 1 * * *", "--dry-run"],
        ["saga", "list"],
        ["saga", "show", EVIL],
        ["saga", "cancel", EVIL],
        ["saga", "start", EVIL, "-p", f"{EVIL}={EVIL}"],
        ["saga", "start", EVIL, "-p", f"{EVIL}={EVIL}", "--dry-run"],
        ["workflow", "retry", EVIL],
        ["workflow", "retry", EVIL, "--dry-run"],
        ["health"],
    ],
    ids=ascii,
)
def test_nothing_that_stands_beside_the_workflows_is_obeyed(cli, world, words, format_):
    world(Evil(), ManualClock(NOW))
    done = cli(*words, "--format", format_, "--demo")
    assert harmless(done.stdout + done.stderr)
    assert done.stdout.strip() or "can't be sent" in done.stderr
    if format_ == "json" and done.stdout:
        assert json.loads(done.stdout)


def _strings(value):
    """Every string in a document."""
    if isinstance(value, dict):
        return {one for pair in value.items() for part in pair for one in _strings(part)}
    if isinstance(value, list):
        return {one for part in value for one in _strings(part)}
    return {value} if isinstance(value, str) else set()


@pytest.mark.parametrize(
    "words",
    [
        ["get", EVIL],
        ["status", EVIL],
        ["pause", EVIL],
        ["run", EVIL, "-p", EVIL],
        ["backfill", EVIL, "-s", EVIL, "-e", EVIL],
        ["register", EVIL, "-c", EVIL],
        ["list", "--profile", EVIL],
        ["list", "--source", EVIL],
        ["history", "--status", EVIL],
        ["list", "--at", EVIL],
        ["list", EVIL],
    ],
    ids=lambda words: " ".join(word for word in words if word.isprintable()),
)
def test_what_was_typed_is_harmless_in_an_error(cli, words):
    done = cli("workflow", *words, *([] if "--profile" in words else ["--demo"]))
    assert done.exit_code in (1, 2)
    assert done.stderr
    assert harmless(done.stderr)


def test_two_names_that_look_the_same_are_told_apart(cli, world):
    world(ScriptedBackend([row("same"), row("sa\x1b[1mme")]), ManualClock(NOW))
    assert listed(cli) == ["sa\\x1b[1mme", "same"]


def listed(cli):
    """The names of a list of two."""
    return [line.split()[0] for line in cli("workflow", "list", "--demo").stdout.splitlines()[1:3]]


def test_a_list_has_an_order_whatever_that_of_the_server_is(cli, world):
    world(ScriptedBackend([row("b"), row("a")]), ManualClock(NOW))
    assert listed(cli) == ["a", "b"]


def test_what_is_paused_runs_next_at_no_time(cli, world):
    held = row("a", status=WorkflowStatus.PAUSED, cron="0 8 * * *", next_run=NOW)
    world(ScriptedBackend([held]), ManualClock(NOW))
    assert cli("workflow", "list", "--demo").stdout.splitlines()[1].endswith("  -")
    assert "Next Run: -" in cli("workflow", "get", "a", "--demo").stdout


def test_the_json_of_a_history_says_whether_there_is_more(cli, world):
    world(ScriptedBackend([row("a")], [run("r1"), run("r2")]), ManualClock(NOW))
    for limit, more in (("1", True), ("2", False)):
        asked = ("workflow", "history", "-n", limit, "--format", "json", "--demo")
        assert json.loads(cli(*asked).stdout)["more"] is more


def test_a_history_says_once_that_its_times_are_wrong(cli, world):
    wrong = [run(name, clock_note="the clock is ahead") for name in ("r1", "r2")]
    world(ScriptedBackend([row("a")], wrong), ManualClock(NOW))
    said = cli("workflow", "history", "--demo").stdout.splitlines()
    assert [line for line in said if line.startswith("Clock")] == ["Clock: the clock is ahead"]


# Width


LONG = "a" * 230


def test_no_id_is_cut_where_there_is_no_terminal(cli, world):
    world(ScriptedBackend([row(LONG)], [run(LONG)]), ManualClock(NOW))
    for words in (["list"], ["history"], ["status", LONG], ["get", LONG]):
        done = cli("workflow", *words, "--demo", env={"COLUMNS": "40"})
        assert LONG in done.stdout


def test_columns_line_up_for_letters_that_are_two_wide(capsys):
    output.table(("NAME", "X"), [("주문", "1"), ("abcdef", "2")], below=[None, "  note"])
    assert capsys.readouterr().out == "NAME    X\n주문    1\nabcdef  2\n  note\n"


def test_a_table_without_rows_is_its_header(cli):
    done = cli("workflow", "list", "-d", "zzz", *DEMO)
    assert done.stdout == "DATASET  SOURCE  STATUS  CRON  NEXT RUN\n\nTotal: 0 workflows\n"


def test_a_plan_is_shown_slot_by_slot(cli):
    done = cli(
        *("workflow", "backfill", "iceberg.analytics.daily_clicks", "--dry-run", "--only"),
        *("missing", "-s", "2025-12-30", "-e", "2025-12-31", *DEMO),
    )
    *lines, estimate, last = done.stdout.splitlines()
    assert lines == [
        "SLOT              EXISTS  ACTION",
        "2025-12-30 09:00  -       run",
        "2025-12-31 09:00  -       run",
        "",
        "2 slots: 2 to run, 0 left out",
    ]
    assert re.fullmatch(r"About \dm\d\ds, one after the other", estimate)
    assert last == "No request was sent."


def test_a_workflow_is_told_fact_by_fact(cli, world):
    one = row(
        "d",
        status=WorkflowStatus.DISABLED,
        raw_status="inactive",
        reason="move",
        paused_by="me",
        timezone="Asia/Seoul",
        last_run=run("r1", RunStatus.FAILED),
        owner="me@example.com",
        team="@me",
        description="Mine",
        tags=("a", "b"),
        s3_path="s3://specs/d.yaml",
        warning="old",
    )
    world(ScriptedBackend([one]), ManualClock(NOW))
    assert cli("workflow", "get", "d", "--demo").stdout.splitlines() == [
        "Dataset: d",
        "Source: manual",
        "Status: disabled (inactive)",
        "Reason: move",
        "Paused by: me",
        "Cron: 0 9 * * *",
        "Timezone: Asia/Seoul",
        "Next Run: -",
        "Last Run: r1 failed",
        "Owner: me@example.com",
        "Team: @me",
        "Description: Mine",
        "Tags: a, b",
        "Spec: s3://specs/d.yaml",
        "Warning: old",
    ]


def test_a_run_is_told_fact_by_fact(cli, world):
    one = run(
        "r1",
        RunStatus.KILLED,
        run_type=RunType.OTHER,
        raw_run_type="file_upload",
        slot=NOW,
        started_at=NOW,
        finished_at=NOW + timedelta(seconds=42),
        triggered_by="me",
        parameters={"date": "2026-03-10", "n": 1},
        stopped_by="you",
        reason="late",
        error_message="one\ntwo",
        logs_url="https://logs.example.com/r1",
        progress=RunProgress(total_tasks=3, completed_tasks=1),
    )
    world(ScriptedBackend(runs=[one]), ManualClock(NOW))
    assert cli("workflow", "status", "r1", "--demo").stdout.splitlines() == [
        "Run: r1",
        "Dataset: d",
        "Status: KILLED",
        "Type: file_upload",
        "Progress: 1/3 steps",
        "Slot: 2026-03-10 09:41",
        "Started: 2026-03-10 09:41:00",
        "Finished: 2026-03-10 09:41:42",
        "Duration: 42s",
        "Started by: me",
        "Parameters: date=2026-03-10, n=1",
        "Stopped by: you",
        "Reason: late",
        "Error: one two",
        "Logs: https://logs.example.com/r1",
    ]


@pytest.mark.parametrize(
    ("words", "lines"),
    [
        (["stop", "r1"], ["Stopping run: r1"]),
        (["unregister", "d"], ["Workflow unregistered: d"]),
        (["pause", "d"], ["Workflow paused: d"]),
        (["unpause", "d"], ["Workflow unpaused: d (it was already, nothing was sent)"]),
        (["run", "d"], ["Run started: r1"]),
        (["run", "d", "--dry-run"], ["Dry run: d. Nothing was started; the server has checked it"]),
        (
            ["backfill", "d", "-s", "2026-03-01", "-e", "2026-03-07"],
            ["Backfill started for 7 dates"],
        ),
    ],
    ids=" ".join,
)
def test_a_write_is_answered_in_one_line(cli, world, words, lines):
    world(ScriptedBackend([row("d")]), ManualClock(NOW))
    assert cli("workflow", *words, "--demo").stdout.splitlines() == lines
