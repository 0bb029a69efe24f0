"""A log taken out of the dashboard: into a file that isn't there yet, or into $PAGER."""

from __future__ import annotations

import asyncio
import os
import shlex
import shutil
import signal
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from tempfile import NamedTemporaryFile, _TemporaryFileWrapper
from typing import Final

from dli_tui.present.rows import LogRow

_FALLBACK: Final = "less"
_MINE: Final = 0o600
_PATIENCE: Final = 0.5
"""Seconds that a pager has to put the terminal back."""

Lending = AbstractContextManager[None]


def lines_of(rows: Iterable[LogRow]) -> Iterator[str]:
    """The rows as a text file has them, in UTC; safe to print, as they are."""
    for row in rows:
        stamp = f"{row.at:%Y-%m-%dT%H:%M:%SZ} " if row.at is not None else ""
        level = f"{row.level.upper():<7} " if row.level else ""
        yield f"{stamp}{level}{row.text}\n"


def name_for(workflow: str, step: str, attempt: int) -> str:
    """A name for the file that no file system objects to."""
    raw = f"{workflow}-{step}-{attempt}"
    return "".join(char if char.isalnum() or char in "._-" else "_" for char in raw)[:200] + ".log"


async def write(path: str, rows: Sequence[LogRow]) -> str | None:
    """Write the rows to a new file; what went wrong, if something did."""
    try:
        await asyncio.to_thread(_write, path, rows)
    except FileExistsError:
        return "There is such a file already; choose another name"
    except (OSError, RuntimeError, ValueError) as problem:
        return f"It can't be written: {getattr(problem, 'strerror', None) or problem}"
    return None


def _write(path: str, rows: Iterable[LogRow]) -> None:
    target = Path(path).expanduser()
    # A log may hold secrets: nobody else is to read it, from its first byte on.
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _MINE)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.writelines(lines_of(rows))
    except (OSError, ValueError):
        # Half a log looks like a whole one.
        target.unlink(missing_ok=True)
        raise


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


async def show(command: Sequence[str], rows: Sequence[LogRow], lend: Callable[[], Lending]) -> None:
    """Show the rows in a pager, on the terminal that `lend` gives away, until it is left.

    The dashboard goes on behind it: it asks, rings, and ends when it is told to. The file goes
    with the pager, however that ends.
    """
    try:
        problem = await _shown(command, rows, lend)
    except OSError as error:
        problem = error
    if problem is not None:
        raise NoPagerError(f"The log can't be shown: {problem.strerror or problem}")


async def _shown(
    command: Sequence[str], rows: Sequence[LogRow], lend: Callable[[], Lending]
) -> OSError | None:
    stream = await asyncio.to_thread(_for_pager, rows)
    problem = None
    # The person may have deleted it from within the pager.
    with suppress(FileNotFoundError), stream, lend():
        # A problem is handed back: raised in here, it would leave the terminal lent.
        problem = await _run([*command, stream.name])
    return problem


def _for_pager(rows: Iterable[LogRow]) -> _TemporaryFileWrapper[str]:
    """A file of our own that goes when it is closed, or when nobody waits for it any more."""
    stream = NamedTemporaryFile(  # noqa: SIM115 - who waits for it closes it
        "w", encoding="utf-8", prefix="dli-tui-", suffix=".log"
    )
    stream.writelines(lines_of(rows))
    stream.flush()
    return stream


async def _run(command: Sequence[str]) -> OSError | None:
    # A ctrl+c in the pager reaches us too, and would end the dashboard. With a handler of its
    # own, and not ignored, it means to the pager what it always does.
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        process = await asyncio.create_subprocess_exec(*command)
    except OSError as problem:
        return problem
    else:
        await _left(process)
        return None
    finally:
        signal.signal(signal.SIGINT, before)


async def _left(process: asyncio.subprocess.Process) -> None:
    """Return when the pager was left; it ends with us if we end before it."""
    try:
        await process.wait()
    finally:
        if process.returncode is None:
            process.terminate()
            try:
                await asyncio.wait_for(process.wait(), _PATIENCE)
            except TimeoutError:
                process.kill()
