"""Where the config file is, which profile is meant, and what is written and shown."""

import errno
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from dli_tui.config.files import (
    EXAMPLE,
    Place,
    choose_profile,
    initial_text,
    load,
    locate,
    profile_for_url,
    show,
    write_initial,
)
from dli_tui.config.model import Kind, Profile, Settings
from dli_tui.domain.errors import ConfigurationError, ErrorCode

TWO = """
[profiles.dev]
kind = "demo"
[profiles.prod]
kind = "basecamp"
url = "https://x.example"
"""


@pytest.fixture
def config(tmp_path):
    path = tmp_path / "config.toml"
    path.write_text(TWO, encoding="utf-8")
    path.chmod(0o600)
    return path


@pytest.fixture
def two(config):
    return load(config, {})


def test_reading_the_settings_needs_nothing_slow(config):
    code = (
        "import sys; from dli_tui.config.files import load; load(sys.argv[1], {});"
        "print(*{'pydantic', 'httpx', 'platformdirs', 'difflib', 'subprocess'} & {*sys.modules})"
    )
    command = [sys.executable, "-S", "-c", code, str(config)]
    root = Path(__file__).parents[2]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout == "\n"


def test_an_argument_comes_before_the_variable():
    env = {"DLI_TUI_CONFIG": "/from/env.toml"}
    assert locate("/from/argument.toml", env) == Place(Path("/from/argument.toml"), named=True)
    assert locate(None, env) == Place(Path("/from/env.toml"), named=True)


def test_without_either_it_is_in_the_users_config_folder(monkeypatch, tmp_path):
    monkeypatch.setattr("platformdirs.user_config_path", lambda name, appauthor: tmp_path / name)
    place = locate(None, {"DLI_TUI_CONFIG": ""})
    assert place == Place(tmp_path / "dli-tui" / "config.toml", named=False)


def test_a_tilde_in_the_name_of_the_file_is_the_home_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert locate("~/c.toml", {}).path == tmp_path / "c.toml"


def test_the_usual_file_may_be_missing(monkeypatch, tmp_path):
    monkeypatch.setattr("platformdirs.user_config_path", lambda name, appauthor: tmp_path / name)
    assert load(None, {}) == Settings()


@pytest.mark.parametrize("by_argument", [True, False])
def test_a_file_that_was_named_must_be_there(tmp_path, by_argument):
    name = str(tmp_path / "none.toml")
    with pytest.raises(ConfigurationError, match=r"none\.toml doesn't exist"):
        load(name if by_argument else None, {} if by_argument else {"DLI_TUI_CONFIG": name})


def test_a_folder_is_not_a_file(tmp_path):
    with pytest.raises(ConfigurationError, match="can't be read: Is a directory"):
        load(tmp_path, {})


def test_the_settings_know_their_file(config, two):
    assert two.path == config
    assert list(two.profiles) == ["dev", "prod"]


def test_broken_toml_is_said_with_its_line(tmp_path):
    path = tmp_path / "c.toml"
    path.write_text('theme = "x"\nmouse = maybe\n')
    with pytest.raises(ConfigurationError) as caught:
        load(path, {})
    assert caught.value.message == "c.toml line 2: Invalid value"
    assert caught.value.__context__ is None


def test_toml_that_ends_too_early_is_said_with_its_last_line(tmp_path):
    path = tmp_path / "c.toml"
    path.write_text("mouse = true\nkeys = [")
    with pytest.raises(ConfigurationError, match=r"^\[DLI-001\] c\.toml line 2: "):
        load(path, {})


@pytest.mark.parametrize("text", ["a = " + "9" * 5000, "a = " + "[" * 100_000])
def test_endless_numbers_and_brackets_are_refused_in_words(tmp_path, text):
    path = tmp_path / "c.toml"
    path.write_text(text)
    with pytest.raises(ConfigurationError, match=r"c\.toml"):
        load(path, {})


def test_what_is_not_utf8_is_said_with_its_line(tmp_path):
    path = tmp_path / "c.toml"
    path.write_bytes(b'mouse = true\ntheme = "\xff"\n')
    with pytest.raises(ConfigurationError) as caught:
        load(path, {})
    assert caught.value.message == "c.toml line 2: is not UTF-8 text"
    assert caught.value.__context__ is None


def test_a_file_from_another_system_is_read_too(tmp_path):
    path = tmp_path / "c.toml"
    path.write_bytes(b'\xef\xbb\xbfmouse = false\r\ntheme = "x"\r\n')
    assert load(path, {}).theme == "x"


