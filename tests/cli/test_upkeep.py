"""The program's own affairs: help, version, config, doctor."""

import os
import re
import shutil
import stat
import sys

import pytest

from dli_tui import __version__
from dli_tui.cli import upkeep
from dli_tui.domain.capability import Capability
from dli_tui.domain.saga import Saga
from dli_tui.domain.status import SagaStatus
from tests.support import ManualClock
from tests.support_backends import NOW, ScriptedBackend

COMMANDS = [
    "",
    "workflow",
    *(
        f"workflow {name}"
        for name in (
            *("list", "get", "history", "status", "run", "backfill", "stop"),
            *("pause", "unpause", "register", "unregister", "retry", "configure"),
        )
    ),
    "template",
    *(
        f"template {name}"
        for name in ("list", "show", "usage", "create-workflow", "create", "update", "delete")
    ),
    "saga",
    *(f"saga {name}" for name in ("list", "show", "start", "cancel", "publish")),
    "health",
    "config",
    "config path",
    "config show",
    "config init",
    "config add",
    "demo",
    "demo reset",
    "airflow",
    "airflow install",
    "serve",
    "serve token",
    "serve token add",
    "serve token list",
    "serve token revoke",
    "doctor",
]


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_every_command_explains_itself_and_where_it_works(cli, command, flag):
    done = cli(*command.split(), flag)
    assert (done.exit_code, done.stderr) == (0, "")
    assert "Usage: " in done.stdout
    assert "--profile" in done.stdout


def test_the_help_of_a_group_names_its_commands(cli):
    text = cli("workflow", "-h").stdout
    for command in COMMANDS[2:15]:
        assert command.split()[1] in text


def test_a_group_without_a_command_says_what_there_is(cli):
    done = cli("workflow")
    assert done.exit_code == 2
    assert "unregister" in done.stdout + done.stderr


def test_the_version_is_said(cli):
    done = cli("--version")
    assert (done.exit_code, done.stdout) == (0, f"dli-tui {__version__}\n")


# config


