"""Choices come back; a file that can't be read or written is as if nothing had been chosen."""

import json
import stat

import pytest

from dli_tui.config import remembered

CHOICES = {"theme": "nord", "sort": "name"}


def test_where_nothing_was_chosen_nothing_is_recalled():
    assert remembered.recalled() == {}


def test_choices_come_back():
    remembered.remember(CHOICES)
    assert remembered.recalled() == CHOICES


def test_later_choices_are_added_to_earlier_ones():
    remembered.remember(CHOICES)
    remembered.remember({"sort": "age"})
    assert remembered.recalled() == {**CHOICES, "sort": "age"}


@pytest.mark.parametrize("kept", [b"", b"{", b"[1]", b"\xff\xfe", b"[" * 60_000, b"null"])
def test_a_broken_file_is_as_none_and_can_be_replaced(kept):
    remembered.place().parent.mkdir(parents=True)
    remembered.place().write_bytes(kept)
    assert remembered.recalled() == {}
    remembered.remember(CHOICES)
    assert remembered.recalled() == CHOICES


def test_what_is_no_word_is_left_out():
    remembered.place().parent.mkdir(parents=True)
    remembered.place().write_text(json.dumps({"theme": 7, "sort": "name", "times": None}))
    assert remembered.recalled() == {"sort": "name"}


def test_the_folder_is_the_persons_own_and_nothing_is_left_beside_the_file():
    remembered.remember(CHOICES)
    folder = remembered.place().parent
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert list(folder.iterdir()) == [remembered.place()]


@pytest.mark.parametrize("blocked", ["choices.json", ""])
def test_where_nothing_can_be_written_nothing_is_said(blocked):
    folder = remembered.place().parent
    if blocked:
        # A folder in the file's place can't be replaced by a file.
        (folder / blocked / "inside").mkdir(parents=True)
    else:
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.write_text("a file in the folder's place")
    remembered.remember(CHOICES)
    assert remembered.recalled() == {}
    if blocked:
        assert [path.name for path in folder.iterdir()] == [blocked]
