"""What a DAG is told, without an Airflow; `tests/airflow` makes real ones."""

import json
import runpy
import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from dli_tui.airflow_dags import dli_dags
from tests.airflow_dags.stub import SkipError, stub

NOW = datetime(2026, 1, 31, 9, tzinfo=UTC)
SPEC = {
    "name": "sales.daily",
    "owner": "data@example.com",
    "team": "sales",
    "description": "{{ var.value.secret }}",
    "tags": ["finance", "finance"],
    "schedule": {"cron": "0 9 * * *", "timezone": "Asia/Seoul"},
    "retry": {"max_attempts": 3, "delay_seconds": 60},
    "steps": [
        {"name": "load", "type": "log", "needs": ["extract"], "config": {"message": "{{ds}}"}},
        {"name": "extract", "type": "wait", "config": {"seconds": 5}},
    ],
}


def made(source="code", **changes):
    text = json.dumps({**SPEC, **changes}, ensure_ascii=False)
    found = dli_dags.Found("sales.daily", source, len(text), NOW, text, None)
    spec = dli_dags.checked(found, dli_dags.Rules())
    return dli_dags.Making(stub(), found, spec, dli_dags.Rules()).dag()


def test_a_dag_is_told_what_its_spec_says():
    dag = made()
    assert dag.told == {
        "dag_id": "sales_daily",
        "schedule": ("0 9 * * *", "Asia/Seoul"),
        "start_date": None,
        "catchup": False,
        "is_paused_upon_creation": False,
        "description": "{{ var.value.secret }}",
        "tags": [
            *("dli:managed", "dataset:sales.daily", "source:code", "timezone:Asia/Seoul"),
            *("team:sales", "finance"),
        ],
        "params": {},
    }
    assert dag.doc_md == f"```yaml\n{json.dumps(SPEC)}\n```"


def test_one_that_is_not_enabled_is_paused_at_birth():
    assert made(schedule={"enabled": False}).told["is_paused_upon_creation"]
    assert made(schedule={"enabled": False}).told["schedule"] is None


def test_steps_are_operators_that_wait_for_what_they_need():
    tasks = made().tasks
    assert {name: task.after for name, task in tasks.items()} == {"load": [], "extract": ["load"]}
    assert [type(task).__name__ for task in tasks.values()] == ["LogStep", "WaitStep"]
    assert tasks["load"].told["retries"] == 2
    assert tasks["load"].told["retry_delay"] == timedelta(seconds=60)
    assert tasks["load"].told["owner"] == "data@example.com"


def a_run(kind="scheduled", tick=-60, began=1, clear_number=0):
    """A run of a tick so many seconds after the spec came, begun so many after it."""
    return SimpleNamespace(
        run_type=kind,
        logical_date=NOW + timedelta(seconds=tick),
        start_date=NOW + timedelta(seconds=began),
        clear_number=clear_number,
        run_id="r1",
    )


def test_a_tick_before_the_spec_came_is_skipped():
    with pytest.raises(SkipError, match="before the spec came"):
        made().tasks["load"].execute({"dag_run": a_run()})


@pytest.mark.parametrize(
    "run",
    [
        a_run(tick=0),
        a_run(kind="manual"),
        a_run(kind="backfill"),
        a_run(began=-1),
        a_run(clear_number=1),
    ],
)
def test_any_other_run_of_a_past_day_is_what_somebody_wanted(run, caplog):
    with caplog.at_level("INFO", "airflow.task"):
        made().tasks["load"].execute({"dag_run": run, "logical_date": run.logical_date})
    assert caplog.messages == ["2026-01-31"]


def test_nobody_is_told_of_a_tick_that_was_skipped(monkeypatch):
    monkeypatch.setattr(dli_dags, "exchange", lambda *_: pytest.fail("it was told"))
    url = "https://hooks.example.com/x"
    dag = made(notifications={"on_success": [{"type": "webhook", "url": url}]})
    assert dag.told["on_success_callback"]({"dag_run": a_run()}) is None


def test_no_field_of_an_operator_is_a_template():
    for task in made().tasks.values():
        assert type(task).template_fields == ()
        assert set(task.told) == {
            *("task_id", "owner", "retries", "retry_delay", "execution_timeout"),
        }


def test_a_step_does_its_work_with_the_values_of_its_run(caplog):
    task = made().tasks["load"]
    with caplog.at_level("INFO", "airflow.task"):
        task.execute({"logical_date": NOW, "params": {}, "run_id": "r"})
    assert caplog.messages == ["2026-01-31"]


