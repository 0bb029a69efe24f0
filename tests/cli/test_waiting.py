"""--wait: the commands that stay until a run is over."""

import asyncio
import json
import signal

import pytest

from dli_tui.backends.demo.backend import DemoBackend
from dli_tui.backends.demo.cast import STANDARD
from dli_tui.backends.demo.journal import MemoryJournal
from dli_tui.domain.capability import Capability
from dli_tui.domain.errors import WorkflowExecutionError
from dli_tui.domain.status import RunStatus
from tests.support import ManualClock
from tests.support_backends import NOW, ScriptedBackend, row, run

SHORT = "finance.cost_centers"
FAILING = "logistics.carriers.rates"


@pytest.fixture
def demo(world):
    clock = ManualClock(NOW)
    return world(DemoBackend(STANDARD, clock=clock, journal=MemoryJournal(), user="me"), clock)


def test_a_run_is_waited_for_and_shown_as_it_ends(cli, demo):
    done = cli("workflow", "run", SHORT, "--wait", "--demo")
    assert done.exit_code == 0
    assert done.stderr.splitlines()[0] == f"Run started: {SHORT}_20260310_094100"
    told = [line.split(": ")[1] for line in done.stderr.splitlines()[1:]]
    assert told[-1] == "completed"
    assert any(line.startswith("running 1/3") for line in told)
    assert len(told) == len(set(told)), "each picture is told once"
    assert done.stdout.splitlines()[0] == f"Run: {SHORT}_20260310_094100"
    assert "Status: COMPLETED" in done.stdout


def test_a_run_that_fails_ends_1_with_its_error(cli, demo):
    done = cli("workflow", "run", FAILING, "--wait", "--demo")
    assert done.exit_code == 1
    assert "Status: FAILED" in done.stdout
    assert "Error: HTTP 503" in done.stdout


def test_a_backfill_is_waited_for_as_a_whole(cli, demo):
    words = ("workflow", "backfill", SHORT, "-s", "2026-03-02", "-e", "2026-03-03")
    done = cli(*words, "--wait", "--demo")
    assert done.exit_code == 0
    assert done.stderr.splitlines()[0] == "Backfill started for 2 dates"
    assert "Progress: 2/2 steps" in done.stdout
    assert "Status: COMPLETED" in done.stdout


def test_a_backfill_stops_at_the_first_failure_and_ends_1(cli, demo):
    words = ("workflow", "backfill", FAILING, "-s", "2026-03-02", "-e", "2026-03-02")
    assert cli(*words, "--wait", "--demo").exit_code == 1


def test_a_run_that_was_started_elsewhere_is_waited_for_by_its_id(cli, demo):
    run_id = json.loads(cli("workflow", "run", SHORT, "-f", "json", "--demo").stdout)["run_id"]
    assert cli("workflow", "status", run_id, "--demo").stdout.count("Status: PENDING") == 1
    assert cli("workflow", "status", run_id, "--wait", "--demo").exit_code == 0


def test_what_is_waited_for_is_one_document_in_json(cli, demo):
    done = cli("workflow", "run", SHORT, "--wait", "--format", "json", "--demo")
    assert json.loads(done.stdout)["run_status"] == "COMPLETED"


def test_a_dry_run_is_not_waited_for(cli, demo):
    for words in (["run", SHORT], ["backfill", SHORT, "-s", "2026-03-02", "-e", "2026-03-02"]):
        done = cli("workflow", *words, "--dry-run", "--wait", "--demo")
        assert done.exit_code == 2
        assert "--wait" in done.stderr


def test_a_run_that_is_not_there_is_not_waited_for(cli, demo):
    done = cli("workflow", "status", "no", "--wait", "--demo")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "Error [DLI-800]" in done.stderr


class Interrupting(ManualClock):
    """The person presses ctrl+c while the program waits."""

    async def sleep(self, seconds):
        signal.raise_signal(signal.SIGINT)
        await super().sleep(seconds)


