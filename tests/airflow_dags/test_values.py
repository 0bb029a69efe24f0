"""Placeholders: which there are, and that a value stays a value."""

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from dli_tui.airflow_dags import dli_dags
from dli_tui.airflow_dags.dli_dags import bound, filled, filled_in, spec_of, values_of
from tests.airflow_dags.jobs import KEPT

VALUES = {"ds": "2026-01-31", "params.x": "it's", "params.n": 3, "params.rows": [1, None]}


def test_our_own_placeholders_are_filled_and_nothing_else_is():
    text = "{{ds}} {{ params.x }} {{ var.value.secret }} {% if 1 %} {{ds|upper}} {{params.x.y}}"
    assert filled(text, VALUES) == (
        "2026-01-31 it's {{ var.value.secret }} {% if 1 %} {{ds|upper}} {{params.x.y}}"
    )


def test_a_value_is_not_read_for_placeholders():
    assert filled("{{params.x}}", {"params.x": "{{ds}}", "ds": "no"}) == "{{ds}}"


def test_what_would_grow_without_end_is_refused():
    text = "name: x\nparameters: {x: {}}\nsteps: [{name: a, type: log, config: {message: '%s'}}]"
    with pytest.raises(dli_dags.StepError, match="would fill more than"):
        dli_dags.work(job(text % ("{{params.x}}" * 100), {"params.x": "x" * 20_000}))


def test_a_placeholder_alone_keeps_the_type_of_its_value():
    document = {"a": ["{{params.rows}}", "n={{params.n}}", 5], "b": {"c": "{{params.n}}"}}
    assert filled_in(document, VALUES) == {"a": [[1, None], "n=3", 5], "b": {"c": 3}}


@pytest.mark.parametrize(
    ("query", "mark", "text", "given"),
    [
        ("select {{params.x}}, {{params.n}}", "?", "select ?, ?", ("it's", 3)),
        ("select '{{params.x}}'", "?", "select ?", ("it's",)),
        ("select '{{ ds }}', '%' like '%'", "%s", "select %s, '%%' like '%%'", ("2026-01-31",)),
        ("select 'a%'", "%s", "select 'a%'", ()),
        ("select {{params.rows}}", "?", "select ?", ("[1, null]",)),
        ("select 'it''s', \"x\" -- {{", "?", "select 'it''s', \"x\" -- {{", ()),
        ("select '{{ var.value.x }}'", "?", "select '{{ var.value.x }}'", ()),
    ],
)
def test_sql_takes_values_as_bound_ones(query, mark, text, given):
    assert dli_dags._sql_problem(query) is None
    assert bound(query, VALUES, mark) == (text, given)


@pytest.mark.parametrize(
    "query",
    [
        "select 'day {{ds}}'",
        'select "{{ds}}"',
        "select 1 -- {{ds}}",
        "select /* {{ds}} */ 1",
        "select '''{{ds}}'''",
        "select 'a' || 'x{{ds}}'",
        "select \x00",
        "select 'a\\\\', {{ds}}",
        "select $$ {{ds}} $$",
        "select $a$ {{ds}} $a$",
    ],
)
def test_sql_takes_no_value_as_a_part_of_a_text(query):
    assert dli_dags._sql_problem(query) is not None


@pytest.fixture
def warehouse(monkeypatch, tmp_path):
    path = tmp_path / "warehouse.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("create table rows (name text)")
    hook = SimpleNamespace(placeholder="?", get_conn=lambda: sqlite3.connect(path))
    base = SimpleNamespace(get_hook={"warehouse": hook}.__getitem__)
    monkeypatch.setattr(dli_dags, "_airflow", lambda: SimpleNamespace(BaseHook=base))
    return path


def job(text, values=VALUES, source="code"):
    (step,) = spec_of(text).steps
    return dli_dags.Job(step, source, dli_dags.Rules(), values)


def sql(*queries):
    config = {"connection": "warehouse", "query": list(queries)}
    return json.dumps({"name": "x", "steps": [{"name": "a", "type": "sql", "config": config}]})


def rows_of(path):
    with closing(sqlite3.connect(path)) as connection:
        return [name for (name,) in connection.execute("select name from rows")]


def test_a_value_with_a_quote_stays_a_value(warehouse):
    hostile = "'); drop table rows; --"
    text = sql("insert into rows values ({{params.x}})", "delete from rows where 1 = 0")
    dli_dags.work(job(text, {**VALUES, "params.x": hostile}))
    assert rows_of(warehouse) == [hostile]


def test_a_statement_that_fails_leaves_nothing_of_those_before(warehouse):
    with pytest.raises(sqlite3.OperationalError):
        dli_dags.work(job(sql("insert into rows values (1)", "insert into nowhere values (2)")))
    assert rows_of(warehouse) == []


def test_a_command_is_told_values_by_its_environment(caplog, monkeypatch):
    monkeypatch.setenv("AIRFLOW__CORE__FERNET_KEY", "secret")
    text = (
        "name: x\nsteps: [{name: a, type: shell, config: "
        "{command: 'echo \"$DLI_PARAM_x of $DLI_DS\"; env'}}]"
    )
    with caplog.at_level("INFO", "airflow.task"):
        dli_dags.work(job(text, {**VALUES, "params.x": "$(id); `id`"}))
    assert "$(id); `id` of 2026-01-31" in caplog.messages
    assert not any("FERNET" in line for line in caplog.messages)


def test_a_command_that_fails_fails_its_step():
    text = "name: x\nsteps: [{name: a, type: shell, config: {command: exit 3}}]"
    with pytest.raises(dli_dags.StepError, match="ended with 3"):
        dli_dags.work(job(text))


def test_a_function_is_called_with_values_of_their_own_types():
    text = (
        "name: x\nsteps: [{name: a, type: python, config: {module: tests.airflow_dags.jobs, "
        "function: keep, arguments: {rows: '{{params.rows}}', day: 'on {{ds}}'}}}]"
    )
    dli_dags.work(job(text))
    assert KEPT.pop() == ([1, None], "on 2026-01-31")


def test_the_day_of_a_run_is_the_day_in_the_zone_of_its_schedule():
    spec = spec_of("name: a.b\nschedule: {timezone: Asia/Seoul}\nparameters: {x: {}, y: {}}")
    run = SimpleNamespace(run_after=datetime(2026, 1, 31, 21, tzinfo=UTC), run_id="r1")
    assert values_of(spec, {"dag_run": run, "params": {"x": 5, "z": 6}}) == {
        "ds": "2026-02-01",
        "ds_nodash": "20260201",
        "ts": "2026-02-01T06:00:00+09:00",
        "run_id": "r1",
        "dataset": "a.b",
        "params.x": 5,
        "params.y": None,
    }
    context = {"dag_run": run, "logical_date": datetime(2026, 1, 1, tzinfo=UTC), "run_id": "r2"}
    assert values_of(spec, context)["ds"] == "2026-01-01"
