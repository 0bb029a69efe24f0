"""A text goes to the person's editor and comes back as it was left."""

from __future__ import annotations

import asyncio
import stat
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

from dli_tui.tui import editor
from dli_tui.tui.programs import NoProgramError

_PROGRAM = """
import os, pathlib, sys
out, path = map(pathlib.Path, sys.argv[1:])
out.write_text(f"{path}\\n{os.stat(path.parent).st_mode:o}\\n{path.read_text()}")
new = path.with_suffix(".new")
new.write_text("changed")
new.rename(path)
"""


class Lent:
    """A terminal that says when it was lent, and when it came back."""

    def __init__(self):
        self.told = []

    @contextmanager
    def __call__(self):
        self.told.append("lent")
        yield
        self.told.append("back")


@pytest.fixture
def lent():
    return Lent()


def python(code):
    return [sys.executable, "-c", code]


def test_an_editor_may_replace_the_file_and_nobody_else_can_read_it(tmp_path, lent):
    program, out = tmp_path / "editor.py", tmp_path / "out"
    program.write_text(_PROGRAM)
    command = editor.editor({"EDITOR": f"{sys.executable} {program} {out}"})
    assert asyncio.run(editor.edited(command, "한글: 1\n", lent)) == ("changed", 0)
    path, mode, text = out.read_text().splitlines()
    assert (text, Path(path).suffix) == ("한글: 1", ".yaml")
    assert stat.S_IMODE(int(mode, 8)) == 0o700
    assert not Path(path).parent.exists()
    assert lent.told == ["lent", "back"]


def test_how_it_ended_comes_back_with_the_text(lent):
    command = python("import sys; open(sys.argv[1], 'a').write('x'); sys.exit(3)")
    assert asyncio.run(editor.edited(command, "a", lent)) == ("ax", 3)


def test_visual_comes_before_editor():
    assert editor.editor({"VISUAL": "true", "EDITOR": "false"})[0].endswith("true")
    assert editor.editor({"VISUAL": "", "EDITOR": "false -x"})[1:] == ["-x"]


@pytest.mark.parametrize(
    ("env", "said"),
    [
        ({}, "set VISUAL or EDITOR"),
        ({"EDITOR": "no-such-editor"}, "no program 'no-such-editor' here; set EDITOR"),
        ({"VISUAL": "vi 'x"}, "VISUAL can't be read"),
    ],
)
def test_an_editor_that_is_not_there_is_said_with_what_to_set(env, said):
    with pytest.raises(NoProgramError, match=said):
        editor.editor(env)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("import sys; open(sys.argv[1], 'wb').write(b'a\\n\\xff')", "isn't UTF-8 text, see line 2"),
        ("import sys; open(sys.argv[1], 'w').write('x' * 1_100_000)", "longer than a megabyte"),
    ],
)
def test_what_can_not_be_taken_over_is_said_on_our_own_terminal_and_kept(
    tmp_path, monkeypatch, lent, code, said
):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(NoProgramError, match=said) as caught:
        asyncio.run(editor.edited(python(code), "a", lent))
    kept = Path(str(caught.value).rpartition("; it is kept as ")[2])
    assert kept.is_relative_to(tmp_path)
    assert kept.read_bytes()[:1] in {b"a", b"x"}
    assert stat.S_IMODE(kept.parent.stat().st_mode) == 0o700
    assert lent.told == ["lent", "back"]


def test_a_text_that_is_gone_is_said_and_nothing_is_left(tmp_path, monkeypatch, lent):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    gone = python("import os, sys; os.remove(sys.argv[1])")
    with pytest.raises(NoProgramError, match="can't be edited: No such file"):
        asyncio.run(editor.edited(gone, "a", lent))
    assert list(tmp_path.iterdir()) == []
    assert lent.told == ["lent", "back"]


def test_an_editor_that_can_not_be_started_gives_the_terminal_back(tmp_path, lent):
    with pytest.raises(NoProgramError, match="can't be edited"):
        asyncio.run(editor.edited([str(tmp_path)], "a", lent))
    assert lent.told == ["lent", "back"]
