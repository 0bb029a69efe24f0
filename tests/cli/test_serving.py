"""`dli-tui serve`: what it refuses, what it serves, and the tokens to sign in with."""

import json
import signal
import stat
import subprocess
import sys
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from dli_tui.server import running
from dli_tui.server.identity import Role
from dli_tui.server.tokens import found_in, read_tokens

SECRET = "a-secret-that-is-long-enough-for-all"
PROGRAM = [sys.executable, "-m", "dli_tui"]
READ_ONLY = '[profiles.prod]\nkind = "demo"\nproduction = true\nread_only = true\n'
PRODUCTION = '[profiles.prod]\nkind = "demo"\nproduction = true\n'


@pytest.fixture
def tokens(tmp_path):
    """The file of tokens, and the options that name it."""
    path = tmp_path / "tokens.json"
    return path, ("--tokens", path)


@pytest.fixture
def add(cli, tokens):
    """Makes a token; its text."""

    def made(name="oncall@example.com", role="operator", *more):
        done = cli("serve", "token", "add", name, "--role", role, *tokens[1], *more)
        assert done.exit_code == 0, done.stderr
        return done.stdout.strip()

    return made


@pytest.fixture
def served(monkeypatch):
    """The settings with which something would be served."""
    seen = []

    def serve(app, settings, say):
        running.check(settings)
        seen.append(settings)
        return 0

    monkeypatch.setattr(running, "serve", serve)
    return seen


def test_a_token_is_printed_alone_and_once(cli, add, tokens):
    path, _ = tokens
    done = cli("serve", "token", "add", "oncall@example.com", "--role", "admin", *tokens[1])
    token = found_in(read_tokens(path), done.stdout.strip())
    assert (token.name, token.role, token.expires) == ("oncall@example.com", Role.ADMIN, None)
    assert done.stdout.count("\n") == 1
    assert "isn't shown again" in done.stderr
    assert done.stdout.strip() not in done.stderr


def test_they_are_listed_without_their_secrets(cli, add, tokens):
    texts = [add(), add("vi", "viewer", "--expires", "90d")]
    table = cli("serve", "token", "list", *tokens[1]).stdout
    data = cli("serve", "token", "list", "--format", "json", *tokens[1]).stdout
    hashes = [token.sha256 for token in read_tokens(tokens[0]).values()]
    for secret in (*texts, *(text[17:] for text in texts), *hashes):
        assert secret not in table + data
    assert table.splitlines()[0].split() == ["ID", "NAME", "ROLE", "CREATED", "EXPIRES"]
    assert table.splitlines()[1].split()[:3] == [texts[0][4:16], "oncall@example.com", "operator"]
    assert table.endswith("Total: 2 tokens\n")
    assert [row["role"] for row in json.loads(data)["tokens"]] == ["operator", "viewer"]


def test_without_any_the_list_is_empty(cli, tokens):
    assert cli("serve", "token", "list", *tokens[1]).stdout.endswith("Total: 0 tokens\n")


def test_one_is_revoked_by_its_id(cli, add, tokens):
    gone, stays = add(), add()
    done = cli("serve", "token", "revoke", gone[4:16], *tokens[1])
    assert done.stdout == f"Revoked: {gone[4:16]}, of oncall@example.com\n"
    assert list(read_tokens(tokens[0])) == [stays[4:16]]
    again = cli("serve", "token", "revoke", gone[4:16], *tokens[1])
    assert (again.exit_code, "no token" in again.stderr) == (1, True)


@pytest.mark.parametrize(
    ("when", "after"),
    [("1d", timedelta(days=1)), ("90d", timedelta(days=90)), ("2999-01-31", None)],
)
def test_a_token_ends_after_a_span_or_with_a_day(add, tokens, when, after):
    before = datetime.now(UTC)
    add("oncall", "viewer", "--expires", when)
    expires = next(iter(read_tokens(tokens[0]).values())).expires
    if after is None:
        assert expires == datetime(2999, 2, 1, tzinfo=UTC)
    else:
        assert before + after <= expires <= datetime.now(UTC) + after


@pytest.mark.parametrize("when", ["", "soon", "0d", "-1d", "9999-12-31", "2020-01-01", "1h"])
def test_any_other_end_is_refused(cli, tokens, when):
    done = cli("serve", "token", "add", "a", "--role", "viewer", "--expires", when, *tokens[1])
    assert done.exit_code == 1
    assert "DLI-001" in done.stderr
    assert not tokens[0].exists()


def test_they_are_kept_beside_the_config_file(cli, config):
    named = config("")
    cli("serve", "token", "add", "oncall", "--role", "viewer", *named)
    path = named[1].with_name("tokens.json")
    assert len(read_tokens(path)) == 1
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_help_tells_of_both(cli):
    help_ = cli("serve", "-h").stdout
    assert "--behind-proxy" in help_
    assert "dli-tui serve token add" in help_
    assert "revoke" in cli("serve", "token", "-h").stdout


