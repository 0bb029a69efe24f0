"""What a config file may say; each mistake is named with its line and what was expected."""

from pathlib import Path

import pytest

from dli_tui.config.check import Unfit, web_address
from dli_tui.config.files import load
from dli_tui.config.model import Kind
from dli_tui.domain.errors import ConfigurationError, ErrorCode

AIRFLOW = '[profiles.p]\nkind = "airflow"\nurl = "http://localhost:8080"\n'


@pytest.fixture
def said(tmp_path):
    """The message about a file with that text."""

    def read(text):
        path = tmp_path / "config.toml"
        path.write_text(text, encoding="utf-8")
        with pytest.raises(ConfigurationError) as caught:
            load(path, {})
        assert caught.value.code is ErrorCode.CONFIG_INVALID
        return caught.value.message

    return read


@pytest.fixture
def settings(tmp_path):
    def read(text):
        path = tmp_path / "config.toml"
        path.write_text(text, encoding="utf-8")
        return load(path, {})

    return read


def test_every_setting_is_read(settings, tmp_path):
    read = settings(
        """
        default_profile = "p"
        theme = "nord"
        mouse = false
        [keys]
        refresh = "f5"
        [profiles.p]
        kind = "pyairtable"
        url = "https://x.example/base/"
        token_command = ["pass", "show"]
        read_only = true
        production = true
        confirm = "type"
        trust_dry_run = true
        ca_file = "/etc/ca.pem"
        client_cert = "cert.pem"
        client_key = "key.pem"
        proxy = "http://proxy.example:3128"
        allow_insecure = true
        connect_timeout_seconds = 2
        timeout_seconds = 7.5
        saga_url = "http://sagas.example"
        specs = "s3://bucket/specs"
        project = "work"
        """
    )
    profile = read.profiles["p"]
    assert (read.default_profile, read.theme, read.mouse) == ("p", "nord", False)
    assert dict(read.keys) == {"refresh": "f5"}
    assert (profile.name, profile.kind, profile.url) == (
        "p",
        Kind.PYAIRTABLE,
        "https://x.example/base",
    )
    assert profile.token_command == ("pass", "show")
    assert profile.read_only
    assert profile.production
    assert profile.trust_dry_run
    assert profile.allow_insecure
    assert (profile.confirm, profile.specs) == ("type", "s3://bucket/specs")
    assert (profile.proxy, profile.saga_url) == (
        "http://proxy.example:3128",
        "http://sagas.example",
    )
    assert (profile.connect_timeout_seconds, profile.timeout_seconds) == (2.0, 7.5)
    assert profile.ca_file == Path("/etc/ca.pem")
    assert profile.client_cert == tmp_path / "cert.pem"
    assert profile.client_key == tmp_path / "key.pem"
    assert profile.project == tmp_path / "work"


