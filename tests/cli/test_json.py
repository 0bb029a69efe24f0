"""JSON is the library's own result, one document, and nothing else on stdout."""

import json
from datetime import datetime

import pytest

from dli_tui import ExecutionContext, ExecutionMode, WorkflowAPI
from dli_tui.backends.demo.opening import open_demo
from dli_tui.config.demo import DemoOptions
from dli_tui.domain.clock import FixedClock
from dli_tui.domain.query import BackfillScope
from dli_tui.domain.status import RunStatus, SourceType, WorkflowStatus
from tests.cli.conftest import AT, DEMO

CLICKS = "iceberg.analytics.daily_clicks"
MANUAL = "finance.cost_centers"
RUNNING = "ml.recommender.train_20260310_090000"
WEEK = ("2026-03-01", "2026-03-07")


@pytest.fixture
def api(project):
    """The library in the world that the command with the same `--at` opens."""
    moment = datetime.fromisoformat(AT)
    backend = open_demo(DemoOptions(at=moment), FixedClock(moment))
    context = ExecutionContext(execution_mode=ExecutionMode.DEMO, project_path=project)
    with WorkflowAPI(context, client=backend) as library:
        yield library


SAME = {
    "list": (["list"], lambda a: a.list_workflows()),
    "list, filtered": (
        ["list", "-s", "manual", "--status", "overridden", "-d", "CLICKS"],
        lambda a: a.list_workflows(
            source_type=SourceType.MANUAL,
            status=WorkflowStatus.OVERRIDDEN,
            dataset_filter="CLICKS",
        ),
    ),
    "list, running": (["list", "--running"], lambda a: a.list_workflows(running_only=True)),
    "list, no rows": (["list", "-d", "zzz"], lambda a: a.list_workflows(dataset_filter="zzz")),
    "history": (
        ["history", "-d", CLICKS, "-n", "5", "--show-dataset-info"],
        lambda a: a.history(dataset_name=CLICKS, limit=5),
    ),
    "history, failed": (
        ["history", "--status", "failed", "--source", "code"],
        lambda a: a.history(
            run_status=RunStatus.FAILED, source_type=SourceType.CODE, include_dataset_info=False
        ),
    ),
    "history, no rows": (
        ["history", "-d", "zzz"],
        lambda a: a.history(dataset_name="zzz", include_dataset_info=False),
    ),
    "get": (["get", CLICKS], lambda a: a.get(CLICKS)),
    "status": (["status", RUNNING], lambda a: a.get_status(RUNNING)),
    "run": (
        ["run", CLICKS, "-p", "n=1"],
        lambda a: a.run(CLICKS, parameters={"n": 1}),
    ),
    "run, dry": (["run", CLICKS, "--dry-run"], lambda a: a.run(CLICKS, dry_run=True)),
    "backfill": (
        ["backfill", CLICKS, "-s", WEEK[0], "-e", WEEK[1], "--parallel", "--only", "all"],
        lambda a: a.backfill(CLICKS, start_date=WEEK[0], end_date=WEEK[1], parallel=True),
    ),
    "backfill, dry": (
        ["backfill", CLICKS, "-s", WEEK[0], "-e", WEEK[1], "--dry-run"],
        lambda a: a.backfill(CLICKS, start_date=WEEK[0], end_date=WEEK[1], dry_run=True),
    ),
    "backfill, nothing to run": (
        ["backfill", CLICKS, "-s", WEEK[0], "-e", WEEK[1], "--only", "missing"],
        lambda a: a.backfill(
            CLICKS, start_date=WEEK[0], end_date=WEEK[1], scope=BackfillScope.MISSING
        ),
    ),
    "stop": (["stop", RUNNING, "--reason", "late"], lambda a: a.stop(RUNNING, reason="late")),
    "pause": (["pause", MANUAL, "--reason", "x"], lambda a: a.pause(MANUAL, reason="x")),
    "pause, paused": (["pause", "orders_snapshot"], lambda a: a.pause("orders_snapshot")),
    "unpause": (["unpause", "orders_snapshot"], lambda a: a.unpause("orders_snapshot")),
    "register": (
        ["register", "test.dataset", "-c", "0 9 * * *", "--retry-attempts", "3"],
        lambda a: a.register("test.dataset", cron="0 9 * * *", retry_max_attempts=3),
    ),
    "register, forced": (
        ["register", MANUAL, "-c", "0 8 * * *", "-f", "--disabled"],
        lambda a: a.register(MANUAL, cron="0 8 * * *", force=True, enabled=False),
    ),
    "unregister": (["unregister", MANUAL, "--force"], lambda a: a.unregister(MANUAL, force=True)),
}


@pytest.mark.parametrize("case", SAME)
def test_a_command_prints_what_the_library_returns(cli, api, project, case):
    words, call = SAME[case]
    where = ["--path", project] if words[0] == "register" else []
    done = cli("workflow", *words, "--format", "json", *where, *DEMO)
    assert done.exit_code == 0, done.stderr
    printed = json.loads(done.stdout)
    # A backfill of which nothing was sent is printed with its plan, date by date.
    plan = printed.pop("plan", None)
    assert printed == call(api).model_dump(mode="json")
    assert plan is None or plan["slots"]


def test_a_list_without_rows_is_the_empty_result(cli):
    done = cli("workflow", "list", "-d", "zzz", "--format", "json", *DEMO)
    assert done.stdout == '{\n  "workflows": [],\n  "total_count": 0,\n  "status": "success"\n}\n'


def test_what_is_computed_is_in_the_document(cli):
    found = json.loads(cli("workflow", "status", RUNNING, "-f", "json", *DEMO).stdout)
    assert (found["is_running"], found["is_terminal"], found["duration_seconds"]) == (
        True,
        False,
        None,
    )


@pytest.mark.parametrize("short", ["-f", "--format"])
def test_format_is_f_where_force_is_not(cli, short):
    assert json.loads(cli("workflow", "get", CLICKS, short, "json", *DEMO).stdout)


def test_letters_of_every_script_stay_themselves(cli):
    done = cli("workflow", "list", "-d", "주문", "--format", "json", *DEMO)
    assert "주문.일별_집계" in done.stdout
