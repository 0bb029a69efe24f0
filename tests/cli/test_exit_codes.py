"""What a script sees of a command: its exit code, stdout for answers, stderr for talk."""

import pytest

from dli_tui.domain.errors import AnswerLostError
from dli_tui.domain.status import RunStatus, WorkflowStatus
from tests.cli.conftest import DEMO
from tests.support import ManualClock
from tests.support_backends import NOW, ScriptedBackend, row, run

CLICKS = "iceberg.analytics.daily_clicks"


class Held(ScriptedBackend):
    """Pauses, and loses the answer."""

    async def pause(self, name, *, reason=None):
        await super().pause(name, reason=reason)
        self.rows = [row(name, status=WorkflowStatus.PAUSED)]
        raise AnswerLostError("cut")


FAILS = {
    "DLI-001": ["backfill", CLICKS, "-s", "x", "-e", "2026-03-01"],
    "DLI-101": ["register", "no.spec", "-c", "0 9 * * *"],
    "DLI-800": ["status", "no_such_run"],
    "DLI-801": ["register", "a b", "-c", "0 9 * * *"],
    "DLI-802": ["stop", "no_such_run"],
    "DLI-803": ["unregister", CLICKS],
    "DLI-804": ["register", "finance.cost_centers", "-c", "0 9 * * *"],
    "DLI-805": ["register", "test.dataset", "-c", "0 25 * * *"],
    "DLI-807": ["run", "orders_snapshot"],
}


@pytest.mark.parametrize("code", FAILS)
def test_a_failed_operation_ends_1_with_code_and_hint_on_stderr(cli, project, code):
    words = FAILS[code]
    where = ["--path", project] if words[0] == "register" else []
    done = cli("workflow", *words, *where, *DEMO)
    assert (done.exit_code, done.stdout) == (1, "")
    first, *hint = done.stderr.splitlines()
    assert first.startswith(f"Error [{code}]: ")
    assert hint
    assert all(line.startswith("       ") for line in hint)


def test_where_git_owns_the_name_a_missing_spec_is_not_the_trouble(cli, tmp_path):
    done = cli("workflow", "register", CLICKS, "-c", "0 9 * * *", "--path", tmp_path, *DEMO)
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith("Error [DLI-803]: ")


@pytest.mark.parametrize("format_", ["table", "json"])
def test_an_error_is_told_the_same_way_whatever_the_format(cli, format_):
    done = cli("workflow", "get", "no", "--format", format_, *DEMO)
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == (
        "Error [DLI-800]: Workflow 'no' not found\n"
        "       See the names with: dli-tui workflow list\n"
    )


@pytest.mark.parametrize(
    "words",
    [
        ["workflow", "list", "--nothing"],
        ["workflow", "nothing"],
        ["nothing"],
        ["workflow", "get"],
        ["workflow", "get", "a", "b"],
        ["workflow", "list", "--source", "foo"],
        ["workflow", "list", "--status", "foo"],
        ["workflow", "list", "--format", "xml"],
        ["workflow", "history", "--status", "foo"],
        ["workflow", "history", "-s", "foo"],
        ["workflow", "history", "-n", "0"],
        ["workflow", "history", "--type", "foo"],
        ["workflow", "backfill", "d", "-s", "2026-03-01"],
        ["workflow", "backfill", "d", "-s", "2026-03-01", "-e", "2026-03-01", "--only", "foo"],
        ["workflow", "register", "d"],
        ["workflow", "register", "d", "-c", "0 9 * * *", "--retry-attempts", "0"],
        ["workflow", "list", "--at", "noon"],
        ["workflow", "list", "--demo-size", "many"],
        ["workflow", "status", "r1", "--wait", "--at", "2026-03-10T09:41Z"],
        ["workflow", "run", "d", "--wait", "--at", "2026-03-10T09:41Z"],
        ["--at", "2026-03-10T09:41Z", "workflow", "status", "r1", "--wait"],
    ],
    ids=" ".join,
)
def test_a_command_line_that_cannot_be_read_ends_2(cli, words):
    done = cli(*words, "--demo")
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr


