"""Where a command works: options anywhere on the line, profiles, and the demo for looking."""

from contextlib import asynccontextmanager

import pytest

from dli_tui.cli import connection, running
from dli_tui.client import WorkflowClient
from dli_tui.config.model import Kind
from tests.cli.conftest import AT, DEMO
from tests.support_backends import ScriptedBackend

MANUAL = "finance.cost_centers"
ONE = '[profiles.only]\nkind = "demo"\n'
TWO = ONE + '[profiles.other]\nkind = "demo"\n'
PRODUCTION = ONE + "production = true\n"
READ_ONLY = ONE + "read_only = true\n"
DEMO_NOTE = "No profile yet, so this is the built-in demo. Make one: dli-tui config init\n"
WRITES = {
    "run": ["workflow", "run", MANUAL],
    "backfill": ["workflow", "backfill", MANUAL, "-s", "2026-03-02", "-e", "2026-03-02"],
    "stop": ["workflow", "stop", "no_such_run"],
    "retry": ["workflow", "retry", "no_such_run"],
    "pause": ["workflow", "pause", MANUAL],
    "unpause": ["workflow", "unpause", "orders_snapshot"],
    "unregister": ["workflow", "unregister", MANUAL],
    "register": ["workflow", "register", "test.dataset", "-c", "0 9 * * *"],
    "configure": ["workflow", "configure", MANUAL],
    "create a workflow": ["template", "create-workflow", "1", "new", "--set", "url=http://x"],
    "create a template": ["template", "create"],
    "update a template": ["template", "update", "1"],
    "delete a template": ["template", "delete", "1"],
    "start a saga": ["saga", "start", "order_fulfilment", "-p", "order_id=7"],
    "cancel a saga": ["saga", "cancel", "saga-0006"],
    "publish an event": ["saga", "publish", "placed", "--data", "{}"],
}
DEFINITION = "steps: [{name: a, type: log, config: {message: b}}]\n"
TEMPLATE = "name: x\ntemplate_config: {steps: [{name: a, type: log, config: {message: b}}]}\n"


@pytest.fixture
def write(cli, project):
    def call(name, *options):
        words = WRITES[name]
        where = ["--path", project] if name == "register" else []
        if words[1] in ("configure", "create", "update"):
            file = project / "definition.yaml"
            file.write_text(DEFINITION if name == "configure" else TEMPLATE)
            where = ["--file", file]
        return cli(*words, *where, *options)

    return call


@pytest.mark.parametrize(
    "words",
    [
        [*DEMO, "workflow", "list"],
        ["workflow", *DEMO, "list"],
        ["workflow", "list", *DEMO],
        ["--demo", "workflow", "list", "--at", AT],
        ["--at", AT, "workflow", "--demo", "list"],
        ["--demo", "--at", "2020-01-01T00:00Z", "workflow", "list", "--at", AT],
        # --at is of the demo only, so it says enough.
        ["--at", AT, "workflow", "list"],
    ],
    ids=" ".join,
)
def test_connection_options_stand_anywhere_and_the_nearest_counts(cli, words):
    done = cli(*words)
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == cli("workflow", "list", *DEMO).stdout


def test_without_a_command_it_is_the_dashboard_which_wants_a_terminal(cli):
    done = cli(*DEMO)
    assert (done.exit_code, done.stdout) == (2, "")
    assert "needs a terminal" in done.stderr


@pytest.mark.parametrize(
    "words",
    [
        ["--demo", "--profile", "a"],
        ["--demo", "--basecamp", "http://x.example.com"],
        ["--airflow", "http://x.example.com", "--pyairtable", "http://x.example.com"],
    ],
    ids=" ".join,
)
def test_two_places_are_one_too_many(cli, words):
    # Both at the end, or one at the beginning: the last two words are an option and its value.
    for line in (["workflow", "list", *words], [*words[:-2], "workflow", "list", *words[-2:]]):
        done = cli(*line)
        assert (done.exit_code, done.stdout) == (2, "")
        assert "name two places" in " ".join(done.stderr.split())


def test_a_demo_option_with_another_place_is_wrong_use(cli, config):
    done = cli("workflow", "list", "--at", AT, "--basecamp", "http://x.example.com")
    assert (done.exit_code, done.stdout) == (2, "")


