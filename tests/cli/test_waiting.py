"""--wait: the commands that stay until a run is over."""

import json
import signal

import pytest

from dli_tui.backends.demo.backend import DemoBackend
from dli_tui.backends.demo.cast import STANDARD
from dli_tui.backends.demo.journal import MemoryJournal
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
