"""The audit log is its owner's, is only ever added to, and says when it can't be."""

import os
import stat

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


def test_a_line_that_did_not_fit_is_an_error(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "write", lambda handle, data: len(data) - 1)
    with pytest.raises(OSError, match="4 of 5 bytes"):
        AuditLog(tmp_path / "audit.jsonl").write("word")
