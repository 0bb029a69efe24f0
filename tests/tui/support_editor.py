"""What tests of editing share: an editor that does what the test says, and a terminal to lend."""

from __future__ import annotations

import asyncio
import json
import sys
from contextlib import nullcontext

from dli_tui.tui.app import Dashboard

_TURNS = "TURNS_OF_THE_EDITOR"
_PROGRAM = f"""
import json, os, pathlib, sys
seen, path = map(pathlib.Path, sys.argv[1:])
before = json.loads(seen.read_text()) if seen.exists() else []
turn = json.loads(os.environ["{_TURNS}"])[len(before)]
text = path.read_text(encoding="utf-8")
seen.write_text(json.dumps([*before, text]))
for old, new in turn.get("replace", []):
    assert old in text, old
    text = text.replace(old, new)
path.write_text(turn.get("write", text), encoding="utf-8")
sys.exit(turn.get("code", 0))
"""


class Editor:
    """Edits by a list of turns: each replaces parts of the text, or writes another."""

    def __init__(self, folder, monkeypatch):
        self._seen, program = folder / "seen.json", folder / "editor.py"
        program.write_text(_PROGRAM)
        self._setenv = monkeypatch.setenv
        self._setenv("EDITOR", f"{sys.executable} {program} {self._seen}")
        monkeypatch.setattr(Dashboard, "suspend", lambda _app: nullcontext())

    def turns(self, *turns):
        """What it does, each time that it is opened."""
        self._setenv(_TURNS, json.dumps(turns))

    async def seen(self):
        """The texts that it was opened with."""
        return json.loads(await asyncio.to_thread(self._seen.read_text))


def put(*pairs):
    """A turn that replaces."""
    return {"replace": pairs}