@pytest.mark.parametrize(("size", "code"), [("0", 1), ("-5", 1), ("2000000", 1), ("3", 0)])
def test_a_value_that_we_check_ourselves_ends_1(cli, size, code):
    assert cli("workflow", "list", *DEMO, "--demo-size", size).exit_code == code


@pytest.mark.parametrize(
    ("option", "value"), [("--demo-speed", "0"), ("--demo-latency", "-1"), ("--demo-size", "0")]
)
def test_a_demo_that_cannot_be_played_is_refused_in_words(cli, option, value):
    done = cli("workflow", "list", "--demo", option, value)
    assert (done.exit_code, done.stdout) == (1, "")
    assert "Error [DLI-001]" in done.stderr
    assert "Choose" in done.stderr


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (RunStatus.COMPLETED, 0),
        (RunStatus.SKIPPED, 0),
        (RunStatus.FAILED, 1),
        (RunStatus.TIMEOUT, 1),
        (RunStatus.UNKNOWN, 1),
        (RunStatus.KILLED, 3),
    ],
)
def test_the_end_of_a_run_that_is_waited_for_is_the_exit_code(cli, world, status, code):
    clock = ManualClock(NOW)
    world(ScriptedBackend(runs=[run("r1", status)]), clock)
    done = cli("workflow", "status", "r1", "--wait", "--demo")
    assert done.exit_code == code
    assert f"Status: {status}" in done.stdout
    assert ((clock.now() - NOW).total_seconds() > 600) == (status is RunStatus.UNKNOWN)


@pytest.mark.parametrize("status", RunStatus)
def test_without_waiting_a_status_that_was_read_is_a_success(cli, world, status):
    world(ScriptedBackend(runs=[run("r1", status)]), ManualClock(NOW))
    assert cli("workflow", "status", "r1", "--demo").exit_code == 0


def test_a_write_that_happened_though_its_answer_was_lost_ends_0_and_says_so(cli, world):
    world(Held([row("d")]), ManualClock(NOW))
    done = cli("workflow", "pause", "d", "--demo")
    assert (done.exit_code, done.stdout) == (0, "Workflow paused: d\n")
    assert done.stderr == "Warning: It happened: d. Its answer was lost on the way\n"


@pytest.mark.parametrize(
    ("begun", "message", "hint"),
    [
        (
            [run("r7", triggered_by="ann@example.com", created_at=NOW)],
            "a run by ann@example.com started at 2026-03-10 09:41:00 UTC, perhaps yours: r7",
            "Look at it before you do it again. See it with: dli-tui workflow history -d d",
        ),
        (
            [],
            "The request to run 'd' is unconfirmed",
            "dli-tui workflow history -d d",
        ),
    ],
)
def test_a_write_whose_answer_was_lost_ends_1_and_says_what_is_known(
    cli, world, begun, message, hint
):
    backend = ScriptedBackend([row("d")], begun, run=[AnswerLostError("cut")])
    world(backend, ManualClock(NOW))
    done = cli("workflow", "run", "d", "--demo")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith("Error [DLI-501]: ")
    assert message in done.stderr
    assert hint in done.stderr
    assert backend.sent == ["run"]


@pytest.mark.parametrize(
    ("words", "method", "note"),
    [
        (["get", "d"], "workflow", "Nothing was sent."),
        (["pause", "d"], "pause", "The request to pause 'd' had been sent"),
    ],
)
def test_an_interrupt_ends_130_and_says_whether_anything_was_sent(cli, world, words, method, note):
    world(ScriptedBackend([row("d")], cues={method: [KeyboardInterrupt()]}), ManualClock(NOW))
    done = cli("workflow", *words, "--demo")
    assert (done.exit_code, done.stdout) == (130, "")
    assert done.stderr.startswith(f"Interrupted. {note}")
