"""`import dli_tui` costs nothing, and everything is importable from it."""

import subprocess
import sys

import pytest

import dli_tui
from dli_tui.api import exports

NAMES = exports.__all__
HEAVY = ("pydantic", "httpx", "typer", "textual", "rich", "croniter", "yaml", "asyncio", "obstore")


def test_importing_it_loads_nothing_heavy():
    code = f"import sys, dli_tui; print(*(name for name in {HEAVY} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout.strip(), done.stderr) == ("", "")


def test_what_a_screen_draws_with_loads_no_model():
    modules = ("rows", "words", "filters", "arranging", "gantt", "strips", "crons", "parameters")
    pictures = ("runfilters", "trend", "outcomes", "stepgrid", "besides", "eta")
    names = ", ".join(f"dli_tui.present.{module}" for module in (*modules, *pictures))
    heavy = ("pydantic", "croniter", "httpx", "textual", "rich")
    code = f"import sys, {names}; print(*(name for name in {heavy} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout.strip(), done.stderr) == ("", "")


def test_what_comes_before_the_first_paint_loads_no_model():
    heavy = (
        "pydantic",
        "httpx",
        "croniter",
        "typer",
        "yaml",
        "starlette",
        "dli_tui.client",
        "obstore",
    )
    modules = "dli_tui.tui.app, dli_tui.cli.quick"
    code = f"import sys, {modules}; print(*(name for name in {heavy} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout.strip(), done.stderr) == ("", "")


@pytest.mark.parametrize("name", NAMES)
def test_each_name_is_importable_from_the_top(name):
    assert getattr(dli_tui, name) is not None


def test_the_list_of_names_has_one_home():
    assert dli_tui.__all__ == NAMES


def test_a_star_brings_every_name():
    names: dict[str, object] = {}
    exec("from dli_tui import *", names)
    assert set(NAMES) <= set(names)


def test_the_names_are_listed_for_completion():
    assert set(NAMES) <= set(dir(dli_tui))


def test_every_result_error_and_enum_of_the_seeds_is_there():
    assert {
        *("WorkflowAPI", "ExecutionContext", "ExecutionMode", "WorkflowClient", "Backend"),
        *("WorkflowRegisterResult", "WorkflowRunResult", "WorkflowListResult"),
        *("WorkflowStatusResult", "WorkflowHistoryResult", "WorkflowInfo", "WorkflowRun"),
        *("DatasetInfo", "ScheduleConfig", "RetryConfig", "NotificationConfig", "RunProgress"),
        *("SourceType", "WorkflowStatus", "RunStatus", "RunType", "StepStatus", "ResultStatus"),
        *("DLIError", "ErrorCode", "ConfigurationError", "DatasetNotFoundError", "ServerError"),
        *("WorkflowNotFoundError", "WorkflowRegistrationError", "WorkflowExecutionError"),
        *("WorkflowPermissionError", "BackfillPlan", "Step", "Template", "Saga", "Health"),
        "__version__",
    } <= set(NAMES)


def test_a_name_that_is_not_there_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        dli_tui.nothing  # noqa: B018 - the look is what is tested
