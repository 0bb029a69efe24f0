"""A profile is added to a config file: checked, no secret in it, and nothing else is touched."""

import stat

import pytest

from dli_tui.config.adding import add_profile, checked, problems
from dli_tui.config.files import load
from dli_tui.config.model import Kind
from dli_tui.domain.errors import ConfigurationError

AIRFLOW = {"kind": "airflow", "url": "https://a.example.com"}
DEMO = {"kind": "demo"}
JWT = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9"


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "config.toml"
    path.write_text('# mine\ntheme = "nord"   # blue\n\n[profiles.dev]\nkind = "demo"')
    return path


def test_what_stands_there_stays_and_the_profile_comes_after_it(path):
    before = path.read_text()
    add_profile(path, "prod", {**AIRFLOW, "token_env": "A_TOKEN", "read_only": True})
    assert path.read_text() == (
        f'{before}\n\n[profiles.prod]\nkind = "airflow"\nurl = "https://a.example.com"\n'
        'token_env = "A_TOKEN"\nread_only = true\n'
    )
    added = load(path, {}).profiles["prod"]
    assert (added.kind, added.url, added.token_env) == (
        *(Kind.AIRFLOW, "https://a.example.com", "A_TOKEN"),
    )
    assert added.read_only


@pytest.mark.parametrize(
    ("settings", "key", "value"),
    [
        ({"token_env": "A_TOKEN"}, "token_env", "A_TOKEN"),
        ({"username": "Ann", "password_env": "A_PASS"}, "username", "Ann"),
        ({"api_key_env": "A_KEY"}, "api_key_env", "A_KEY"),
        ({"token_command": ["pass", 'a "b" \\c']}, "token_command", ("pass", 'a "b" \\c')),
        ({"token_keyring": "dli/ann"}, "token_keyring", "dli/ann"),
    ],
)
def test_each_way_to_sign_in_comes_back_as_it_was_given(path, settings, key, value):
    assert problems("prod", {**AIRFLOW, **settings}) == {}
    add_profile(path, "prod", {**AIRFLOW, **settings})
    assert getattr(load(path, {}).profiles["prod"], key) == value


def test_a_pyairtable_service_is_kept_with_its_saga_service(path):
    url, sagas = "https://t.example.com", "https://s.example.com"
    wanted = {"kind": "pyairtable", "url": url, "saga_url": sagas, "api_key_env": "A_KEY"}
    assert problems("tables", wanted) == {}
    add_profile(path, "tables", wanted)
    added = load(path, {}).profiles["tables"]
    assert (added.kind, added.url, added.saga_url) == (Kind.PYAIRTABLE, url, sagas)


def test_a_file_at_home_is_kept_as_it_was_typed(path, monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    add_profile(path, "prod", {**AIRFLOW, "token_file": "~/.token"})
    assert '"~/.token"' in path.read_text()
    assert load(path, {}).profiles["prod"].token_file == tmp_path / ".token"


def test_the_name_of_a_production_place_is_typed_before_a_write(path):
    add_profile(path, "prod", {**AIRFLOW, "production": True})
    assert load(path, {}).profiles["prod"].confirm == "type"


def test_a_name_with_a_dot_is_quoted(path):
    add_profile(path, "eu.prod", DEMO)
    assert '[profiles."eu.prod"]' in path.read_text()
    assert list(load(path, {}).profiles) == ["dev", "eu.prod"]


# The file


def test_a_new_file_is_for_its_owner_alone(tmp_path):
    path = tmp_path / "new" / "config.toml"
    assert add_profile(path, "dev", DEMO) == ""
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(load(path, {}).profiles) == ["dev"]
    assert [one.name for one in path.parent.iterdir()] == ["config.toml"]


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664])
def test_a_file_stays_as_readable_as_it_was(path, mode):
    path.chmod(mode)
    add_profile(path, "more", DEMO)
    assert stat.S_IMODE(path.stat().st_mode) == mode


def test_a_linked_file_is_written_where_it_is(path, tmp_path):
    link = tmp_path / "elsewhere" / "link.toml"
    link.parent.mkdir()
    link.symlink_to(path)
    add_profile(link, "more", DEMO)
    assert link.is_symlink()
    assert "[profiles.more]" in path.read_text()


def test_line_ends_and_the_mark_at_the_begin_stay(path):
    before = b'\xef\xbb\xbf[profiles.dev]\r\nkind = "demo"\r\n'
    path.write_bytes(before)
    add_profile(path, "more", DEMO)
    assert path.read_bytes() == before + b'\r\n[profiles.more]\r\nkind = "demo"\r\n'