def test_the_path_of_the_config_file_is_that_of_the_user(cli, monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setattr("sys.platform", "linux")
    assert cli("config", "path").stdout.strip().endswith("config.toml")
    assert cli("config", "path", "--config", "/elsewhere.toml").stdout == "/elsewhere.toml\n"
    monkeypatch.setenv("DLI_TUI_CONFIG", "/by/variable.toml")
    assert cli("config", "path").stdout == "/by/variable.toml\n"


def test_init_writes_a_private_file_once(cli, tmp_path):
    path = tmp_path / "new" / "config.toml"
    done = cli("config", "init", "--config", path)
    assert (done.exit_code, done.stdout) == (0, f"Written: {path}\n")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.write_text("theme = 'mine'\n")
    again = cli("config", "init", "--config", path)
    assert (again.exit_code, again.stdout) == (1, "")
    assert "is there already" in again.stderr
    assert path.read_text() == "theme = 'mine'\n"


def test_what_init_wrote_can_be_read(cli, tmp_path):
    path = tmp_path / "config.toml"
    cli("config", "init", "--config", path)
    assert cli("workflow", "list", "--config", path).exit_code == 0
    assert cli("config", "show", "--config", path).stdout.startswith(f"# {path}\n")


def test_show_tells_every_setting_and_no_secret(cli, config, monkeypatch):
    monkeypatch.setenv("MY_TOKEN", "s3cret")
    options = config(
        '[profiles.a]\nkind = "basecamp"\nurl = "https://x.example.com"\ntoken_env = "MY_TOKEN"\n'
        '[profiles.b]\nkind = "airflow"\nurl = "https://y.example.com"\n'
        'token_command = ["show", "s3cret"]\nproxy = "http://me:s3cret@p.example.com"\n'
    )
    done = cli("config", "show", *options)
    assert done.exit_code == 0
    assert 'token_env = "MY_TOKEN"' in done.stdout
    assert "https://y.example.com" in done.stdout
    assert "s3cret" not in done.stdout + done.stderr


def test_a_password_that_others_can_read_is_warned_about(cli, config):
    _, path = config('[profiles.a]\nkind = "demo"\nproxy = "http://me:s3cret@p.example.com"\n')
    path.chmod(0o644)
    done = cli("workflow", "list", "--config", path)
    assert (done.exit_code, done.stderr.count("Warning: ")) == (0, 1)
    assert f"chmod 600 {path}" in done.stderr
    assert "s3cret" not in done.stderr


# doctor


def findings(done):
    return {line[6:22].strip(): line[:4].strip() for line in done.stdout.splitlines()}


def test_a_healthy_place_has_six_lines_and_ends_0(cli):
    done = cli("doctor", "--demo")
    assert done.exit_code == 0
    assert findings(done) == dict.fromkeys(
        ("configuration", "profile", "sign-in", "reachability", "version", "terminal"), "ok"
    )
    assert "the built-in demo answers in" in done.stdout
    assert f"dli-tui {__version__}, Python 3." in done.stdout


def test_a_server_that_does_not_answer_ends_1(cli, config):
    options = config('[profiles.a]\nkind = "basecamp"\nurl = "http://127.0.0.1:1"\n')
    done = cli("doctor", *options)
    assert done.exit_code == 1
    assert findings(done)["reachability"] == "FAIL"
    assert findings(done)["configuration"] == "ok"
    assert "[DLI-501] 127.0.0.1:1 can't be reached: it refuses the connection" in done.stdout


def test_a_token_that_is_not_there_ends_1(cli, config):
    options = config(
        '[profiles.a]\nkind = "basecamp"\nurl = "https://x.example.com"\ntoken_env = "NOT_SET"\n'
    )
    done = cli("doctor", *options)
    assert done.exit_code == 1
    assert findings(done)["sign-in"] == "FAIL"
    assert "NOT_SET" in done.stdout


def test_a_config_file_that_is_wrong_is_the_finding_and_the_rest_is_still_looked_at(cli, config):
    done = cli("doctor", *config("nonsense = 1\n"))
    assert done.exit_code == 1
    assert findings(done) == {"configuration": "FAIL", "version": "ok", "terminal": "ok"}


def test_the_doctor_warns_once(cli, config):
    _, path = config('[profiles.a]\nkind = "demo"\nproxy = "http://me:x@p.example.com"\n')
    path.chmod(0o644)
    assert cli("doctor", "--config", path).stderr.count("Warning: ") == 1


TABLES = '[profiles.a]\nkind = "pyairtable"\nurl = "https://t.example.com"\n'
SAGAS = TABLES + 'saga_url = "https://s.example.com"\n'


class Sagas(ScriptedBackend):
    async def sagas(self):
        saga = Saga(saga_id="s1", saga_type="t", status=SagaStatus.RUNNING)
        return (saga,) if Capability.SAGAS in self.capabilities else await super().sagas()


ANSWERS = "answers in 0 ms"
FOUND = {
    "under the same URL": (TABLES, [], f"ok    https://t.example.com {ANSWERS}, 1 saga"),
    "none there": (TABLES, [Capability.SAGAS], "so in saga_url"),
    "elsewhere": (SAGAS, [], f"ok    https://s.example.com {ANSWERS}, 1 saga"),
    "none elsewhere": (SAGAS, [Capability.SAGAS], "FAIL  [DLI-802] The script doesn't offer sagas"),
}


@pytest.mark.parametrize("case", FOUND)
def test_the_saga_service_is_looked_at_too(cli, config, world, case):
    text, lacks, found = FOUND[case]
    world(Sagas(without=lacks), ManualClock(NOW))
    done = cli("doctor", *config(text))
    (line,) = (line for line in done.stdout.splitlines() if "  sagas " in line)
    said = re.sub(r"in \d+ ms", "in 0 ms", re.sub(r"sagas +", "", line, count=1))
    assert said.endswith(found)
    assert (done.exit_code == 0) == line.startswith("ok")


@pytest.mark.parametrize(
    ("term", "size", "ok", "said"),
    [
        ("xterm-256color", (80, 24), True, "80×24"),
        ("dumb", (80, 24), False, "set TERM"),
        ("", (80, 24), False, "set TERM"),
        ("xterm", (50, 24), False, "too small"),
        ("xterm", (80, 10), False, "too small"),
    ],
)
def test_a_terminal_is_looked_at(monkeypatch, term, size, ok, said):
    monkeypatch.setenv("TERM", term)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setattr(shutil, "get_terminal_size", lambda: os.terminal_size(size))
    finding = upkeep._terminal()
    assert (finding.ok, said in finding.told) == (ok, True)


def test_a_profile_that_is_not_there_is_a_finding_of_the_doctor(cli, config):
    done = cli("doctor", "--profile", "nope", *config('[profiles.demo]\nkind = "demo"\n'))
    assert done.exit_code == 1
    lines = done.stdout.splitlines()
    assert [line.split()[:2] for line in lines] == [
        ["ok", "configuration"],
        ["FAIL", "profile"],
        ["ok", "version"],
        ["ok", "terminal"],
    ]
    assert "nope" in lines[1]


@pytest.mark.parametrize(
    ("keys", "ok", "said"),
    [
        ('"do.pause" = "f5"', "ok", "1 key of your own"),
        ('"do.stpo" = "x"', "FAIL", "do.stpo is no command"),
        ('"do.pause" = "s"', "FAIL", "do.pause"),
    ],
)
def test_keys_of_ones_own_are_looked_at(cli, config, keys, ok, said):
    done = cli("doctor", "--demo", *config(f"[keys]\n{keys}\n"))
    line = next(line for line in done.stdout.splitlines() if " keys " in line)
    assert line.startswith(ok)
    assert said in line


@pytest.mark.parametrize(
    ("view", "ok", "said"),
    [
        ('sort = "name"', "ok", "1 saved view"),
        ('sort = "colour"', "FAIL", "sort must be one of"),
        ('columns = ["nope"]', "FAIL", "columns must be"),
        ('status = "odd"', "FAIL", "status must be one of"),
    ],
)
def test_saved_views_are_looked_at(cli, config, view, ok, said):
    done = cli("doctor", "--demo", *config(f"[views.mine]\n{view}\n"))
    line = next(line for line in done.stdout.splitlines() if " views " in line)
    assert line.startswith(ok)
    assert said in line


# config add

AIRFLOW = ("--kind", "airflow", "--url", "https://a.example.com")


def test_a_profile_is_added_once_its_place_has_answered(cli, tmp_path):
    path = tmp_path / "config.toml"
    done = cli("config", "add", "play", "--kind", "demo", "--config", path)
    assert (done.exit_code, done.stdout) == (0, f"Added: play in {path}\n")
    assert "It answers: 39 workflows" in done.stderr
    assert '[profiles.play]\nkind = "demo"\n' in path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_place_that_does_not_answer_is_added_only_where_that_is_said(cli, config):
    options = config('[profiles.demo]\nkind = "demo"\n')
    before = options[1].read_text()
    done = cli("config", "add", "prod", *AIRFLOW, *options)
    assert (done.exit_code, done.stdout) == (1, "")
    assert "--no-test" in done.stderr
    assert options[1].read_text() == before
    assert cli("config", "add", "prod", *AIRFLOW, "--no-test", *options).exit_code == 0
    assert "[profiles.prod]" in options[1].read_text()


def test_every_setting_of_the_command_line_is_written(cli, config):
    options = config('default_profile = "demo"\n[profiles.demo]\nkind = "demo"\n')
    given = ("--token-command", "pass show 'a b'", "--production", "--read-only", "--no-test")
    assert cli("config", "add", "prod", *AIRFLOW, *given, *options).exit_code == 0
    shown = cli("config", "show", *options).stdout
    assert 'default_profile = "demo"' in shown
    assert 'token_command = ["pass", "…"]' in shown
    assert "production = true" in shown
    assert "read_only = true" in shown
    assert 'confirm = "type"' in shown


def test_a_pyairtable_service_is_added_with_its_saga_service(cli, config):
    options = config('[profiles.demo]\nkind = "demo"\n')
    url, sagas = "https://t.example.com", "https://s.example.com"
    where = ("--kind", "pyairtable", "--url", url, "--saga-url", sagas, "--api-key-env", "A_KEY")
    assert cli("config", "add", "tables", *where, "--no-test", *options).exit_code == 0
    assert (
        options[1]
        .read_text()
        .endswith(
            '[profiles.tables]\nkind = "pyairtable"\n'
            f'url = "{url}"\napi_key_env = "A_KEY"\nsaga_url = "{sagas}"\n'
        )
    )


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("prod",), 2),
        (("prod", *AIRFLOW, "--saga-url", "https://s.example.com"), 1),
        (("prod", "--kind", "nope"), 2),
        (("prod", *AIRFLOW, "--token-command", "pass 'show"), 2),
        (("prod", "--kind", "airflow"), 1),
        (("a b", "--kind", "demo"), 1),
        (("prod", *AIRFLOW, "--token-env", "ghp_0123456789abcdef0123"), 1),
        (("prod", *AIRFLOW, "--username", "ann"), 1),
        (("demo", "--kind", "demo"), 1),
    ],
)
def test_what_can_not_be_a_profile_is_refused_and_nothing_is_written(cli, config, words, code):
    options = config('[profiles.demo]\nkind = "demo"\n')
    before = options[1].read_text()
    done = cli("config", "add", *words, *options)
    assert done.exit_code == code
    assert "ghp_" not in done.stdout + done.stderr
    assert options[1].read_text() == before


def test_who_has_two_profiles_now_is_told_to_choose(cli, config):
    options = config('[profiles.demo]\nkind = "demo"\n')
    done = cli("config", "add", "more", "--kind", "demo", *options)
    assert "set default_profile" in done.stderr
