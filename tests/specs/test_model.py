"""What makes a spec, and every reason why a file doesn't."""

from datetime import date
from itertools import pairwise

import pytest
from pydantic import ValidationError

from dli_tui.domain.schedule import (
    NotificationConfig,
    NotificationTarget,
    RetryConfig,
    ScheduleConfig,
)
from dli_tui.specs.errors import SpecError
from dli_tui.specs.model import (
    DatasetSpec,
    NotificationSpec,
    ParameterSpec,
    RetrySpec,
    ScheduleSpec,
    StepSpec,
    TargetSpec,
    spec_from,
)
from dli_tui.specs.reader import parse_spec
from dli_tui.specs.words import MAX_SENTENCE

_FULL = """
version: v1
name: iceberg.analytics.daily_clicks
owner: data@example.com
team: "@data-eng"
description: Clicks by day
tags: [clicks, daily]
schedule: {cron: 0 9 * * *, timezone: Asia/Seoul, enabled: false}
retry: {max_attempts: 3, delay_seconds: 0}
notifications:
  on_failure: [{type: slack, channel: "#alerts"}]
  on_success: [{type: webhook, url: "https://example.com/hook"}]
  on_source_change: []
parameters:
  day: {type: date, default: 2026-01-31, description: The day to count}
  limit: {type: integer, default: 10}
steps:
  - {name: load, type: python, needs: [extract], config: {module: jobs.load}}
  - {name: extract, type: sql, config: {query: select 1}}
query: select 1
materialized: {kind: table}
"""


def _problems(text: str) -> tuple[str, ...]:
    with pytest.raises(SpecError) as caught:
        parse_spec(text)
    return caught.value.problems


def test_a_full_spec_is_read():
    spec = parse_spec(_FULL)
    assert (spec.version, spec.name) == ("v1", "iceberg.analytics.daily_clicks")
    assert (spec.owner, spec.team) == ("data@example.com", "@data-eng")
    assert (spec.description, spec.tags) == ("Clicks by day", ("clicks", "daily"))
    assert spec.parameters["day"].default == date(2026, 1, 31)
    assert spec.parameters["limit"].default == 10
    assert [step.name for step in spec.steps] == ["load", "extract"]
    assert spec.steps[0].needs == ("extract",)
    assert spec.steps[1].config == {"query": "select 1"}


def test_what_belongs_to_other_tools_is_kept():
    spec = parse_spec(_FULL)
    assert spec.extra == {"query": "select 1", "materialized": {"kind": "table"}}


def test_the_schedule_becomes_what_a_registration_sends():
    assert parse_spec(_FULL).schedule_config == ScheduleConfig(
        cron="0 9 * * *",
        timezone="Asia/Seoul",
        enabled=False,
        retry=RetryConfig(max_attempts=3, delay_seconds=0),
        notifications=NotificationConfig(
            on_failure=(NotificationTarget(type="slack", channel="#alerts"),),
            on_success=(NotificationTarget(type="webhook", url="https://example.com/hook"),),
        ),
    )


def test_a_name_is_enough():
    spec = parse_spec("name: x")
    assert spec == DatasetSpec(name="x")
    assert spec.schedule_config == ScheduleConfig()


def test_the_file_of_another_tool_still_reads():
    spec = parse_spec("name: x\nowner: me\nquery: select 1\nextra: 3\non: push\nmodels: []")
    assert spec.owner == "me"
    assert spec.extra == {"query": "select 1", "extra": 3, True: "push", "models": []}


def test_a_key_without_a_value_is_like_no_key():
    text = "name: x\nversion:\nowner:\ntags:\nschedule:\nretry:\nparameters:\nsteps:\nquery:"
    assert parse_spec(text) == DatasetSpec(name="x", extra={"query": None})