def test_a_name_that_is_there_is_never_written_over(path):
    before = path.read_bytes()
    with pytest.raises(ConfigurationError, match="called 'dev' already"):
        add_profile(path, "dev", DEMO)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("theme = ", "config.toml line 1"),
        ("profiles = 3", "must be a table"),
        ('profiles = { dev = { kind = "demo" } }', "Nothing can be added at the end"),
        ("nonsense = 1", "is not a setting"),
    ],
)
def test_a_file_that_can_not_be_added_to_is_left_alone(path, text, said):
    path.write_text(text)
    with pytest.raises(ConfigurationError, match=said):
        add_profile(path, "more", DEMO)
    assert path.read_text() == text


def test_a_folder_that_can_not_be_made_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match=r"can't be (read|written)"):
        add_profile(tmp_path / "file" / "config.toml", "more", DEMO)


def test_a_half_written_file_is_never_seen(path, monkeypatch):
    def full(self, target):
        raise OSError(28, "No space left on device")

    before = path.read_bytes()
    monkeypatch.setattr("pathlib.Path.replace", full)
    with pytest.raises(ConfigurationError, match="No space left"):
        add_profile(path, "more", DEMO)
    assert path.read_bytes() == before
    assert [one.name for one in path.parent.iterdir()] == ["config.toml"]


def test_the_second_profile_says_that_one_has_to_choose_from_now_on(path):
    assert "--profile" in add_profile(path, "more", DEMO)
    assert add_profile(path, "third", DEMO) == ""
    path.write_text('default_profile = "dev"\n[profiles.dev]\nkind = "demo"\n')
    assert add_profile(path, "more", DEMO) == ""
    assert load(path, {}).default_profile == "dev"


# What is wrong


@pytest.mark.parametrize("name", ["", "a b", "-x", "a/b", "ä", "a]\nkind"])
def test_what_is_no_name_is_told(name):
    assert problems(name, DEMO)["name"].startswith("must be letters, digits")


@pytest.mark.parametrize(
    ("settings", "key", "said"),
    [
        ({"url": ""}, "url", "must not be empty"),
        ({"url": "https://me:s3cret@a.example.com"}, "url", "must not hold a name or password"),
        ({"url": "https://a.example.com?token=s3cret"}, "url", "must end before"),
        ({"token_env": ""}, "token_env", "must not be empty"),
        ({"token_env": "my token"}, "token_env", "name of the variable"),
        ({"token_command": []}, "token_command", "the program first"),
        ({"token_file": "token.txt"}, "token_file", "from / or ~ on"),
        ({"username": "Ann"}, "", "needs password_env"),
        ({"saga_url": "https://s.example.com"}, "", "saga_url is for the kind pyairtable"),
        ({"password_env": "A_PASS"}, "", "needs username"),
    ],
)
def test_what_is_wrong_is_told_of_its_setting(settings, key, said):
    found = problems("prod", {**AIRFLOW, **settings})
    assert list(found) == [key]
    assert said in found[key]


def test_a_place_needs_an_address():
    assert "needs a url" in problems("prod", {"kind": "airflow"})[""]
    assert problems("prod", DEMO) == {}


@pytest.mark.parametrize(
    ("key", "secret"),
    [
        ("token_env", JWT),
        ("token_env", "ghp_0123456789abcdef0123"),
        ("token_env", "AKIAIOSFODNN7EXAMPLE"),
        ("password_env", "hunter2!"),
        ("api_key_env", "keyA1b2C3d4E5f6G7"),
        ("token_file", JWT),
        ("token_keyring", JWT),
        ("token_keyring", "0123456789abcdef0123456789abcdef"),
        ("username", f"Bearer {JWT}"),
        ("token_command", ["echo", "hush"]),
        ("token_command", ["/usr/bin/printf", "hush"]),
        ("token_command", ["show", JWT]),
    ],
)
def test_a_secret_is_refused_wherever_it_is_put_and_not_repeated(key, secret):
    more = {"username": "Ann"} if key == "password_env" else {}
    told = problems("prod", {**AIRFLOW, **more, key: secret})[key]
    assert "No secret is written here" in told
    assert (secret if isinstance(secret, str) else secret[1]) not in told


def test_a_secret_is_no_name_either():
    assert "looks like a secret" in problems(JWT, DEMO)["name"]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("token_env", "AIRFLOW_TOKEN_2026_FOR_PRODUCTION"),
        ("token_command", ["gcloud", "auth", "--account=service2026"]),
        ("token_file", "/run/secrets/airflow0123456789"),
        ("token_keyring", "airflow/service2026account"),
    ],
)
def test_an_honest_way_is_not_taken_for_a_secret(key, value):
    assert problems("airflow-2026-production", {**AIRFLOW, key: value}) == {}


def test_what_no_file_can_hold_is_refused():
    with pytest.raises(ConfigurationError, match="no file can keep"):
        checked("prod", {**AIRFLOW, "token_keyring": "a/\udcff"})


def test_letters_that_toml_must_spell_out_come_back(path):
    add_profile(path, "prod", {**AIRFLOW, "token_command": ["show", "\x7f\t\x01 é 한"]})
    assert load(path, {}).profiles["prod"].token_command == ("show", "\x7f\t\x01 é 한")
