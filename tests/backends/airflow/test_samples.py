"""What real Airflows answered (2.11.2 as v1, 3.3.2 as v2), file by file; none is left out."""

from datetime import UTC, datetime

import pytest

from dli_tui.backends.airflow import backfillrows, convert, health, runlogs, tasks
from dli_tui.backends.airflow.v1 import V1
from dli_tui.backends.airflow.v2 import V2
from dli_tui.domain.status import (
    HealthStatus,
    RunStatus,
    RunType,
    SourceType,
    StepStatus,
    WorkflowStatus,
)
from tests.backends.airflow.fake import SAMPLES, sample
from tests.backends.airflow.test_refusals import REFUSED

ADDRESS = "http://127.0.0.1:8080"


def page_of(dag_id, run_id):
    return f"{ADDRESS}/{dag_id}/{run_id}"


DIALECTS = {"v1": V1(), "v2": V2()}
UNUSED = {
    # The source shows a factory of ours or what people wrote; neither is asked for.
    *("v1/dag_details", "v1/dag_source_json", "v1/dag_source_text"),
    *("v2/dag_details", "v2/dag_source_json", "v2/dag_source_text"),
    # The list and the runs tell as much.
    *("v1/dag_stats", "v2/dag_stats", "v2/dag_tags", "v2/dag_versions"),
    *("v1/event_logs", "v2/event_logs", "v2/jobs"),
    # Nothing is deleted, parsed on demand, cleared as a whole or changed in bulk.
    *("v1/dag_delete", "v2/dag_delete", "v1/dagrun_delete", "v2/dagrun_delete"),
    *("v1/parse_dag_file", "v2/parse_dag_file", "v1/clear_run", "v1/clear_run_dry"),
    *("v2/clear_run", "v2/clear_run_dry", "v2/bulk_patch_runs", "v2/bulk_patch_runs_tilde"),
    *("v1/dags_bulk_pause", "v2/dags_bulk_pause"),
    # Tasks are asked for run by run, in their last try, without what they gave to each other.
    *("v1/task_instances_batch", "v2/task_instances_batch", "v2/ti_tries"),
    *("v1/xcom", "v2/xcom", "v2/run_wait_stream"),
    # Logs come as JSON from both.
    *("v1/task_log_text", "v2/task_log_ndjson"),
    # The private interface of its own pages.
    *("v2/ui_auth_menus", "v2/ui_config", "v2/ui_dags", "v2/ui_dags_ids"),
    *("v2/ui_dags_sales_daily_latest_run", "v2/ui_dashboard_dag_stats"),
    *("v2/ui_dashboard_historical_metrics_data", "v2/ui_grid_runs_sales_daily"),
}
"""Calls that we don't make."""


def of_both(*names):
    return [f"{version}/{name}" for version in ("v1", "v2") for name in names]


def moment(text):
    return datetime.fromisoformat(f"2026-11-{text}").replace(tzinfo=UTC)


# Lists

LISTS = {
    **dict.fromkeys(of_both("dags_list"), ("fresh1", "fresh3")),
    **dict.fromkeys(of_both("dag_get", "dag_pause"), ("sales_daily",)),
}


@pytest.mark.parametrize("name", LISTS)
def test_a_dag_is_a_workflow(name):
    body = sample(name)["body"]
    dags = [convert.dag_of(row) for row in body.get("dags", [body])]
    assert tuple(dag.dag_id for dag in dags) == LISTS[name]
    is_paused = "dags_list" not in name
    for dag in dags:
        row = dag.row
        assert (row.dataset_name, row.airflow_dag_id) == (dag.dag_id, dag.dag_id)
        assert (row.source_type, row.owner, row.team) == (SourceType.MANUAL, "data", "finance")
        assert (row.cron, row.timezone) == ("0 6 * * *", None)
        assert row.description == f"{dag.dag_id} manual"
        assert row.tags == ("dli", "origin:manual", "team:finance")
        assert row.status is (WorkflowStatus.PAUSED if is_paused else WorkflowStatus.ACTIVE)
        assert (row.next_run is None) == is_paused
        assert row.warning is None


# Runs

SCHEDULED = ("scheduled__2026-11-20T05:00:00+00:00", RunType.SCHEDULED, RunStatus.COMPLETED)
DATED = ("dli__x1", RunType.ADHOC, RunStatus.COMPLETED)


def by_hand(status=RunStatus.COMPLETED):
    return ("manual", RunType.ADHOC, status)