# PyAirtable


@pytest.fixture
def opened(monkeypatch):
    """The profile of every place that was opened."""
    profiles = []

    @asynccontextmanager
    async def opened(target):
        profiles.append(target.profile)
        yield WorkflowClient(ScriptedBackend())

    monkeypatch.setattr(running, "opened", opened)
    return profiles


def test_a_pyairtable_service_and_its_sagas_are_two_addresses_of_one_place(
    cli, opened, monkeypatch
):
    monkeypatch.setenv("DLI_TUI_API_KEY", "s3cret")
    urls = ("--pyairtable", "http://t.example.com/", "--saga-url", "http://s.example.com/")
    assert cli("workflow", "list", *urls).exit_code == 0
    (profile,) = opened
    assert (profile.kind, profile.url) == (Kind.PYAIRTABLE, "http://t.example.com")
    assert (profile.saga_url, profile.api_key_env) == ("http://s.example.com", "DLI_TUI_API_KEY")


def test_without_a_saga_url_it_is_for_the_service_to_say_where_they_are(cli, opened):
    assert cli("saga", "list", "--pyairtable", "http://t.example.com").exit_code == 1
    assert opened[0].saga_url is None


def test_the_sagas_of_a_profile_may_be_elsewhere_for_once(cli, opened, config):
    options = config('[profiles.t]\nkind = "pyairtable"\nurl = "http://t"\nsaga_url = "http://s"\n')
    cli("workflow", "list", *options)
    cli("workflow", "list", *options, "--saga-url", "http://other")
    assert [profile.saga_url for profile in opened] == ["http://s", "http://other"]


@pytest.mark.parametrize(
    "words",
    [[], ["--demo"], ["--airflow", "http://x.example.com"]],
    ids=lambda words: " ".join(words) or "no place",
)
def test_a_saga_url_is_for_a_pyairtable_service_only(cli, opened, words):
    done = cli("workflow", "list", "--saga-url", "http://s.example.com", *words)
    assert (done.exit_code, done.stdout, opened) == (2, "", [])
    assert "--saga-url is for a PyAirtable service only" in " ".join(done.stderr.split())


def test_a_saga_url_has_to_be_one(cli, opened):
    done = cli("workflow", "list", "--pyairtable", "http://t", "--saga-url", "sagas")
    assert (done.exit_code, done.stdout, opened) == (1, "", [])
    assert "Error [DLI-001]: --saga-url must be a URL" in done.stderr


def test_an_api_key_is_never_an_option(cli):
    done = cli("workflow", "list", "--pyairtable", "http://t", "--api-key", "s3cret")
    assert done.exit_code == 2
    assert "s3cret" not in done.stderr


# Without a profile


@pytest.mark.parametrize("words", [["list"], ["history"], ["get", MANUAL]], ids=" ".join)
def test_looking_without_a_profile_is_at_the_demo_and_says_so_in_one_line(cli, words):
    done = cli("workflow", *words)
    assert (done.exit_code, done.stderr) == (0, DEMO_NOTE)
    assert DEMO_NOTE not in done.stdout


@pytest.mark.parametrize("name", WRITES)
def test_a_headless_write_without_a_profile_ends_2_and_does_nothing(write, monkeypatch, name):
    monkeypatch.setattr(running, "_run", lambda *_: pytest.fail("something was opened"))
    done = write(name)
    assert (done.exit_code, done.stdout) == (2, "")
    assert "Add --demo for the demo" in done.stderr


def test_a_person_at_the_terminal_may_write_to_the_demo(write, monkeypatch):
    monkeypatch.setattr(running, "is_attended", lambda: True)
    done = write("pause")
    assert (done.exit_code, done.stderr) == (0, DEMO_NOTE)
    assert done.stdout == f"Workflow paused: {MANUAL}\n"


def test_a_pipe_is_nobody(monkeypatch):
    assert not connection.is_attended()


def test_a_dry_run_is_looking(cli):
    done = cli("workflow", "run", MANUAL, "--dry-run")
    assert (done.exit_code, done.stderr) == (0, DEMO_NOTE)


# Profiles


