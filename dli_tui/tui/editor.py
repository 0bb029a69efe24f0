"""A text that goes to the person's editor and comes back as they left it."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import mkdtemp
from typing import Final, NamedTuple

from dli_tui.tui import programs
from dli_tui.tui.programs import Lend, NoProgramError

_VARIABLES: Final = ("VISUAL", "EDITOR")
_MOST_BYTES: Final = 1_048_576
_NAME: Final = "document.yaml"
"""By its ending an editor knows how to show it."""


class Edited(NamedTuple):
    """What came back."""

    text: str
    code: int
    """How the editor ended; anything but 0 says that the text isn't meant."""


class _UnreadableError(Exception):
    """What came back can't be taken in."""


def editor(env: Mapping[str, str]) -> list[str]:
    """The person's editor as an argument list."""
    for variable in _VARIABLES:
        wanted = env.get(variable, "")
        if wanted:
            return programs.command(variable, wanted)
    raise NoProgramError("No editor is set: set VISUAL or EDITOR to yours, such as nano or vi")


async def edited(command: Sequence[str], text: str, lend: Lend) -> Edited:
    """Have `text` edited on the terminal that `lend` gives away."""
    try:
        # A folder of our own: nobody else can read it, and some editors write beside the file.
        folder = await asyncio.to_thread(_folder_with, text)
        path, spent = Path(folder) / _NAME, True
        try:
            with lend():
                ended = await programs.run([*command, str(path)])
            if isinstance(ended, OSError):
                raise ended
            return Edited(await asyncio.to_thread(_text_of, path), ended)
        except _UnreadableError as problem:
            # What can't be read here is still somebody's work: it stays where it lies.
            spent = False
            raise NoProgramError(f"{problem}; it is kept as {path}") from problem
        finally:
            if spent:
                await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
    except OSError as problem:
        said = problem.strerror or problem
        raise NoProgramError(f"It can't be edited: {said}") from problem


def _folder_with(text: str) -> str:
    folder = mkdtemp(prefix="dli-tui-")
    (Path(folder) / _NAME).write_text(text, encoding="utf-8")
    return folder


def _text_of(path: Path) -> str:
    with path.open("rb") as file:
        data = file.read(_MOST_BYTES + 1)
    if len(data) > _MOST_BYTES:
        raise _UnreadableError("What came back is longer than a megabyte")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = data.count(b"\n", 0, problem.start) + 1
        raise _UnreadableError(f"What came back isn't UTF-8 text, see line {line}") from problem
