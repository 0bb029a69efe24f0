"""The cases of the commands, each under its id, and the plan of seed 004 §10.2."""

import json
import re
from datetime import UTC, datetime

import pytest

from dli_tui.backends.demo.backend import DemoBackend
from dli_tui.backends.demo.cast import SEED_ARCHIVE, SEED_WORKFLOWS, SEEDS
from dli_tui.backends.demo.journal import MemoryJournal
from dli_tui.backends.demo.scenario import Scenario
from dli_tui.domain.clock import FixedClock
from tests.cases import cases_of

CASES = cases_of("cli")
CLICKS = "iceberg.analytics.daily_clicks"
# The row that "register" meets must not be there; without it the archive has no workflow.
WITHOUT_CLICKS = Scenario(tuple(one for one in SEED_WORKFLOWS if one.name != CLICKS))
SMALL = {"CL-10": SEEDS, "CL-14": SEEDS, "CL-18": WITHOUT_CLICKS}
COUNT = 18


@pytest.fixture
def small_world(world):
    """The demo with the workflows of the seeds alone, at an hour that they print."""

    def use(scenario):
        clock = FixedClock(datetime(2025, 1, 1, 12, tzinfo=UTC))
        world(DemoBackend(scenario, clock=clock, journal=MemoryJournal(), user="me"), clock)

    return use


def test_every_case_of_the_commands_is_run():
    assert len(CASES) == COUNT
    small = {name for name, case in CASES.items() if "small test world" in case["given"]}
    assert small == set(SMALL)


@pytest.mark.parametrize("case_id", CASES)
def test_case(cli, small_world, project, case_id):
    case = CASES[case_id]
    if case_id in SMALL:
        small_world(SMALL[case_id])
    program, *argv = case["request"]["argv"]
    assert program == "dli"
    if "register" in argv:
        argv += ["--path", project]
    done = cli(*argv, "--demo")
    expected = dict(case["expect"])
    expected.pop("note", None)
    assert done.exit_code == expected.pop("exit"), done.stderr
    if done.exit_code:
        assert done.stdout == ""
    for key, value in expected.items():
        CHECKS[key](done, value)


def _contains(text, wanted):
    for part in [wanted] if isinstance(wanted, str) else wanted:
        assert part in text


def _header(done, columns):
    lines = [re.split(r"  +", line) for line in done.stdout.splitlines()]
    assert columns in lines


def _only_failed_runs(done, _):
    rows = [line for line in done.stdout.splitlines() if re.search(r"  (adhoc|sched|back)", line)]
    assert rows
    assert all("  failed  " in line for line in rows)


def _error_below(done, line):
    lines = done.stdout.splitlines()
    assert " failed " in lines[lines.index(line) - 1]


def _empty_model(done, sentence):
    assert json.loads(done.stdout) == json.loads(sentence[sentence.index("{") :])


CHECKS = {
    "stdout_regex": lambda done, pattern: _contains(
        "found", "found" if re.search(pattern, done.stdout) else f"no {pattern}"
    ),
    "stdout_contains": lambda done, wanted: _contains(done.stdout, wanted),
    "stderr_contains": lambda done, wanted: _contains(done.stderr, wanted),
    "stdout": _empty_model,
    "header": _header,
    "footer": lambda done, line: _contains(done.stdout.splitlines(), [line]),
    "accepted_as": _only_failed_runs,
    "error_line_under_failed_run": _error_below,
}


# What the seeds print, to the letter (columns as wide as what is in them)


def test_the_list_of_the_seed(cli, small_world):
    small_world(SEEDS)
    done = cli("workflow", "list", "--source", "manual")
    assert done.stdout == (
        "DATASET                          SOURCE  STATUS      CRON        NEXT RUN\n"
        "iceberg.analytics.ad_hoc_report  manual  active      0 12 * * 1  2025-01-06 12:00\n"
        "iceberg.analytics.daily_clicks   manual  overridden  0 8 * * *   - (by code)\n"
        "\n"
        "Total: 2 workflows (1 active, 1 overridden)\n"
    )
    done = cli("workflow", "list", "--source", "code", "--enabled-only")
    assert done.stdout.splitlines()[1:] == [
        "iceberg.analytics.daily_clicks  code    active  0 9 * * *   2025-01-02 09:00",
        "iceberg.analytics.user_metrics  code    active  0 10 * * *  2025-01-02 10:00",
        "",
        "Total: 2 workflows",
    ]