def test_a_spec_does_not_change():
    spec = parse_spec("name: x")
    with pytest.raises(ValidationError):
        spec.name = "y"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("owner: me", "name: expected the dataset's name, got nothing"),
        ("name:", "name: expected the dataset's name, got nothing"),
        ("name: 5", "name: expected text, got 5; text like that needs quotes"),
        ("name: ../x", "name: expected a name, got '../x': it must begin with a letter or a digit"),
    ],
)
def test_a_spec_without_a_name_is_refused(text, problem):
    assert _problems(text) == (problem,)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("version: v2", "version: expected one of v1, got 'v2'"),
        ("version: 1", "version: expected one of v1, got 1"),
        ("owner: [me]", "owner: expected text, got a list"),
        ("team: yes", "team: expected text, got true; text like that needs quotes"),
        (
            "description: 2026-01-31",
            "description: expected text, got 2026-01-31; text like that needs quotes",
        ),
        ("tags: a", "tags: expected a list, got 'a'"),
        ("tags: [a, {}]", "tags[1]: expected text, got a mapping"),
        ("schedule: 0 9 * * *", "schedule: expected a mapping, got '0 9 * * *'"),
        (
            "schedule: {cron: 60 * * * *}",
            (
                "schedule.cron: expected a cron expression of five fields, got '60 * * * *': "
                "minute: '60' is not between 0 and 59"
            ),
        ),
        (
            "schedule: {timezone: Asia/Seul}",
            "schedule.timezone: expected an IANA time zone such as Asia/Seoul, got 'Asia/Seul'",
        ),
        ("schedule: {enabled: 'yes'}", "schedule.enabled: expected true or false, got 'yes'"),
        ("schedule: {enabled: }", "schedule.enabled: expected true or false, got nothing"),
        ("schedule: {enable: true}", "schedule.enable: is not a key here; did you mean 'enabled'?"),
        (
            "schedule: {on: 1}",
            "schedule: expected keys that are text, got true; text like that needs quotes",
        ),
        (
            "retry: {max_attempts: many}",
            "retry.max_attempts: expected a whole number of at least 1, got 'many'",
        ),
        (
            "retry: {max_attempts: 0}",
            "retry.max_attempts: expected a whole number of at least 1, got 0",
        ),
        (
            "retry: {max_attempts: true}",
            "retry.max_attempts: expected a whole number of at least 1, got true",
        ),
        (
            "retry: {delay_seconds: -1}",
            "retry.delay_seconds: expected a whole number of at least 0, got -1",
        ),
        (
            "retry: {delay_seconds: 1.5}",
            "retry.delay_seconds: expected a whole number of at least 0, got 1.5",
        ),
        ("retry: {zzz: 1}", "retry.zzz: is not a key here; there are max_attempts, delay_seconds"),
        (
            "notifications: {on_fail: []}",
            "notifications.on_fail: is not a key here; did you mean 'on_failure'?",
        ),
        (
            "notifications: {on_failure: {type: slack}}",
            "notifications.on_failure: expected a list, got a mapping",
        ),
        (
            "notifications: {on_failure: [{type: slack}]}",
            "notifications.on_failure[0]: expected a channel or a url beside the type, got neither",
        ),
        (
            "notifications: {on_failure: [{channel: c}]}",
            (
                "notifications.on_failure[0].type: expected the kind of message: slack, webhook, "
                "email, got nothing"
            ),
        ),
        (
            "notifications: {on_success: [{type: slack, channel: c, chanel: c}]}",
            "notifications.on_success[0].chanel: is not a key here; did you mean 'channel'?",
        ),
        ("parameters: [a]", "parameters: expected a mapping, got a list"),
        ("parameters: {a: 1}", "parameters.a: expected a mapping, got 1"),
        (
            "parameters: {5: {}}",
            "parameters: expected keys that are text, got 5; text like that needs quotes",
        ),
        (
            "parameters: {a: {type: int}}",
            (
                "parameters.a.type: expected one of string, integer, number, boolean, date, "
                "json, got 'int'; did you mean 'integer'?"
            ),
        ),
        (
            "parameters: {'a b': {defualt: 1}}",
            "parameters['a b'].defualt: is not a key here; did you mean 'default'?",
        ),
        ("steps: {a: 1}", "steps: expected a list, got a mapping"),
        ("steps: [sql]", "steps[0]: expected a mapping, got 'sql'"),
        (
            "steps: [{type: sql}]",
            "steps[0].name: expected a name that no other step has, got nothing",
        ),
        (
            "steps: [{name: a}]",
            (
                "steps[0].type: expected the kind of work: sql, http, python, shell, wait, log, "
                "got nothing"
            ),
        ),
        (
            "steps: [{name: a, type: sqll}]",
            (
                "steps[0].type: expected one of sql, http, python, shell, wait, log, got 'sqll'; "
                "did you mean 'sql'?"
            ),
        ),
        (
            "steps: [{name: a b, type: sql}]",
            (
                "steps[0].name: expected a name, got 'a b': ' ' is not allowed, only letters, "
                "digits, '_', '.' and '-'"
            ),
        ),
        ("steps: [{name: a, type: sql, needs: a}]", "steps[0].needs: expected a list, got 'a'"),
        (
            "steps: [{name: a, type: sql, config: select 1}]",
            "steps[0].config: expected a mapping, got 'select 1'",
        ),
        (
            "steps: [{name: a, type: sql, config: {1: a}}]",
            "steps[0].config: expected keys that are text, got 1; text like that needs quotes",
        ),
    ],
)
def test_a_problem_is_told_with_its_place_and_what_was_expected(text, problem):
    assert _problems(f"name: x\n{text}") == (problem,)


def test_a_need_must_be_a_step():
    text = """
name: x
steps:
- {name: extract, type: sql}
- {name: load, type: sql, needs: [extract, publish]}
- {name: report, type: sql, needs: [extrat]}
"""
    assert _problems(text) == (
        "steps[1].needs[1]: 'publish' is not a step",
        "steps[2].needs[0]: 'extrat' is not a step; did you mean 'extract'?",
    )


def test_two_steps_do_not_share_a_name():
    text = "name: x\nsteps: [{name: a, type: sql}, {name: b, type: sql}, {name: a, type: log}]"
    assert _problems(text) == ("steps[2].name: expected a name of its own, steps[0] is 'a' too",)