RUNS = {
    "v1/dagruns_list": (by_hand(), SCHEDULED, DATED),
    "v1/dagruns_all": (by_hand(), SCHEDULED, SCHEDULED),
    "v1/dagruns_batch": (by_hand(), SCHEDULED),
    "v2/dagruns_list": (DATED, by_hand(), SCHEDULED),
    "v2/dagruns_all": (DATED, by_hand(), SCHEDULED),
    "v2/dagruns_batch": (DATED, by_hand()),
    "v2/dagruns_cursor": (DATED,),
    "v1/dagrun_get": (by_hand(),),
    "v2/dagrun_get": (by_hand(RunStatus.PENDING),),
    **dict.fromkeys(of_both("trigger"), (by_hand(RunStatus.PENDING),)),
    **dict.fromkeys(of_both("trigger_with_date"), (("dli__x1", *by_hand(RunStatus.PENDING)[1:]),)),
    **dict.fromkeys(of_both("stop_run"), (by_hand(RunStatus.FAILED),)),
    "v1/backfill_emulated": (("dli_backfill__2026-10-01", *by_hand(RunStatus.PENDING)[1:]),),
    "v1/state_bogus": (),
}
SLOTS = {
    "dli__x1": datetime(2026, 11, 1, 6, tzinfo=UTC),
    "scheduled__2026-11-20T05:00:00+00:00": datetime(2026, 11, 20, 5, tzinfo=UTC),
    "dli_backfill__2026-10-01": datetime(2026, 10, 1, 4, tzinfo=UTC),
}


@pytest.mark.parametrize("name", RUNS)
def test_a_run_is_told_with_its_date_only_where_somebody_meant_one(name):
    body = sample(name)["body"]
    found = [convert.run_of(row, None, page_of) for row in body.get("dag_runs", [body])]
    # A run by hand is called by the moment at which it was asked for.
    told = tuple(
        ("manual" if run.run_id.startswith("manual__") else run.run_id, run.run_type, run.status)
        for run in found
        if run is not None
    )
    assert told == RUNS[name]
    for run in filter(None, found):
        assert run.dataset_name == run.workflow_id
        assert run.slot == SLOTS.get(run.run_id)
        assert (run.finished_at is None) == (run.status is RunStatus.PENDING)
        assert (run.started_at is None) == (run.status is RunStatus.PENDING)
        assert (run.raw_status, run.stopped_by, run.reason) == (None, None, None)
        by = "scheduler" if run.run_type is RunType.SCHEDULED else None
        assert run.triggered_by == (by or ("admin" if name.startswith("v2") else None))


def test_the_times_and_parameters_of_a_run_are_those_that_were_told():
    run = convert.run_of(sample("v2/dagruns_list")["body"]["dag_runs"][1], None, page_of)
    assert run.created_at == moment("21T00:38:39.107959")
    assert run.started_at == moment("21T00:38:40.690689")
    assert run.finished_at == moment("21T00:38:45.444620")
    assert (run.duration_seconds, run.parameters) == (4.753931, {"sleep": 1})
    assert run.logs_url == page_of("sales_daily", run.run_id)
    older = convert.run_of(sample("v1/dagrun_get")["body"], None, page_of)
    assert older.created_at == moment("21T00:41:25.278572")
    assert older.duration_seconds == pytest.approx(44.100, abs=0.01)


# Tasks


@pytest.mark.parametrize("name", of_both("task_instances"))
def test_the_tasks_of_a_run_are_steps(name):
    shape = tasks.shape_of(sample(name.replace("task_instances", "tasks"))["body"])
    rows = sample(name)["body"]["task_instances"]
    steps = [step for row in rows if (step := tasks.step_of(row, shape)) is not None]
    assert [(step.name, step.order, step.needs) for step in steps] == [
        ("extract", 0, ()),
        ("load", 1, ("extract",)),
    ]
    for step in steps:
        assert (step.status, step.attempt, step.max_attempts) == (StepStatus.COMPLETED, 1, 1)
        assert (step.type, step.map_index, step.group) == ("PythonOperator", None, None)
        times = [step.queued_at, step.started_at, step.finished_at]
        assert times == sorted(filter(None, times))
        assert step.duration_seconds == step.reported_seconds == pytest.approx(1.5, abs=0.4)
    run = convert.run_of(sample(f"{name[:2]}/dagrun_get")["body"], None, page_of)
    assert run is not None
    progress = tasks.progress_of(run, steps)
    assert (progress.total_tasks, progress.completed_tasks, progress.failed_tasks) == (2, 2, 0)


@pytest.mark.parametrize("name", of_both("tasks"))
def test_the_tasks_of_a_dag_stand_in_the_order_in_which_they_can_run(name):
    shape = tasks.shape_of(sample(name)["body"])
    assert shape == ({"extract": 0, "load": 1}, {"extract": (), "load": ("extract",)})


@pytest.mark.parametrize("name", of_both("clear_tasks", "clear_tasks_dry"))
def test_what_is_cleared_is_told_by_name(name):
    rows = convert.rows_of(sample(name)["body"], "task_instances")
    assert [row["task_id"] for row in rows] == ["extract", "load"]