@pytest.mark.parametrize(("mode", "warned"), [(0o600, 0), (0o640, 1), (0o604, 1)])
def test_a_proxy_password_that_others_can_read_is_warned_about(config, mode, warned):
    config.write_text(TWO + 'proxy = "http://me:hunter2@proxy.example"\n')
    config.chmod(mode)
    warnings = load(config, {}).warnings
    assert len(warnings) == warned
    assert all("profiles.prod.proxy" in text and "hunter2" not in text for text in warnings)


def test_an_open_file_without_a_secret_is_no_concern(config):
    config.chmod(0o644)
    assert load(config, {}).warnings == ()


def test_a_command_that_others_can_change_is_warned_about(config):
    config.write_text(TWO + 'token_command = ["pass"]\n')
    config.chmod(0o620)
    assert "token_command can be changed by others" in load(config, {}).warnings[0]


def test_the_nearest_word_chooses(two):
    env = {"DLI_TUI_PROFILE": "prod"}
    assert choose_profile(two, "dev", env) is two.profiles["dev"]
    assert choose_profile(two, None, env) is two.profiles["prod"]


def test_the_file_chooses_last(config):
    config.write_text('default_profile = "dev"\n' + TWO)
    settings = load(config, {})
    assert choose_profile(settings, None, {"DLI_TUI_PROFILE": ""}) is settings.profiles["dev"]
    env = {"DLI_TUI_PROFILE": "prod"}
    assert choose_profile(settings, None, env) is settings.profiles["prod"]


def test_the_only_profile_needs_no_choice():
    only = Profile(name="p", kind=Kind.DEMO)
    assert choose_profile(Settings(profiles={"p": only}), None, {}) is only


def test_without_profiles_there_is_none_to_choose():
    assert choose_profile(Settings(), None, {}) is None


def test_several_profiles_and_no_choice_is_an_error_that_names_them(two):
    with pytest.raises(ConfigurationError, match="there are: dev, prod") as caught:
        choose_profile(two, None, {})
    assert caught.value.code is ErrorCode.CONFIG_INVALID
    assert "--profile" in caught.value.hint
    assert "DLI_TUI_PROFILE" in caught.value.hint


@pytest.mark.parametrize(
    ("explicit", "env", "origin"),
    [("prd", {}, "--profile"), (None, {"DLI_TUI_PROFILE": "prd"}, "DLI_TUI_PROFILE")],
)
def test_an_unknown_profile_is_an_error_with_the_candidates(two, explicit, env, origin):
    with pytest.raises(ConfigurationError) as caught:
        choose_profile(two, explicit, env)
    assert caught.value.message == (
        f"No profile is called 'prd', as {origin} says, did you mean prod?"
    )
    assert caught.value.hint == "In the config file there are: dev, prod"


def test_a_url_alone_makes_a_profile():
    env = {"DLI_TUI_USERNAME": "me", "DLI_TUI_PASSWORD": "hunter2"}
    profile = profile_for_url(Kind.AIRFLOW, "http://localhost:8080/", env)
    assert (profile.name, profile.url) == ("airflow", "http://localhost:8080")
    assert (profile.username, profile.password_env) == ("me", "DLI_TUI_PASSWORD")
    token = profile_for_url(Kind.BASECAMP, "http://x", {"DLI_TUI_TOKEN": "hunter2"})
    assert (token.token_env, token.username) == ("DLI_TUI_TOKEN", None)


@pytest.mark.parametrize(
    ("url", "env", "expected"),
    [
        ("x", {}, "--airflow must be a URL"),
        ("http://x", {"DLI_TUI_TOKEN": "a", "DLI_TUI_PASSWORD": "b"}, "keep one"),
        ("http://x", {"DLI_TUI_USERNAME": "a"}, "go together"),
        ("http://x", {"DLI_TUI_PASSWORD": "a"}, "go together"),
    ],
)
def test_a_url_with_a_doubtful_sign_in_is_refused(url, env, expected):
    with pytest.raises(ConfigurationError, match=expected):
        profile_for_url(Kind.AIRFLOW, url, env)


@pytest.mark.parametrize(
    ("kind", "token", "api_key"),
    [
        (Kind.BASECAMP, "DLI_TUI_TOKEN", None),
        (Kind.AIRFLOW, "DLI_TUI_TOKEN", None),
        (Kind.PYAIRTABLE, None, "DLI_TUI_API_KEY"),
    ],
)
def test_where_token_and_api_key_are_exported_each_kind_of_server_takes_its_own(
    kind, token, api_key
):
    profile = profile_for_url(kind, "http://x", {"DLI_TUI_TOKEN": "a", "DLI_TUI_API_KEY": "b"})
    assert (profile.token_env, profile.api_key_env) == (token, api_key)


