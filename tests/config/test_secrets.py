"""Where secrets come from, and that they go nowhere else."""

import copy
import pickle
import sys
import traceback
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dli_tui.config.model import Kind, Profile
from dli_tui.config.secrets import Secret, resolve_api_key, resolve_password, resolve_token
from dli_tui.domain.errors import AuthenticationError, ConfigurationError, DLIError, ErrorCode

HIDDEN = "hunter2-s3cr3t"


def profile(**changes: Any) -> Profile:
    return Profile(name="p", kind=Kind.AIRFLOW, url="http://x.example", **changes)


def python(code: str, *arguments: str) -> Profile:
    return profile(token_command=(sys.executable, "-c", code, *arguments))


@pytest.fixture
def token_file(tmp_path):
    path = tmp_path / "token"
    path.write_text(f"  {HIDDEN}  \nsecond line\n")
    path.chmod(0o600)
    return path


@pytest.fixture
def keyring(monkeypatch):
    """A keyring package with one entry, and an error of its own."""
    errors = types.ModuleType("keyring.errors")
    errors.KeyringError = type("KeyringError", (Exception,), {})  # type: ignore[attr-defined]

    def get_password(service, user):
        if service == "locked":
            raise errors.KeyringError(HIDDEN)
        return {("dli-tui", "me"): HIDDEN, ("a/b", "me"): HIDDEN + "2"}.get((service, user))

    module = types.ModuleType("keyring")
    module.get_password = get_password  # type: ignore[attr-defined]
    module.errors = errors  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "keyring", module)
    monkeypatch.setitem(sys.modules, "keyring.errors", errors)


def test_a_secret_shows_itself_as_stars():
    secret = Secret(HIDDEN)
    assert (repr(secret), str(secret), f"{secret}", f"{[secret]}") == ("***", "***", "***", "[***]")
    assert secret.reveal() == HIDDEN
    assert not hasattr(secret, "__dict__")


def test_a_secret_equals_itself_alone():
    secret = Secret(HIDDEN)
    assert secret == secret  # noqa: PLR0124 - that it does is the point
    assert secret != Secret(HIDDEN)
    assert secret != object()


@pytest.mark.parametrize("leave", [pickle.dumps, copy.copy, copy.deepcopy])
def test_a_secret_is_neither_pickled_nor_copied(leave):
    with pytest.raises(TypeError, match="neither pickled nor copied"):
        leave(Secret(HIDDEN))


def test_a_profile_without_a_sign_in_has_no_secret():
    assert resolve_token(profile(), {}) is None
    assert resolve_password(profile(), {}) is None
    assert resolve_api_key(profile(), {}) is None


@pytest.mark.parametrize(
    ("resolve", "key"),
    [
        (resolve_token, "token_env"),
        (resolve_password, "password_env"),
        (resolve_api_key, "api_key_env"),
    ],
)
class TestFromTheEnvironment:
    def test_it_is_the_first_line_without_blanks(self, resolve, key):
        assert resolve(profile(**{key: "V"}), {"V": f" {HIDDEN}\r\nmore"}).reveal() == HIDDEN

    def test_a_missing_variable_is_named(self, resolve, key):
        with pytest.raises(AuthenticationError, match="variable V is not set") as caught:
            resolve(profile(**{key: "V"}), {})
        assert caught.value.code is ErrorCode.SERVER_AUTH_FAILED

    def test_an_empty_variable_is_named(self, resolve, key):
        with pytest.raises(AuthenticationError, match="variable V is empty"):
            resolve(profile(**{key: "V"}), {"V": " \nsecond"})


def test_a_password_may_have_umlauts_but_a_header_may_not():
    found = resolve_password(profile(password_env="V"), {"V": "schlüssel"})
    assert found is not None
    assert found.reveal() == "schlüssel"
    with pytest.raises(AuthenticationError, match="can't be sent"):
        resolve_token(profile(token_env="V"), {"V": "schlüssel"})


def test_a_token_file_gives_its_first_line(token_file):
    found = resolve_token(profile(token_file=token_file), {})
    assert found is not None
    assert found.reveal() == HIDDEN


@pytest.mark.parametrize("mode", [0o640, 0o604])
def test_a_token_file_that_others_can_read_is_refused(token_file, mode):
    token_file.chmod(mode)
    with pytest.raises(ConfigurationError, match="can be read by others") as caught:
        resolve_token(profile(token_file=token_file), {})
    assert caught.value.hint == f"Run: chmod 600 {token_file}"


