"""The cases of the library, each under its id."""

from datetime import UTC, datetime
from functools import reduce

import pytest
from pydantic import ValidationError

import dli_tui
from dli_tui import (
    DLIError,
    ExecutionMode,
    ResultStatus,
    RunStatus,
    RunType,
    WorkflowNotFoundError,
    WorkflowRunResult,
    WorkflowStatus,
    WorkflowStatusResult,
)
from dli_tui.wire.failures import Operation, failure
from tests.cases import cases_of
from tests.support_backends import ScriptedBackend, row

CASES = cases_of("library")
MOCK = [name for name, case in CASES.items() if case["given"] == "ExecutionMode.MOCK"]
BY_HAND = {
    "LB-14": "test_a_server_without_a_url",
    "LB-16": "test_a_list_that_fails",
    "LB-18": "test_a_run_of_what_is_not_there",
    "LB-20": "test_a_duration",
    "LB-21": "test_a_duration",
    "LB-22": "test_results_are_frozen",
    "LB-23": "test_an_error_begins_with_its_code",
    "LB-26": "test_a_workflow_without_a_cron",
    "LB-27": "test_a_backfill_on_a_server_can_be_a_dry_run",
}


def called(api, case):
    """The answers to the calls of a case, as they stand in it."""
    calls = case["request"]["call"].split("; ")
    names = {
        name: getattr(api, name) for name in ("list_workflows", "history", "get", "get_status")
    } | {name: getattr(api, name) for name in ("register", "run", "backfill", "stop")}
    return [eval(call, {"WorkflowStatus": WorkflowStatus, **names}) for call in calls]


def at(value, path):
    """What stands at `a.b[0].c`."""
    steps = path.replace("[", ".").replace("]", "").split(".")
    return reduce(lambda v, s: v[int(s)] if s.isdigit() else getattr(v, s), steps, value)


def read(answer, key):
    match key:
        case "datasets":
            return [one.dataset_name for one in answer.workflows]
        case "len":
            return len(answer.workflows)
    return at(answer, key)


def refused(api, case):
    """The error that a case expects, its class and code looked at."""
    expected = case["expect"]
    with pytest.raises(DLIError) as caught:
        called(api, case)
    assert type(caught.value) is getattr(dli_tui, expected["raises"])
    assert caught.value.code == expected["code"]
    return caught.value


def test_every_case_of_the_library_is_here():
    assert set(CASES) == {*MOCK, *BY_HAND}
    assert len(CASES) == 17
    assert all(name in globals() for name in BY_HAND.values())


@pytest.mark.parametrize("case_id", MOCK)
def test_mock_mode_answers_as_the_seeds_write_it(api_of, case_id):
    case = CASES[case_id]
    (answer,) = called(api_of(), case)
    assert {key: read(answer, key) for key in case["expect"]} == case["expect"]


@pytest.mark.parametrize("case_id", ["LB-14"])
def test_a_server_without_a_url(api_of, case_id):
    error = refused(api_of(ExecutionMode.SERVER), CASES[case_id])
    assert error.message == "server_url required for SERVER mode"


@pytest.mark.parametrize("case_id", ["LB-16"])
def test_a_list_that_fails(api_of, case_id):
    case = CASES[case_id]
    trouble = failure(case["response"]["status"], None, Operation.LIST)
    refused(api_of(client=ScriptedBackend(workflows=[trouble])), case)


@pytest.mark.parametrize("case_id", ["LB-18"])
@pytest.mark.parametrize("listed", [True, False], ids=["gone since", "never there"])
def test_a_run_of_what_is_not_there(api_of, case_id, listed):
    case = CASES[case_id]
    name = case["expect"]["dataset_name"]
    gone = failure(case["response"]["status"], None, Operation.RUN, dataset_name=name)
    backend = ScriptedBackend([row(name)] if listed else [], run=[gone])
    assert refused(api_of(client=backend), case).dataset_name == name


@pytest.mark.parametrize(
    ("case_id", "finished"),
    [("LB-20", datetime(2025, 1, 1, 9, 2, 50, tzinfo=UTC)), ("LB-21", None)],
)
def test_a_duration(case_id, finished):
    result = WorkflowStatusResult(
        run_id="r",
        dataset_name="d",
        run_status=RunStatus.COMPLETED if finished else RunStatus.RUNNING,
        run_type=RunType.ADHOC,
        started_at=datetime(2025, 1, 1, 9, 0, 45, tzinfo=UTC),
        finished_at=finished,
    )
    assert result.duration_seconds == CASES[case_id]["expect"]["value"]


@pytest.mark.parametrize("case_id", ["LB-22"])
def test_results_are_frozen(case_id):
    assert CASES[case_id]["expect"]["raises"].startswith(ValidationError.__name__)
    result = WorkflowRunResult(dataset_name="d", status=ResultStatus.SUCCESS)
    with pytest.raises(ValidationError, match="frozen"):
        result.message = "changed"  # type: ignore[misc]  # that is what is tested


@pytest.mark.parametrize("case_id", ["LB-23"])
def test_an_error_begins_with_its_code(case_id):
    text = str(WorkflowNotFoundError(dataset_name="d"))
    assert text.startswith(CASES[case_id]["expect"]["startswith"])


@pytest.mark.parametrize("case_id", ["LB-26"])
def test_a_workflow_without_a_cron(api_of, case_id):
    case = CASES[case_id]
    backend = ScriptedBackend([row("iceberg.reporting.weekly_summary", cron=None)])
    listed, found = called(api_of(ExecutionMode.SERVER, client=backend), case)
    assert [one.cron for one in (*listed.workflows, found)] == [case["expect"]["cron"]] * 2


@pytest.mark.parametrize("case_id", ["LB-27"])
def test_a_backfill_on_a_server_can_be_a_dry_run(api_of, case_id):
    backend = ScriptedBackend([row("d")])
    (result,) = called(api_of(ExecutionMode.SERVER, client=backend), CASES[case_id])
    assert (result.dry_run, result.total_runs, backend.sent) == (True, 3, [])
