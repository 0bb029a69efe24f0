"""The audit log is its owner's, is only ever added to, and says when it can't be."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from dli_tui.domain.errors import ConfigurationError
from dli_tui.server.audit import AuditLog


def test_it_is_made_for_its_owner_alone_and_added_to(tmp_path):
    path = tmp_path / "state" / "audit.jsonl"
    for words in (("one", "two"), ("three",)):
        log = AuditLog(path)
        log.check()
        for word in words:
            log.write(word)
    assert path.read_text() == "one\ntwo\nthree\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_log_that_was_moved_away_begins_anew(tmp_path):
    path = tmp_path / "audit.jsonl"
    log = AuditLog(path)
    log.write("old")
    path.rename(tmp_path / "audit.1")
    log.write("new")
    assert path.read_text() == "new\n"


def test_one_that_others_can_read_is_refused(tmp_path):
    path = tmp_path / "audit.jsonl"
    path.touch(mode=0o644)
    with pytest.raises(ConfigurationError, match="by others") as refused:
        AuditLog(path).check()
    assert refused.value.hint == f"Run: chmod 600 {path}"


@pytest.mark.parametrize("place", ["file/audit", "folder"])
def test_one_that_cannot_be_written_is_refused(tmp_path, place):
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    with pytest.raises(ConfigurationError, match="can't be written"):
        AuditLog(tmp_path / place).check()


@pytest.fixture
def full(monkeypatch):
    """A disk that takes a part of what is written, as a full one does."""
    write = os.write

    def some(handle, data):
        return write(handle, data[:2])

    monkeypatch.setattr(os, "write", some)
    return monkeypatch.undo


def test_of_a_line_that_did_not_fit_nothing_stays(tmp_path, full):
    path = tmp_path / "audit.jsonl"
    path.write_text("before\n")
    log = AuditLog(path)
    with pytest.raises(OSError, match="2 of 5 bytes"):
        log.write("word")
    full()
    log.write("after")
    assert path.read_text() == "before\nafter\n"


def test_a_line_that_a_crash_cut_off_takes_no_other_with_it(tmp_path):
    path = tmp_path / "audit.jsonl"
    path.write_text('{"event":"beg')
    AuditLog(path).write("next")
    assert path.read_text() == '{"event":"beg\nnext\n'


def test_a_file_that_is_full_is_renamed_and_the_oldest_goes(tmp_path):
    path = tmp_path / "audit.jsonl"
    log = AuditLog(path, largest=10, kept=2)
    for number in range(8):
        log.write(f"line {number}")
    found = {one.name: one.read_text().split("\n")[:-1] for one in tmp_path.iterdir()}
    assert found == {
        "audit.jsonl": ["line 6", "line 7"],
        "audit.jsonl.1": ["line 4", "line 5"],
        "audit.jsonl.2": ["line 2", "line 3"],
    }
    assert {stat.S_IMODE(one.stat().st_mode) for one in tmp_path.iterdir()} == {0o600}


def test_servers_that_share_a_file_lose_no_line_when_it_is_renamed(tmp_path):
    path = tmp_path / "audit.jsonl"
    lines = [f"{server} {number}" for server in range(4) for number in range(50)]

    def write(server):
        log = AuditLog(path, largest=100, kept=1_000)
        for line in lines[server * 50 : server * 50 + 50]:
            log.write(line)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))
    found = [line for one in tmp_path.iterdir() for line in one.read_text().splitlines()]
    assert sorted(found) == sorted(lines)


def test_a_disk_without_room_is_told_before_anything_is_written(tmp_path, monkeypatch):
    log = AuditLog(tmp_path / "audit.jsonl")
    log.require_room()
    monkeypatch.setattr("dli_tui.server.audit.LEAST_FREE", 2**80)
    with pytest.raises(OSError, match="No space left"):
        log.require_room()


def test_what_is_no_file_may_be_written_to(tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    log = AuditLog(path)
    log.check()
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        log.write("line")
        assert os.read(reader, 100) == b"line\n"
    finally:
        os.close(reader)