def test_the_history_of_the_seed(cli, small_world):
    small_world(SEEDS)
    done = cli("workflow", "history", "-d", CLICKS, "-n", "3", "--show-dataset-info")
    assert done.stdout.splitlines() == [
        "Dataset Info:",
        f"  Name: {CLICKS}",
        "  Owner: engineer@example.com",
        "  Team: @data-engineering",
        "  Description: Daily click aggregation for analytics",
        "",
        "Run History:",
        "RUN_ID                        STATUS     TYPE       STARTED              DURATION",
        "daily_clicks_20250101_090045  completed  scheduled  2025-01-01 09:00:45  125s",
        "daily_clicks_20241231_090032  completed  scheduled  2024-12-31 09:00:32  118s",
        "daily_clicks_20241230_090128  failed     scheduled  2024-12-30 09:01:28  45s",
        "  Error: BigQuery quota exceeded",
        "",
        "Total: 3 runs shown (5 available)",
    ]


def test_the_registrations_of_the_seed(cli, small_world, project):
    small_world(WITHOUT_CLICKS)
    words = ("workflow", "register", CLICKS, "--path", project, "--demo")
    assert cli(*words, "--cron", "0 9 * * *").stdout.splitlines() == [
        f"Workflow registered: {CLICKS}",
        "  Source: manual",
        "  Status: active",
        "  Cron: 0 9 * * *",
        "  Timezone: UTC",
        "  Next Run: 2025-01-02 09:00:00",
    ]
    again = cli(*words, "--cron", "0 8 * * *")
    assert (again.exit_code, again.stdout) == (1, "")
    assert again.stderr.startswith("Error [DLI-804]: ")
    assert cli(*words, "--cron", "0 8 * * *", "--force").stdout.splitlines() == [
        f"Workflow updated: {CLICKS}",
        "  Previous cron: 0 9 * * *",
        "  New cron: 0 8 * * *",
        "  Timezone: UTC",
        "  Status: active",
    ]


def test_a_forced_registration_says_what_else_it_changes(cli, small_world, project):
    small_world(WITHOUT_CLICKS)
    words = ("workflow", "register", CLICKS, "--path", project, "--demo")
    cli(*words, "--cron", "0 9 * * *", "-tz", "Asia/Seoul", "--disabled")
    assert cli(*words, "--cron", "0 9 * * *", "--force").stdout.splitlines()[-2:] == [
        "  Timezone: UTC (was Asia/Seoul)",
        "  Status: active (was paused)",
    ]


def test_a_disabled_registration_of_the_seed(cli, small_world, project):
    small_world(WITHOUT_CLICKS)
    done = cli(
        *("workflow", "register", "test.dataset", "--cron", "0 10 * * *", "-tz", "Asia/Seoul"),
        *("--disabled", "--path", project, "--demo"),
    )
    assert done.stdout.splitlines() == [
        "Workflow registered: test.dataset",
        "  Source: manual",
        "  Status: paused",
        "  Cron: 0 10 * * *",
        "  Timezone: Asia/Seoul",
    ]


class TestSeedPlan:
    """Seed 004 §10.2."""

    @pytest.fixture(autouse=True)
    def _small(self, small_world):
        small_world(SEEDS)

    def test_register_success(self, cli, project):
        result = cli(
            *("workflow", "register", "test.dataset", "--cron", "0 9 * * *"),
            *("--path", project, "--demo"),
        )
        assert result.exit_code == 0
        assert "registered" in result.output.lower()

    def test_register_missing_cron(self, cli):
        assert cli("workflow", "register", "test.dataset", "--demo").exit_code == 2

    def test_register_with_timezone(self, cli, project):
        result = cli(
            *("workflow", "register", "test.dataset", "--cron", "0 9 * * *"),
            *("--timezone", "Asia/Seoul", "--path", project, "--demo"),
        )
        assert result.exit_code == 0
        assert "Asia/Seoul" in result.output

    def test_list_all(self, cli):
        assert cli("workflow", "list").exit_code == 0

    def test_list_filter_source(self, cli):
        assert cli("workflow", "list", "--source", "manual").exit_code == 0

    def test_history_basic(self, cli):
        assert cli("workflow", "history").exit_code == 0

    def test_history_with_dataset_info(self, cli):
        result = cli("workflow", "history", "-d", "test.dataset", "--show-dataset-info")
        assert result.exit_code == 0


def test_the_archive_belongs_to_the_seeds():
    assert {one.workflow for one in SEED_ARCHIVE} == {CLICKS}