def test_a_spec_without_steps_can_be_run():
    assert list(made(steps=[]).tasks) == ["nothing"]


@pytest.mark.parametrize(
    ("parameter", "told"),
    [
        ({}, (None, {"type": ["null", "string"]})),
        ({"default": "EU"}, ("EU", {"type": "string"})),
        ({"type": "integer", "default": 3}, (3, {"type": "integer"})),
        ({"type": "number"}, (None, {"type": ["null", "number"]})),
        ({"type": "boolean", "default": False}, (False, {"type": "boolean"})),
        (
            {"type": "date", "default": "2026-01-31"},
            ("2026-01-31", {"type": "string", "format": "date"}),
        ),
    ],
)
def test_a_parameter_has_a_type_and_a_default(parameter, told):
    (default, schema) = made(parameters={"x": parameter}).told["params"]["x"]
    assert (default, schema) == (told[0], {"description": None, **told[1]})


def test_a_date_of_yaml_is_a_text_for_airflow():
    parameter = dli_dags.Parameter("date", date(2026, 1, 31), "the day")
    assert dli_dags._param(stub(), parameter)[0] == "2026-01-31"


def test_a_document_may_be_anything_that_json_holds():
    (default, schema) = made(parameters={"x": {"type": "json", "default": [1, None]}}).told[
        "params"
    ]["x"]
    assert default == [1, None]
    assert set(schema["type"]) == {"null", "object", "array", "string", "number", "boolean"}


@pytest.mark.parametrize("end", [".md", "/etc/passwd.md", "```\n# loud", "{{ 7 * 7 }}"])
def test_the_spec_is_shown_as_it_stands(end):
    text = f"name: x\n# ``` {end}"
    shown = dli_dags._doc(text)
    assert shown == f"````yaml\n{text}\n````"
    assert not shown.endswith(".md")


def test_only_who_wants_to_hear_is_told():
    url = "https://hooks.example.com/x"
    dag = made(notifications={"on_failure": [{"type": "webhook", "url": url}]})
    assert "on_failure_callback" in dag.told
    assert "on_success_callback" not in dag.told
    assert all("on_failure_callback" in task.told for task in dag.tasks.values())
    silent = made(notifications={"on_failure": [{"type": "slack", "channel": "#alerts"}]})
    assert "on_failure_callback" not in silent.told


def test_what_airflow_refuses_is_an_error_of_that_spec_alone(tmp_path, monkeypatch):
    monkeypatch.setattr(dli_dags, "_airflow", stub)
    for name in ("good", "refused"):
        (tmp_path / "manual").mkdir(exist_ok=True)
        (tmp_path / "manual" / f"{name}.yaml").write_text(f"name: {name}\n")
    share = dli_dags.share_of(tmp_path, 0, 1, dli_dags.Rules())
    assert list(dli_dags.dags_of(share, dli_dags.Rules())) == ["good"]
    assert str(share.problems["manual/refused.yaml"]) == "Airflow refuses it: no such thing"


def role(name, specs, monkeypatch, only=None):
    monkeypatch.setattr(dli_dags, "_airflow", lambda: stub(only))
    found = dli_dags._ROLE.fullmatch(name)
    assert found is not None
    return dli_dags.dags_for(found, {"DLI_SPECS": str(specs)})


def test_the_name_of_a_copy_says_what_it_does(tmp_path, monkeypatch):
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "good.yaml").write_text("name: good\n")
    assert list(role("dli_dags_00_of_01", tmp_path, monkeypatch)) == ["good"]
    assert role("dli_errors_00_of_01", tmp_path, monkeypatch) == {}
    (tmp_path / "code" / "bad.yaml").write_text("name: [\n")
    assert list(role("dli_dags_00_of_01", tmp_path, monkeypatch)) == ["good"]
    with pytest.raises(dli_dags.SpecsError, match=r"code/bad\.yaml: line 2"):
        role("dli_errors_00_of_01", tmp_path, monkeypatch)
    assert role("dli_errors_00_of_01", tmp_path, monkeypatch, only="good") == {}
    with pytest.raises(dli_dags.SpecsError, match="no shard 4 among 4"):
        role("dli_dags_04_of_04", tmp_path, monkeypatch)


def test_under_its_own_name_it_does_nothing(tmp_path):
    copy = shutil.copy(dli_dags.__file__, tmp_path / "dli_dags.py")
    assert "good" not in runpy.run_path(str(copy))


def test_it_imports_nothing_of_ours():
    text = Path(dli_dags.__file__).read_text("utf-8")
    assert "import dli_tui" not in text
    assert "from dli_tui" not in text