def test_a_url_of_pyairtable_takes_an_api_key_of_the_environment():
    profile = profile_for_url(Kind.PYAIRTABLE, "http://x/", {"DLI_TUI_API_KEY": "hunter2"})
    assert (profile.name, profile.kind) == ("pyairtable", Kind.PYAIRTABLE)
    assert (profile.api_key_env, profile.saga_url) == ("DLI_TUI_API_KEY", None)


def test_the_starter_file_works_as_it_comes_and_means_the_demo(tmp_path):
    path = tmp_path / "c.toml"
    path.write_text(initial_text(), encoding="utf-8")
    settings = load(path, {})
    assert (settings.default_profile, settings.theme, settings.mouse) == ("demo", None, True)
    assert [(one.name, one.kind) for one in settings.profiles.values()] == [("demo", Kind.DEMO)]


def test_the_examples_in_the_starter_file_are_valid(tmp_path):
    path = tmp_path / "c.toml"
    views, profiles = EXAMPLE.index("# [views.mornings]"), EXAMPLE.index("# [profiles.dev]")
    view = EXAMPLE[views : EXAMPLE.index("\n\n", views)]
    path.write_text(f"{view}\n{EXAMPLE[profiles:]}".replace("# ", ""), encoding="utf-8")
    settings = load(path, {})
    assert settings.views["mornings"]["columns"] == ("name", "last", "next", "owner")
    assert list(settings.profiles) == ["dev", "prod", "tables"]
    assert settings.profiles["tables"].saga_url == "https://sagas.example.com"
    assert settings.profiles["prod"].confirm == "type"


def test_the_starter_file_explains_every_setting():
    text = initial_text()
    assert "#   token_keyring " in text
    assert "#   name " not in text


def test_the_starter_file_is_for_its_owner_alone(tmp_path):
    path = tmp_path / "new" / "config.toml"
    write_initial(path)
    assert path.read_text(encoding="utf-8") == initial_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) & 0o077 == 0


def test_a_full_disk_leaves_no_file_in_the_way_of_the_next_try(tmp_path, monkeypatch):
    path = tmp_path / "config.toml"
    with monkeypatch.context() as patch:
        full = OSError(errno.ENOSPC, "No space left on device")
        patch.setattr("dli_tui.config.files.initial_text", lambda: (_ for _ in ()).throw(full))
        with pytest.raises(ConfigurationError, match="No space left"):
            write_initial(path)
    write_initial(path)
    assert path.read_text(encoding="utf-8") == initial_text()


def test_a_file_that_is_there_is_never_overwritten(config):
    with pytest.raises(ConfigurationError, match="is there already"):
        write_initial(config)
    assert config.read_text() == TWO


def test_a_link_is_not_followed_to_a_file_elsewhere(tmp_path):
    link = tmp_path / "config.toml"
    link.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ConfigurationError, match="is there already"):
        write_initial(link)
    assert not (tmp_path / "elsewhere").exists()


def test_a_place_that_cannot_be_written_is_said(config, tmp_path):
    with pytest.raises(ConfigurationError, match=r"folder .*config\.toml can't be made"):
        write_initial(config / "config.toml")
    with pytest.raises(ConfigurationError, match="can't be written: File name too long"):
        write_initial(tmp_path / ("x" * 300))


def test_a_tilde_that_is_nobodys_home_is_part_of_the_name():
    assert locate("~nobody-of-that-name/c.toml", {}).path == Path("~nobody-of-that-name/c.toml")


def test_what_is_shown_is_in_force_and_can_be_read_again(config, tmp_path):
    config.write_text(
        'default_profile = "prod"\nkeys.refresh = "f5"\n'
        + TWO
        + 'token_command = ["pass"]\nread_only = true\ntimeout_seconds = 3\n[profiles."a.b"]\n'
        + 'kind = "demo"\n'
    )
    settings = load(config, {})
    again = tmp_path / "again.toml"
    again.write_text(show(settings), encoding="utf-8")
    reread = load(again, {})
    assert dict(reread.profiles) == dict(settings.profiles)
    assert (reread.default_profile, dict(reread.keys)) == ("prod", {"refresh": "f5"})


def test_what_is_shown_holds_no_secret(config):
    config.write_text(
        TWO + 'proxy = "http://me:hunter2@proxy.example:3128"\ntoken_command = ["echo", "hunter2"]'
    )
    config.chmod(0o644)
    shown = show(load(config, {}))
    assert "hunter2" not in shown
    assert 'proxy = "http://***@proxy.example:3128"' in shown
    assert 'token_command = ["echo", "…"]' in shown
    assert "# Warning: profiles.prod.proxy holds a password" in shown


def test_without_a_file_that_is_what_is_shown():
    assert show(Settings()).startswith("# No config file")
