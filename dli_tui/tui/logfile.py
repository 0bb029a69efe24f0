"""A log taken out of the dashboard: into a file that isn't there yet, or into $PAGER."""

from __future__ import annotations

import asyncio
import os
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from dli_tui.present.rows import LogRow

_FALLBACK: Final = "less"


def text_of(rows: Sequence[LogRow]) -> str:
    """The rows as a text file has them, in UTC; safe to print, as they are."""
    lines = []
    for row in rows:
        stamp = f"{row.at:%Y-%m-%dT%H:%M:%SZ} " if row.at is not None else ""
        level = f"{row.level.upper():<7} " if row.level else ""
        lines.append(f"{stamp}{level}{row.text}\n")
    return "".join(lines)


def name_for(workflow: str, step: str, attempt: int) -> str:
    """A name for the file that no file system objects to."""
    raw = f"{workflow}-{step}-{attempt}"
    return "".join(char if char.isalnum() or char in "._-" else "_" for char in raw)[:200] + ".log"


async def write(path: str, rows: Sequence[LogRow]) -> str | None:
    """Write the rows to a new file; what went wrong, if something did."""
    try:
        await asyncio.to_thread(_write, path, text_of(rows))
    except FileExistsError:
        return "There is such a file already; choose another name"
    except (OSError, RuntimeError, ValueError) as problem:
        return f"It can't be written: {getattr(problem, 'strerror', None) or problem}"
    return None


def _write(path: str, text: str) -> None:
    with Path(path).expanduser().open("x", encoding="utf-8") as stream:
        stream.write(text)


class NoPagerError(Exception):
    """There is no pager to show a log with; its words are for the person."""


def pager(env: Mapping[str, str]) -> list[str]:
    """The person's pager as an argument list."""
    wanted = env.get("PAGER") or _FALLBACK
    try:
        words = shlex.split(wanted)
    except ValueError as problem:
        raise NoPagerError(f"PAGER can't be read as a command: {problem}") from problem
    name = words[0] if words else wanted
    found = shutil.which(name)
    if found is None:
        raise NoPagerError(f"There is no program '{name}' here; set PAGER to one that is")
    return [found, *words[1:]]


def show(command: Sequence[str], rows: Sequence[LogRow]) -> None:
    """Show the rows in a pager, until it is left. The file goes with it."""
    handle, path = tempfile.mkstemp(prefix="dli-tui-", suffix=".log")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(text_of(rows))
        subprocess.run([*command, path], check=False)  # noqa: S603 - the person's own pager
    except OSError as problem:
        raise NoPagerError(f"The log can't be shown: {problem.strerror or problem}") from problem
    finally:
        Path(path).unlink(missing_ok=True)
