"""`dli-tui workflow retry`: told beforehand, sent once, waited for where that is wanted."""

import json

import pytest

from dli_tui.backends.demo.backend import DemoBackend
from dli_tui.backends.demo.cast import STANDARD
from dli_tui.backends.demo.journal import MemoryJournal
from dli_tui.domain.capability import Capability
from dli_tui.domain.ids import RunRef
from dli_tui.domain.retry import RetryPlan, StepAgain
from dli_tui.domain.status import RunStatus, StepStatus
from dli_tui.domain.step import Step
from tests.cli.conftest import DEMO
from tests.support import ManualClock
from tests.support_backends import NOW, ScriptedBackend, SharedIds, run

FAILING = "logistics.carriers.rates_20260310_093000"


class Broken(ScriptedBackend):
    """A run that failed at its second step."""

    plan: RetryPlan | None = None

    async def steps(self, ref):
        states = {"fetch": StepStatus.COMPLETED, "load": StepStatus.FAILED}
        return tuple(Step(name=name, status=status) for name, status in states.items())

    async def retry_plan(self, ref, steps=()):
        return self.plan or await super().retry_plan(ref, steps)


@pytest.fixture
def broken(world):
    return world(Broken(runs=[run("r1", RunStatus.FAILED)]), ManualClock(NOW))


def test_the_failed_steps_are_sent_for_once(cli, broken):
    done = cli("workflow", "retry", "r1", "--demo")
    assert (done.exit_code, done.stdout) == (0, "Retrying run: r1\n")
    assert broken.arrived("retry") == [(RunRef("r1"), ())]


def test_steps_may_be_named(cli, broken):
    cli("workflow", "retry", "r1", "--step", "load", "--step", "fetch", "--demo")
    assert broken.arrived("retry") == [(RunRef("r1"), ("load", "fetch"))]


def test_a_dry_run_tells_which_steps_run_again_and_sends_nothing(cli, broken):
    done = cli("workflow", "retry", "r1", "--dry-run", "--demo")
    assert done.stdout.splitlines() == [
        "Of run r1 would run again:",
        "  load",
        "  and what comes after them",
        "No request was sent.",
    ]
    assert broken.sent == []


def test_a_server_that_tells_all_of_it_is_believed(cli, broken):
    steps = (StepAgain(name="load", map_index=2), StepAgain(name="tell"))
    broken.plan = RetryPlan(steps=steps, is_whole=True)
    lines = cli("workflow", "retry", "r1", "--dry-run", "--demo").stdout.splitlines()
    assert lines[1:-1] == ["  load [2]", "  tell"]
    found = cli("workflow", "retry", "r1", "--dry-run", "-f", "json", "--demo")
    assert RetryPlan.model_validate_json(found.stdout) == broken.plan


def test_a_step_that_is_not_there_is_named_with_those_that_are(cli, broken):
    done = cli("workflow", "retry", "r1", "--step", "laod", "--dry-run", "--demo")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "Run 'r1' has no step 'laod'" in done.stderr
    assert "It has: fetch, load." in done.stderr


@pytest.mark.parametrize("words", [[], ["--dry-run"], ["--wait"]], ids=lambda words: str(*words))
def test_a_run_that_has_not_failed_is_refused_on_every_backend(cli, world, words):
    backend = world(Broken(runs=[run("r1")]), ManualClock(NOW))
    done = cli("workflow", "retry", "r1", *words, "--demo")
    assert (done.exit_code, done.stdout, backend.sent) == (1, "", [])
    assert "Error [DLI-807]" in done.stderr


def test_where_nothing_is_retried_a_dry_run_says_so(cli, world):
    world(Broken(runs=[run("r1", RunStatus.FAILED)], without=[Capability.RETRY]), ManualClock(NOW))
    done = cli("workflow", "retry", "r1", "--dry-run", "--demo")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "doesn't offer retrying failed steps" in done.stderr


def test_an_id_that_several_workflows_have_is_given_with_its_workflow(cli, world):
    backend = world(SharedIds(runs=[run("r1", RunStatus.FAILED)]), ManualClock(NOW))
    done = cli("workflow", "retry", "d/r1", "-f", "json", "--demo")
    assert json.loads(done.stdout)["run_id"] == "d/r1"
    assert backend.arrived("retry") == [(RunRef("r1", "d"), ())]


def test_a_retry_is_waited_for_and_its_end_is_the_exit_code(cli, world):
    clock = ManualClock(NOW)
    world(DemoBackend(STANDARD, clock=clock, journal=MemoryJournal(), user="me"), clock)
    done = cli("workflow", "retry", FAILING, "--wait", "--demo")
    assert done.exit_code == 1, "it always fails"
    assert done.stderr.splitlines()[0] == f"Retrying run: {FAILING}"
    assert "Status: FAILED" in done.stdout


@pytest.mark.parametrize("words", [["--wait", "--dry-run"], ["--wait", *DEMO], ["--stpe", "x"]])
def test_what_can_not_be_waited_for_is_wrong_use(cli, words):
    assert cli("workflow", "retry", "r1", *words, "--demo").exit_code == 2