def test_a_missing_token_file_is_named(tmp_path):
    with pytest.raises(ConfigurationError, match="gone can't be read: No such file"):
        resolve_token(profile(token_file=tmp_path / "gone"), {})


def test_a_command_gives_the_first_line_it_prints():
    code = "import sys; print(sys.argv[1]); print('more')"
    found = resolve_token(python(code, HIDDEN), {})
    assert found is not None
    assert found.reveal() == HIDDEN


def test_a_command_is_not_read_by_a_shell():
    found = resolve_token(python("import sys; print(sys.argv[1])", "$HOME;`id`"), {})
    assert found is not None
    assert found.reveal() == "$HOME;`id`"


def test_a_command_gets_no_input_and_the_environment_that_was_handed_in():
    code = "import os, sys; print(repr(sys.stdin.read()) + os.environ['GIVEN'])"
    found = resolve_token(python(code), {"GIVEN": "value"})
    assert found is not None
    assert found.reveal() == "''value"


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ((sys.executable, "-c", "import sys; sys.exit(3)"), "failed with exit code 3"),
        ((sys.executable, "-c", "print()"), "is empty, or starts with an empty line"),
        (("/no/such/program", HIDDEN), "command program can't be started"),
    ],
)
def test_a_command_that_fails_is_named_without_its_arguments(command, expected):
    with pytest.raises(AuthenticationError, match=expected) as caught:
        resolve_token(profile(token_command=command), {})
    assert "import" not in f"{caught.value}{caught.value.hint}"
    assert "/no/such" not in caught.value.message


def test_a_command_that_hangs_is_given_up():
    code = f"import time; print({HIDDEN!r}, flush=True); time.sleep(60)"
    with pytest.raises(AuthenticationError, match=r"gave no answer in 0\.05 s"):
        resolve_token(python(code), {}, command_seconds=0.05)


@pytest.mark.usefixtures("keyring")
def test_a_keyring_entry_is_service_and_user_or_ours_and_user():
    ours = resolve_token(profile(token_keyring="me"), {})
    other = resolve_token(profile(token_keyring="a/b/me"), {})
    assert ours is not None
    assert other is not None
    assert (ours.reveal(), other.reveal()) == (HIDDEN, HIDDEN + "2")


@pytest.mark.usefixtures("keyring")
@pytest.mark.parametrize(
    ("entry", "expected"), [("you", "no such entry: you"), ("locked/me", "can't be opened")]
)
def test_a_keyring_that_has_no_answer_is_an_error(entry, expected):
    with pytest.raises(AuthenticationError, match=expected):
        resolve_token(profile(token_keyring=entry), {})


def test_without_the_keyring_package_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(ConfigurationError) as caught:
        resolve_token(profile(token_keyring="me"), {})
    assert "dli-tui[keyring]" in caught.value.hint


def failures(token_file: Path) -> list[Callable[[], object]]:
    """Every way to fail with the secret at hand."""
    loud = f"import sys; print({HIDDEN!r}); print({HIDDEN!r}, file=sys.stderr); "
    unsendable = HIDDEN + "\x07"
    token_file.chmod(0o644)
    return [
        lambda: resolve_token(profile(token_env="V"), {"V": unsendable}),
        lambda: resolve_api_key(profile(api_key_env="V"), {"V": unsendable}),
        lambda: resolve_password(profile(password_env="V"), {"V": unsendable}),
        lambda: resolve_token(profile(token_file=token_file), {}),
        lambda: resolve_token(python(loud + "sys.exit(1)", HIDDEN), {}),
        lambda: resolve_token(python(loud + "import time; time.sleep(60)"), {}, command_seconds=1),
        lambda: resolve_token(python(f"print({unsendable!r})"), {}),
        lambda: resolve_token(profile(token_command=("/no/such", HIDDEN)), {}),
        lambda: resolve_token(profile(token_command=("nul", HIDDEN + "\0")), {}),
        lambda: resolve_token(profile(token_keyring="locked/me"), {}),
    ]


def chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


@pytest.mark.usefixtures("keyring")
def test_no_error_repr_or_traceback_holds_the_secret(token_file):
    for fail in failures(token_file):
        with pytest.raises(DLIError) as caught:
            fail()
        error = caught.value
        told = [f"{one!r} {one} {vars(one)}" for one in chain(error)]
        rendered = "".join(traceback.format_exception(error))
        assert HIDDEN not in f"{told} {rendered} {error.message} {error.hint}"