@pytest.mark.parametrize("words", [("tokn", "list"), ("token", "lst"), ("--prot", "1")])
def test_what_is_mistyped_ends_2(cli, served, words):
    assert cli("serve", *words).exit_code == 2
    assert served == []


@pytest.mark.parametrize("words", [("--demo", "serve"), ("serve", "--demo")])
def test_the_demo_is_open_on_this_machine(cli, served, words):
    assert cli(*words).exit_code == 0
    [settings] = served
    assert settings.open
    assert (settings.host, settings.port, settings.place) == ("127.0.0.1", 8030, "demo")
    assert settings.audit is None


ELSEWHERE = """
[profiles.one]
kind = "basecamp"
url = "https://one.example.com/"
[profiles.same]
kind = "basecamp"
url = "https://one.example.com"
[profiles.two]
kind = "basecamp"
url = "https://two.example.com"
[profiles.air]
kind = "airflow"
url = "https://one.example.com"
"""


def test_answers_are_kept_by_the_place_that_is_served(cli, served, config, tokens, add):
    add()
    named = config(ELSEWHERE)
    options = (("--demo",), ("--demo", "--demo-size", "9"), ("--demo", "--demo-seed", "7"))
    profiles = tuple(("--profile", name, *named) for name in ("one", "same", "two", "air"))
    for one in (*options, *profiles):
        assert cli("serve", *one, *tokens[1]).exit_code == 0
    demo, larger, other, one, same, two, air = (settings.answers for settings in served)
    assert (demo, one) == (larger, same)
    assert len({demo, other, one, two, air}) == 5
    assert {path.parent for path in (demo, one)} == {served[0].audit.parent}


def test_who_keeps_backfills_going_is_settled_among_all_who_serve_a_place(
    cli, served, config, tokens, add
):
    add()
    named = config(ELSEWHERE)
    for name in ("one", "same", "two", "air"):
        assert cli("serve", "--profile", name, *named, *tokens[1]).exit_code == 0
    assert cli("serve", "--demo").exit_code == 0
    one, same, two, air, demo = (settings.lease for settings in served)
    assert one == same
    assert len({one, two, air}) == 3
    assert one.parent == served[0].answers.parent
    assert demo is None, "it keeps its own going"


@pytest.mark.parametrize("words", [("--at", "2026-11-21T09:00Z"), ("--demo-speed", "60")])
def test_a_demo_that_forgets_what_was_done_forgets_its_answers(cli, served, words):
    assert cli("serve", "--demo", *words).exit_code == 0
    assert served[0].answers is None


def test_once_there_is_a_token_the_demo_asks_for_it_as_well(cli, served, config):
    named = config("")
    cli("serve", "token", "add", "oncall", "--role", "viewer", *named)
    cli("serve", "--demo", *named)
    [settings] = served
    assert settings.tokens == named[1].with_name("tokens.json")
    assert settings.audit.name == "serve-audit.jsonl"
    assert settings.answers.parent == settings.audit.parent


def test_every_option_reaches_the_server(cli, served, add, tokens, monkeypatch):
    add()
    monkeypatch.setenv("JWT_SECRET", SECRET)
    options = (
        *("--host", "0.0.0.0", "--port", "9000", "--host-name", "a.example.com"),
        *("--host-name", "b.example.com", "--behind-proxy", "10.0.0.1"),
        *("--behind-proxy", "10.1.0.0/16", "--audit", tokens[0].with_name("log")),
        *("--jwt-secret-env", "JWT_SECRET", "--jwt-issuer", "i", "--jwt-audience", "a"),
        *("--jwt-role-claim", "dli_role"),
    )
    assert cli("serve", "--demo", *tokens[1], *options).exit_code == 0
    [settings] = served
    assert (settings.host, settings.port) == ("0.0.0.0", 9000)
    assert settings.names >= {"a.example.com", "b.example.com"}
    assert [str(one) for one in settings.proxies] == ["10.0.0.1/32", "10.1.0.0/16"]
    assert settings.audit == tokens[0].with_name("log")
    assert (settings.jwt.issuer, settings.jwt.audience) == ("i", "a")
    assert settings.jwt.role_claim == "dli_role"
    assert settings.jwt.secret.reveal() == SECRET


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--host", "10.0.0.7"), "without sign-in"),
        (("--tokens", "none.json"), "nobody could sign in"),
        (("--tls-cert", "cert.pem"), "go together"),
        (("--behind-proxy", "everybody"), "--behind-proxy"),
        (("--jwt-secret-env", "NOT_SET"), "NOT_SET is not set"),
        (("--jwt-issuer", "i", "--jwt-audience", "a"), "one key"),
        (("--jwt-jwks", "keys.json"), "issuer and an audience"),
    ],
    ids=str,
)
def test_what_may_not_be_is_told_in_words(cli, served, options, says):
    done = cli("serve", "--demo", *options)
    assert done.exit_code == 1
    assert says in done.stderr
    assert served == []


