"""Another program on the terminal: a pager that shows a log, an editor that changes a text.

The dashboard goes on behind it: it asks, rings, and ends when it is told to.
"""

from __future__ import annotations

import asyncio
import shlex
import shutil
import signal
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Final

_PATIENCE: Final = 0.5
"""Seconds that a program has to put the terminal back."""

Lending = AbstractContextManager[None]
Lend = Callable[[], Lending]


class NoProgramError(Exception):
    """There is no program for it, or it didn't work; its words are for the person."""


def command(variable: str, wanted: str) -> list[str]:
    """What a variable says is to be run, as an argument list."""
    try:
        words = shlex.split(wanted)
    except ValueError as problem:
        raise NoProgramError(f"{variable} can't be read as a command: {problem}") from problem
    name = words[0] if words else wanted
    found = shutil.which(name)
    if found is None:
        raise NoProgramError(f"There is no program '{name}' here; set {variable} to one that is")
    return [found, *words[1:]]


async def run(arguments: Sequence[str]) -> int | OSError:
    """Run it to its end: the code that it ended with, or why it couldn't begin.

    A problem is handed back: raised while the terminal is lent, it would stay so.
    """
    # A ctrl+c in there reaches us too, and would end the dashboard. With a handler of its own,
    # and not ignored, it means to the program what it always does.
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        process = await asyncio.create_subprocess_exec(*arguments)
    except OSError as problem:
        return problem
    else:
        await _left(process)
        return process.returncode or 0
    finally:
        signal.signal(signal.SIGINT, before)


async def _left(process: asyncio.subprocess.Process) -> None:
    """Return when it was left; it ends with us if we end before it."""
    try:
        await process.wait()
    finally:
        if process.returncode is None:
            process.terminate()
            try:
                await asyncio.wait_for(process.wait(), _PATIENCE)
            except TimeoutError:
                process.kill()