@pytest.mark.parametrize(
    ("needs", "circle"),
    [
        ({"a": ["a"]}, ["a", "a"]),
        ({"a": ["b"], "b": ["a"]}, ["a", "b", "a"]),
        ({"a": ["c"], "b": ["a"], "c": ["b"], "d": []}, ["a", "c", "b", "a"]),
    ],
)
def test_steps_do_not_wait_for_each_other_in_a_circle(needs, circle):
    steps = [{"name": name, "type": "log", "needs": wanted} for name, wanted in needs.items()]
    with pytest.raises(SpecError) as caught:
        spec_from({"name": "x", "steps": steps})
    (problem,) = caught.value.problems
    path = problem.removeprefix("steps: ").removesuffix(", so none of them could begin")
    names = [word.strip("'") for word in path.split(" needs ")]
    assert names[0] == names[-1]
    assert all(needed in needs[name] for name, needed in pairwise(names))
    assert sorted(names[1:]) == sorted(circle[1:])


def test_a_long_chain_of_steps_is_no_circle():
    steps = [
        {"name": f"s{n}", "type": "log", "needs": [f"s{n - 1}"] if n else []} for n in range(3_000)
    ]
    assert len(spec_from({"name": "x", "steps": steps}).steps) == 3_000


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        *(("string", "x"), ("string", ""), ("integer", 0)),
        *(("number", 1), ("number", 1.5), ("boolean", False)),
        ("date", date(2026, 1, 31)),
        ("date", "2026-01-31"),
        ("json", {"a": [1, "x", None, True, {"b": 2.5}]}),
        ("json", [1]),
        ("json", "x"),
        *((kind, None) for kind in ("string", "integer", "number", "boolean", "date", "json")),
    ],
)
def test_a_default_that_fits_its_type_is_kept(kind, value):
    spec = spec_from({"name": "x", "parameters": {"p": {"type": kind, "default": value}}})
    assert spec.parameters["p"].default == value
    assert type(spec.parameters["p"].default) is type(value)


@pytest.mark.parametrize(
    ("kind", "default", "said"),
    [
        ("string", "3", "expected text, as its type is string, got 3"),
        ("string", "2026-01-31", "expected text, as its type is string, got 2026-01-31"),
        ("integer", "'3'", "expected a whole number, as its type is integer, got '3'"),
        ("integer", "3.0", "expected a whole number, as its type is integer, got 3.0"),
        ("integer", "true", "expected a whole number, as its type is integer, got true"),
        ("number", "false", "expected a number, as its type is number, got false"),
        ("number", ".inf", "expected a number, as its type is number, got inf"),
        ("number", ".nan", "expected a number, as its type is number, got nan"),
        ("boolean", "1", "expected true or false, as its type is boolean, got 1"),
        ("boolean", "'on'", "expected true or false, as its type is boolean, got 'on'"),
        (
            "date",
            "'2026-02-30'",
            "expected a date such as 2026-01-31, as its type is date, got '2026-02-30'",
        ),
        (
            "date",
            "'20260131'",
            "expected a date such as 2026-01-31, as its type is date, got '20260131'",
        ),
        (
            "date",
            "2026-01-31 09:00:00",
            "expected a date such as 2026-01-31, as its type is date, got 2026-01-31T09:00:00",
        ),
        ("json", "{1: a}", "expected what JSON can hold, as its type is json, got a mapping"),
        ("json", "[2026-01-31]", "expected what JSON can hold, as its type is json, got a list"),
        ("json", "[.nan]", "expected what JSON can hold, as its type is json, got a list"),
    ],
)
def test_a_default_that_does_not_fit_its_type_is_refused(kind, default, said):
    text = f"name: x\nparameters: {{p: {{type: {kind}, default: {default}}}}}"
    assert _problems(text) == (f"parameters.p.default: {said}",)


def test_every_problem_is_told_at_once():
    text = "name: 1\nretry: {max_attempts: 0}\nsteps: [{name: a}, {name: b, type: x}]"
    assert [problem.split(":")[0] for problem in _problems(text)] == [
        "name",
        "retry.max_attempts",
        "steps[0].type",
        "steps[1].type",
    ]


def test_an_error_knows_the_dataset_where_the_file_names_it():
    with pytest.raises(SpecError) as caught:
        parse_spec("name: web.clicks\ntags: 1")
    assert caught.value.dataset_name == "web.clicks"


@pytest.mark.parametrize(
    "place", ["version: {}", "schedule: {{cron: {}}}", "schedule: {{{}: 1}}", "steps: [{}]"]
)
@pytest.mark.parametrize("value", ['"\\e[2J\\u202e"', '"\\e]52;c;x\\a 1 1 1 1"', "x" * 1_000])
def test_a_value_in_a_message_can_harm_no_terminal(place, value):
    (problem,) = _problems("name: x\n" + place.format(value))
    assert problem.isprintable()
    assert len(problem) <= MAX_SENTENCE


@pytest.mark.parametrize(
    "model",
    [
        *(DatasetSpec, ScheduleSpec, RetrySpec, NotificationSpec),
        *(TargetSpec, ParameterSpec, StepSpec),
    ],
)
def test_every_field_explains_itself(model):
    for field in model.model_fields.values():
        assert field.description is not None
        assert field.description.endswith(".")