def test_a_short_secret_is_refused_and_not_shown(cli, served, monkeypatch):
    monkeypatch.setenv("JWT_SECRET", "hunter2")
    jwt = ("--jwt-secret-env", "JWT_SECRET", "--jwt-issuer", "i", "--jwt-audience", "a")
    done = cli("serve", "--demo", *jwt)
    assert "shorter than 32 bytes" in done.stderr
    assert "hunter2" not in done.output


def test_nobody_serves_a_place_that_nobody_named(cli, served):
    done = cli("serve")
    assert (done.exit_code, served) == (2, [])
    assert "say what to serve: --demo, or --profile NAME" in done.stderr


def test_a_production_profile_is_served_when_one_is_sure(cli, served, config):
    named = config(PRODUCTION)
    assert cli("serve", *named).exit_code == 2
    assert served == []
    assert cli("serve", "--yes", *named).exit_code == 0


@pytest.mark.parametrize(("text", "more"), [(READ_ONLY, ()), (PRODUCTION, ("--read-only",))])
def test_where_nothing_can_be_changed_nobody_need_be_sure(cli, served, config, text, more):
    assert cli("serve", *config(text), *more).exit_code == 0
    assert len(served) == 1


@pytest.mark.parametrize("package", ["starlette", "uvicorn", "jwt", "httptools", "uvloop"])
def test_without_the_extra_it_says_what_to_install(package):
    script = (
        "import sys\n"
        f"sys.modules[{package!r}] = None\n"
        "from dli_tui.cli.main import app\n"
        "app(['serve', '--demo'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "which isn't installed" in done.stderr
    assert "pip install 'dli-tui[server]'" in done.stderr


def test_neither_tokens_nor_other_commands_load_what_serves(tmp_path):
    script = (
        "import sys\n"
        "from dli_tui.cli.main import app\n"
        f"app(['serve', 'token', 'list', '--tokens', {str(tmp_path / 't')!r}], "
        "standalone_mode=False)\n"
        "print(*sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert "dli_tui.server.tokens" in loaded
    assert loaded.isdisjoint({"starlette", "uvicorn", "jwt", "uvloop", "textual"})


@contextmanager
def started(*options):
    process = subprocess.Popen(
        [*PROGRAM, "serve", "--demo", "--port", "0", *map(str, options)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
    )
    try:
        yield process, process.stdout.readline().partition(" on ")[2].split()[0]
    finally:
        process.kill()
        process.communicate()


PAUSE = "/api/v1/workflows/iceberg.analytics.daily_clicks/pause"


def asks(url, token=None, **headers):
    if token is not None:
        headers["authorization"] = f"Bearer {token}"
    return httpx.Client(base_url=url, headers=headers, trust_env=False)


def test_the_whole_is_served_with_tokens_and_ends_when_it_is_told_to(add, tokens, tmp_path):
    operator, viewer = add(), add("vi@example.com", "viewer")
    audit = tmp_path / "audit.jsonl"
    with (
        started(*tokens[1], "--audit", audit) as (process, url),
        asks(url) as nobody,
        asks(url, viewer) as looks,
        asks(url, operator) as steers,
    ):
        assert nobody.get("/health").json() == {"status": "healthy"}
        assert nobody.get("/api/v1/workflows").status_code == 401
        assert looks.get("/api/v1/workflows").status_code == 200
        assert looks.post(PAUSE, json={"reason": "tidying"}).status_code == 403
        key = {"idempotency-key": "once"}
        first = steers.post(PAUSE, json={"reason": "tidying"}, headers=key)
        again = steers.post(PAUSE, json={"reason": "tidying"}, headers=key)
        assert first.json()["paused_by"] == "oncall@example.com"
        assert first.json() == again.json()
        assert steers.get("/health", headers={"host": "evil.com"}).status_code == 400
        process.send_signal(signal.SIGTERM)
        _, log = process.communicate(timeout=20)
    assert process.returncode == 0
    written = [json.loads(line) for line in audit.read_text().splitlines()]
    assert [(line["who"], line.get("status")) for line in written] == [
        ("vi@example.com", 403),
        *(("oncall@example.com", None), ("oncall@example.com", 200)),
    ]
    assert [json.loads(line)["status"] for line in log.splitlines()] == [
        200,
        401,
        200,
        403,
        200,
        200,
        400,
    ]
    for text in (operator, viewer):
        assert text[17:] not in log + audit.read_text()