@pytest.fixture
def _ctrl_c_is_heard():
    # Who starts the tests beside something else may have had it ignored.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("_ctrl_c_is_heard")
@pytest.mark.parametrize("words", [["status", "r1"], ["run", "d"]], ids=["status", "run"])
def test_ctrl_c_ends_the_waiting_and_says_that_the_run_goes_on(cli, world, words):
    backend = ScriptedBackend([row("d")], [run("r1", RunStatus.RUNNING)])
    world(backend, Interrupting(NOW))
    done = cli("workflow", *words, "--wait", "--demo")
    assert (done.exit_code, done.stdout) == (130, "")
    assert done.stderr.splitlines()[-1] == (
        "Stopped waiting; the run goes on: dli-tui workflow status r1"
    )
    assert "stop" not in backend.sent


ONE_BY_ONE = ("workflow", "backfill", "d", "-s", "2026-03-01", "-e", "2026-03-03")
"""Three dates, on a server where somebody has to start each of them."""


def starting_single_runs(*ends, **cues):
    told = [run(f"r{at}", status) for at, status in enumerate(ends)]
    cues = {"run_status": told, **cues}
    return ScriptedBackend([row("d")], without=[Capability.SEQUENCES], cues=cues)


def not_started(done):
    """The days that the command names as not started, and the first day of what it offers."""
    dates = next((at for at in done.stderr.splitlines() if at.startswith("Not started: ")), "")
    offered = next(
        (at for at in done.stderr.splitlines() if at.startswith("To plan the rest: ")), ""
    )
    assert not offered or offered.endswith(" --dry-run"), "it must start nothing unseen"
    first = offered.partition(" -s ")[2].partition(" ")[0]
    return [at.split()[0] for at in dates.removeprefix("Not started: ").split(", ") if at], first


def test_a_command_that_starts_each_date_itself_tells_each_and_how_it_ended(cli, world):
    world(starting_single_runs(*[RunStatus.COMPLETED] * 3), ManualClock(NOW))
    done = cli(*ONE_BY_ONE, "--demo")
    assert done.exit_code == 0
    begun = [line.split()[:2] for line in done.stderr.splitlines() if "/3 " in line]
    assert begun == [["1/3", "2026-03-01"], ["2/3", "2026-03-02"], ["3/3", "2026-03-03"]]
    assert not_started(done) == ([], "")


def test_where_a_date_fails_the_command_fails_and_names_the_dates_that_are_left(cli, world):
    backend = world(starting_single_runs(RunStatus.FAILED), ManualClock(NOW))
    done = cli(*ONE_BY_ONE, "--demo")
    assert done.exit_code == 1
    assert not_started(done) == (["2026-03-02", "2026-03-03"], "2026-03-02")
    assert backend.sent == ["run"]


def test_where_a_date_cannot_be_started_the_reason_is_told_with_its_code(cli, world):
    refusal = WorkflowExecutionError("no room", dataset_name="d")
    world(starting_single_runs(run=[refusal]), ManualClock(NOW))
    done = cli(*ONE_BY_ONE, "--demo")
    assert done.exit_code == 1
    assert f"Error [{refusal.code}]: no room" in done.stderr
    assert not_started(done)[1] == "2026-03-01"


@pytest.mark.usefixtures("_ctrl_c_is_heard")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["ctrl+c", "SIGTERM"])
def test_who_ends_the_command_is_told_which_dates_are_left(cli, world, number):
    class Ended(ManualClock):
        async def sleep(self, seconds):
            signal.raise_signal(number)
            await asyncio.Event().wait()

    backend = world(starting_single_runs(RunStatus.RUNNING), Ended(NOW))
    done = cli(*ONE_BY_ONE, "--demo")
    assert done.exit_code == 130
    assert not_started(done) == (["2026-03-02", "2026-03-03"], "2026-03-02")
    assert any(line.startswith("The last run goes on") for line in done.stderr.splitlines())
    assert backend.sent == ["run"]