def test_the_only_profile_needs_no_choosing(cli, config):
    done = cli("workflow", "list", *config(ONE))
    assert (done.exit_code, done.stderr) == (0, "")


def test_several_profiles_and_none_chosen_ends_2(cli, config):
    done = cli("workflow", "list", *config(TWO))
    assert (done.exit_code, done.stdout) == (2, "")
    assert "Several profiles and none chosen" in done.stderr
    assert "--profile NAME" in done.stderr


@pytest.mark.parametrize("by", ["--profile", "DLI_TUI_PROFILE", "default_profile"])
def test_a_profile_is_chosen_in_three_ways(cli, config, monkeypatch, by):
    text, words = TWO, []
    if by == "--profile":
        words = ["--profile", "other"]
    elif by == "DLI_TUI_PROFILE":
        monkeypatch.setenv("DLI_TUI_PROFILE", "other")
    else:
        text = 'default_profile = "other"\n' + TWO
    assert cli("workflow", "list", *config(text), *words).exit_code == 0


def test_a_profile_that_is_not_there_ends_2(cli, config):
    done = cli("workflow", "list", *config(ONE), "--profile", "onyl")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "onyl" in done.stderr
    assert "only" in done.stderr


def test_a_config_file_that_is_wrong_names_the_line(cli, config):
    done = cli("workflow", "list", *config('[profiles.a]\nkind = "nonsense"\n'))
    assert (done.exit_code, done.stdout) == (1, "")
    assert "config.toml:2" in done.stderr or "line 2" in done.stderr


@pytest.mark.parametrize("name", WRITES)
def test_a_production_profile_wants_yes(write, config, monkeypatch, name):
    monkeypatch.setattr(running, "_run", lambda *_: pytest.fail("something was opened"))
    done = write(name, *config(PRODUCTION))
    assert (done.exit_code, done.stdout) == (2, "")
    assert "'only' is marked production" in done.stderr
    assert "--yes" in done.stderr


@pytest.mark.parametrize("yes", ["--yes", "-y"])
def test_a_production_profile_with_yes_is_written_to(write, config, yes):
    assert write("pause", *config(PRODUCTION), yes).exit_code == 0


def test_a_production_profile_is_looked_at_without_asking(cli, config):
    assert cli("workflow", "list", *config(PRODUCTION)).exit_code == 0


@pytest.mark.parametrize("by", ["the profile", "--read-only"])
@pytest.mark.parametrize("name", WRITES)
def test_read_only_refuses_every_write(write, config, name, by):
    options = config(READ_ONLY) if by == "the profile" else [*DEMO, "--read-only"]
    done = write(name, *options)
    assert (done.exit_code, done.stdout) == (1, "")
    assert "Error [DLI-803]" in done.stderr
    assert "read-only" in done.stderr


# The demo remembers


def test_what_a_command_does_is_seen_by_the_next_until_it_is_forgotten(cli):
    def status():
        return cli("workflow", "get", MANUAL, "--demo").stdout.splitlines()[2:4]

    assert status() == ["Status: active", "Cron: 0 6 * * 1-5"]
    cli("workflow", "pause", MANUAL, "--reason", "stocktaking", "--demo")
    assert status() == ["Status: paused", "Reason: stocktaking"]
    assert cli("demo", "reset").stdout == "The demo is as new: 1 action forgotten.\n"
    assert status() == ["Status: active", "Cron: 0 6 * * 1-5"]


def test_an_hour_that_stands_still_leaves_no_trace(cli):
    done = cli("workflow", "pause", MANUAL, *DEMO)
    assert done.exit_code == 0
    assert cli("demo", "reset").stdout == "The demo is as new: 0 actions forgotten.\n"


def test_each_seed_is_a_world_of_its_own(cli):
    cli("workflow", "pause", MANUAL, "--demo-seed", "7")
    assert "Status: active" in cli("workflow", "get", MANUAL, "--demo").stdout
    assert "Status: paused" in cli("workflow", "get", MANUAL, "--demo-seed", "7").stdout
    assert cli("demo", "reset").stdout == "The demo is as new: 0 actions forgotten.\n"
    assert "1 action" in cli("demo", "reset", "--demo-seed", "7").stdout
