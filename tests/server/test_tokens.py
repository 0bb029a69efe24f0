"""Tokens are made once, kept as hashes, and believed only from a file of one's own."""

import json
import os
import stat
from datetime import timedelta
from multiprocessing import get_context

import pytest

from dli_tui.domain.errors import ConfigurationError
from dli_tui.server.identity import Role
from dli_tui.server.tokens import add_token, found_in, id_of, read_tokens, revoke_token
from tests.support_gate import NOON


@pytest.fixture
def path(tmp_path):
    return tmp_path / "new" / "tokens.json"


def add(path, name="oncall@example.com", role=Role.OPERATOR, **more):
    token, secret = add_token(path, name, role, now=NOON, **more)
    return token, secret.reveal()


def test_a_token_is_found_by_its_secret_alone(path):
    token, text = add(path)
    tokens = read_tokens(path)
    assert found_in(tokens, text) == token
    assert text.startswith(f"dli_{token.id}_")
    assert id_of(text) == token.id
    other = text[:-1] + ("a" if text[-1] != "a" else "b")
    for wrong in (other, f"{text}x", text[:-1], f" {text}", text.upper(), "", "dli__"):
        assert found_in(tokens, wrong) is None


def test_an_unknown_id_is_no_token_even_with_no_secret_at_all(path):
    add(path)
    assert found_in(read_tokens(path), f"dli_{'0' * 12}_{'A' * 43}") is None


def test_the_file_holds_no_secret_and_is_for_its_owner_alone(path):
    _, text = add(path)
    assert text[17:] not in path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert sorted(one.name for one in path.parent.iterdir()) == ["tokens.json", "tokens.json.lock"]


def test_a_secret_has_256_bits_and_is_never_the_same(path):
    texts = {add(path)[1] for _ in range(20)}
    assert len(texts) == 20
    assert all(len(text.split("_", 2)[2]) == 43 for text in texts)


def test_what_was_kept_is_read_again(path):
    viewer, _ = add(path, "bo", Role.VIEWER, expires=NOON + timedelta(days=90))
    admin, _ = add(path, "cy d'Or ☃", Role.ADMIN)
    assert read_tokens(path) == {viewer.id: viewer, admin.id: admin}
    assert not viewer.expired(NOON)
    assert viewer.expired(NOON + timedelta(days=90))
    assert not admin.expired(NOON + timedelta(days=9_000))


def test_without_a_file_there_are_no_tokens(path):
    assert read_tokens(path) == {}


@pytest.mark.parametrize(
    "name", ["", " ", "a\nb", " oncall", "oncall ", "x" * 101, "\x1b[31moncall", "a\tb"]
)
def test_a_name_is_one_safe_line(path, name):
    with pytest.raises(ConfigurationError, match="name of one line"):
        add(path, name)
    assert not path.exists()


def test_a_token_that_is_over_already_is_not_made(path):
    with pytest.raises(ConfigurationError, match="expired already"):
        add(path, expires=NOON)


def test_a_revoked_token_is_gone_and_the_others_stay(path):
    gone, text = add(path)
    stays, _ = add(path)
    assert revoke_token(path, gone.id) == gone
    assert read_tokens(path) == {stays.id: stays}
    assert found_in(read_tokens(path), text) is None
    with pytest.raises(ConfigurationError, match="no token"):
        revoke_token(path, gone.id)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602])
def test_a_file_that_others_can_read_or_change_is_refused(path, mode):
    add(path)
    path.chmod(mode)
    with pytest.raises(ConfigurationError, match="by others") as refused:
        read_tokens(path)
    assert refused.value.hint == f"Run: chmod 600 {path}"


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        '{"tokens": 1}',
        '{"tokens": [{}]}',
        '{"tokens": [null]}',
        "[" * 99_999,
        "\xff",
    ],
)
def test_a_file_that_is_something_else_is_refused_and_not_written_over(path, content):
    path.parent.mkdir()
    path.write_bytes(content.encode("latin-1"))
    path.chmod(0o600)
    with pytest.raises(ConfigurationError, match="isn't one that dli-tui wrote"):
        read_tokens(path)
    with pytest.raises(ConfigurationError, match="isn't one that dli-tui wrote"):
        add(path)
    assert path.read_bytes() == content.encode("latin-1")


@pytest.mark.parametrize(
    "changed",
    [
        {"role": "root"},
        {"id": "\x1b[2J"},
        {"id": 7},
        {"sha256": ""},
        {"sha256": "x" * 64},
        {"name": "a\nb"},
        {"name": 7},
        {"created": "soon"},
        {"created": "0001-01-01T00:00:00+14:00"},
        {"expires": 7},
    ],
    ids=str,
)
def test_a_row_that_is_wrong_makes_the_whole_file_wrong(path, changed):
    add(path)
    data = json.loads(path.read_text())
    data["tokens"][0] |= changed
    path.write_text(json.dumps(data))
    with pytest.raises(ConfigurationError, match="isn't one that dli-tui wrote"):
        read_tokens(path)


def test_an_id_stands_there_once(path):
    add(path)
    data = json.loads(path.read_text())
    data["tokens"] *= 2
    path.write_text(json.dumps(data))
    with pytest.raises(ConfigurationError, match="isn't one that dli-tui wrote"):
        read_tokens(path)


def test_a_link_stays_a_link(path, tmp_path):
    path.parent.mkdir()
    path.symlink_to(tmp_path / "elsewhere.json")
    token, _ = add(path)
    assert path.is_symlink()
    assert read_tokens(tmp_path / "elsewhere.json") == {token.id: token}


def test_what_root_adds_to_is_left_with_whom_it_was(path, monkeypatch):
    add(path)
    owner, given = path.stat(), []
    monkeypatch.setattr(os, "geteuid", lambda: owner.st_uid + 1)
    monkeypatch.setattr(os, "fchown", lambda _, *to: given.append(to))
    add(path)
    assert given == [(owner.st_uid, owner.st_gid)]


def test_what_a_crash_left_beside_it_is_in_nobodys_way(path):
    path.parent.mkdir()
    path.with_name("tokens.json.new").write_text("half")
    token, _ = add(path)
    assert read_tokens(path) == {token.id: token}


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(ConfigurationError, match="can't be written"):
        add(tmp_path / "file" / "tokens.json")


def _add_ten(path):
    for _ in range(10):
        add(path)


def test_two_who_add_at_once_lose_nothing(path):
    spawn = get_context("fork")
    both = [spawn.Process(target=_add_ten, args=(path,)) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert [one.exitcode for one in both] == [0, 0]
    assert len(read_tokens(path)) == 20