def test_a_tilde_is_the_home_folder(settings, monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    read = settings(AIRFLOW + 'token_file = "~/token"\n')
    assert read.profiles["p"].token_file == tmp_path / "token"


def test_a_demo_needs_no_address(settings):
    assert settings('[profiles.d]\nkind = "demo"\n').profiles["d"].url is None


def test_a_number_in_quotes_is_text(said):
    assert said(AIRFLOW + 'timeout_seconds = "30"\n') == (
        "config.toml line 4: profiles.p.timeout_seconds must be a number, not text"
    )


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("timeout_seconds = true", "must be a number, not true or false"),
        ("timeout_seconds = 0", "more than 0 and at most a day"),
        ("timeout_seconds = inf", "more than 0 and at most a day"),
        ("timeout_seconds = nan", "more than 0 and at most a day"),
        ('read_only = "yes"', "must be true or false, not text"),
        ("token_env = 2024-01-01", "must be text, not a date or time"),
        ('token_env = ""', "must not be empty"),
        ('token_env = "my token"', "must be the name of an environment variable"),
        ('token_command = "pass show"', "must be a list"),
        ("token_command = []", "must be a list of texts"),
        ('token_command = ["a", 1]', "must be a list of texts"),
        ('confirm = "typ"', "must be one of ask, type, did you mean type?"),
        ('specs = "ftp://b"', "must start with one of s3://, gs://, az://, file:///"),
        ('token_file = "~nobody-of-that-name/x"', "nobody's home folder"),
        ('proxy = "socks5://x"', "must be a URL that starts with http:// or https://"),
        ('saga_url = "x.example"', "must be a URL that starts with http:// or https://"),
        ('saga_url = "http://x"', "saga_url is for the kind pyairtable only"),
        ('username = "me"', "username needs password_env beside it"),
        ('password_env = "P"', "password_env needs username beside it"),
        ('specs_folder = "f"', "specs_folder needs specs beside it"),
        ('client_key = "k"', "client_key needs client_cert beside it"),
        ('token_cookie = "session"', "token_cookie needs a token beside it"),
        ('token_cookie = "a;b"', "token_cookie must be the name of a cookie"),
        ("time_out_seconds = 3", "is not a setting, did you mean timeout_seconds?"),
        ("READ-ONLY = true", "is not a setting, did you mean read_only?"),
        ("zzz = 1", "zzz is not a setting"),
    ],
)
def test_a_wrong_setting_is_named_with_its_line(said, line, expected):
    message = said(AIRFLOW + line + "\n")
    assert message.startswith("config.toml line 4: profiles.p.")
    assert expected in message


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('[profiles.p]\nkind = "airflw"', "line 2: profiles.p.kind must be one of demo, basecamp"),
        ('[profiles.p]\nkind = "airflw"', "did you mean airflow?"),
        ('[profiles.p]\nurl = "http://x"', "line 1: profiles.p needs a kind"),
        ('[profiles.p]\nkind = "basecamp"', "line 1: profiles.p needs a url"),
        ("\nprofiles = 3", "line 2: profiles must be a table, not a number"),
        ("[[profiles]]", "line 1: profiles must be a table, not a list"),
        ("profiles.p = true", "line 1: profiles.p must be a table, not true or false"),
        ('[profiles."a b"]', "line 1: profiles.a b is not a name"),
        ("[profile.p]", "line 1: profile is not a setting, did you mean profiles?"),
        ("mouse = 1", "line 1: mouse must be true or false, not a number"),
        ("[keys]\nrefresh = ['r']", "line 2: keys.refresh must be text, not a list"),
        ('default_profile = "q"\n' + AIRFLOW, "line 1: default_profile names no profile"),
        ('default_profile = "q"\n' + AIRFLOW, "there are: p"),
        ('default_profile = "q"', "there are none yet"),
    ],
)
def test_a_wrong_table_is_named_with_its_line(said, text, expected):
    assert expected in said(text)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ('token_env = "A"', 'token_file = "t"'),
        ('api_key_env = "A"', 'token_command = ["p"]'),
        ('token_keyring = "me"', 'password_env = "A"'),
    ],
)
def test_two_ways_to_sign_in_are_one_too_many(said, first, second):
    message = said(f"{AIRFLOW}{first}\n{second}\n")
    assert message.startswith("config.toml line 5: profiles.p." + second.split(" ")[0])
    assert message.endswith(f"beside {first.split(' ')[0]}; keep one")


@pytest.mark.parametrize(
    ("key", "instead"),
    [
        ("password", "username and password_env"),
        ("api_key", "api_key_env"),
        ("API-Key", "api_key_env"),
        ("token", "token_env, token_command"),
        ("secret", "token_env, token_command"),
    ],
)
def test_a_secret_in_clear_is_refused_and_not_repeated(said, key, instead):
    message = said(f'{AIRFLOW}{key} = "hunter2"\n')
    assert f"line 4: profiles.p.{key} would keep a secret in this file" in message
    assert instead in message
    assert "hunter2" not in message


@pytest.mark.parametrize(
    "url",
    [
        "ftp://x.example",
        "x.example:8080",
        "http://",
        "http://x.example:0",
        "http://x.example:99999",
        "http://x.example:port",
        "http://[::1",
        "http://x .example",
        "http://me:hunter2@x.example",
        "http://x.example/?token=hunter2",
        "http://x.example/#hunter2",
    ],
)
def test_an_address_to_build_upon_is_plain_http(url):
    with pytest.raises(Unfit) as caught:
        web_address(url)
    assert "hunter2" not in str(caught.value)
    assert caught.value.__context__ is None


@pytest.mark.parametrize("url", ["http://[::1]:8080", "https://x.example/deep/er", "HTTP://x"])
def test_an_address_is_kept_as_written(url):
    assert web_address(url + "/") == url


def test_a_store_is_named_without_its_keys(said):
    message = said(AIRFLOW + 'specs = "s3://AKIA:hunter2@bucket"\n')
    assert "must not hold a name or key" in message
    assert "hunter2" not in message