# Logs

LOGS = {
    "v1/task_log_json": (20, "1 downstream tasks scheduled", True),
    "v1/task_log_running": (16, "SQL> select 1", False),
    "v1/log_missing_try": (2, "*** Could not read served logs", True),
    "v2/task_log_json": (2, "/opt/airflow/logs/", True),
    "v2/task_log_failed": (2, "/opt/airflow/logs/", True),
    "v2/task_log_running": (3, "Could not read served logs", False),
}


@pytest.mark.parametrize("name", LOGS)
def test_a_log_has_its_lines_and_says_whether_more_will_come(name):
    body = sample(name)["body"]
    lines = list(DIALECTS[name[:2]].lines(body["content"]))
    count, last, is_over = LOGS[name]
    assert len(lines) == count
    assert (lines[0].text, lines[0].level) == ("Log message source details", "debug")
    assert lines[-1].text.startswith(last)
    token = body["continuation_token"]
    assert (token is None or runlogs.is_end(token)) == is_over


def test_a_line_of_2x_has_its_time_and_level():
    content = sample("v1/task_log_json")["body"]["content"]
    line = next(line for line in V1().lines(content) if line.text == "SQL> select 1")
    assert (line.level, line.at) == ("info", moment("21T00:41:50.199"))


# Health


def test_what_is_not_started_says_nothing_of_itself():
    for version, parts in (
        ("v1", ["metadatabase", "scheduler", "default pool"]),
        ("v2", ["metadatabase", "scheduler", "dag processor", "default pool"]),
    ):
        report, errors, pools, warnings, told = (
            sample(f"{version}/{name}")["body"]
            for name in ("health", "import_errors", "pools", "dag_warnings", "version")
        )
        found = health.health_of(report, errors, pools, warnings, told["version"])
        assert (found.status, found.version) == (
            HealthStatus.HEALTHY if version == "v1" else HealthStatus.DEGRADED,
            {"v1": "2.11.2", "v2": "3.3.2"}[version],
        )
        assert [part.name for part in found.components] == parts
        scheduler = found.components[1]
        assert scheduler.heartbeat_at > moment("21T00:38:00")
        assert found.components[-1].message == "0 of 128 slots taken, 0 wait"
        assert found.warnings == ()
        broken = [(one.name, one.message.splitlines()[-1]) for one in found.import_errors]
        missing = "ModuleNotFoundError: No module named 'nope_missing'"
        assert broken == ([("broken.py", missing)] if version == "v2" else [])


HEALTH = of_both("health", "import_errors", "pools", "dag_warnings", "version")


# Airflow's own backfills

NATIVES = {
    "v2/backfill_cancel": (2, True, True),
    "v2/backfill_create": (1, False, False),
    "v2/backfill_get": (1, False, True),
    "v2/backfill_pause": (1, True, False),
    "v2/backfill_unpause": (1, False, False),
    # Airflow says 200 to who pauses it twice.
    "v2/err_409_backfill_pause_twice": (1, True, False),
}
BACKFILLS = ("v2/backfill_list", "v2/backfill_dry_run")


@pytest.mark.parametrize("name", NATIVES)
def test_a_backfill_of_airflows_own_is_read(name):
    native = backfillrows.native_of(sample(name)["body"])
    is_over = native.completed_at is not None
    assert (native.number, native.is_held, is_over) == NATIVES[name]
    assert native.dag_id == "sales_daily"
    assert backfillrows.number_of(native.run_id) == native.number


def test_backfills_are_listed_and_their_dates_told_beforehand():
    (native,) = backfillrows.natives_of(sample("v2/backfill_list")["body"])
    assert native.first == datetime(2026, 10, 1, tzinfo=UTC)
    forecast = backfillrows.forecast_of(sample("v2/backfill_dry_run")["body"], 16)
    assert forecast.slots == tuple(datetime(2026, 10, day, 4, tzinfo=UTC) for day in (1, 2, 3))
    assert forecast.at_once == 16


# All of them


def test_no_file_is_left_out_and_none_is_named_twice():
    kept = {f"{path.parent.name}/{path.stem}" for path in SAMPLES.glob("v?/*") if path.is_file()}
    shapes = of_both("task_instances", "tasks", "clear_tasks", "clear_tasks_dry")
    tables = [*LISTS, *RUNS, *LOGS, *REFUSED, *HEALTH, *shapes, *NATIVES, *BACKFILLS, *UNUSED]
    assert len(tables) == len(set(tables))
    assert set(tables) == kept


def test_what_we_dont_ask_for_is_no_refusal():
    for name in UNUSED - {"v2/run_wait_stream"}:
        assert sample(name)["status"] < 300, name
