"""A log taken out of the dashboard: into a file that isn't there yet, or into $PAGER."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile, _TemporaryFileWrapper
from typing import Final

from dli_tui.present.rows import LogRow
from dli_tui.tui import programs
from dli_tui.tui.programs import Lend, NoProgramError

_FALLBACK: Final = "less"
_MINE: Final = 0o600


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


def pager(env: Mapping[str, str]) -> list[str]:
    """The person's pager as an argument list."""
    return programs.command("PAGER", env.get("PAGER") or _FALLBACK)


async def show(command: Sequence[str], rows: Sequence[LogRow], lend: Lend) -> None:
    """Show the rows in a pager, on the terminal that `lend` gives away, until it is left.

    The dashboard goes on behind it: it asks, rings, and ends when it is told to. The file goes
    with the pager, however that ends.
    """
    try:
        problem = await _shown(command, rows, lend)
    except OSError as error:
        problem = error
    if problem is not None:
        raise NoProgramError(f"The log can't be shown: {problem.strerror or problem}")


async def _shown(command: Sequence[str], rows: Sequence[LogRow], lend: Lend) -> OSError | None:
    stream = await asyncio.to_thread(_for_pager, rows)
    problem: int | OSError | None = None
    # The person may have deleted it from within the pager.
    with suppress(FileNotFoundError), stream, lend():
        # A problem is handed back: raised in here, it would leave the terminal lent.
        problem = await programs.run([*command, stream.name])
    return problem if isinstance(problem, OSError) else None


def _for_pager(rows: Iterable[LogRow]) -> _TemporaryFileWrapper[str]:
    """A file of our own that goes when it is closed, or when nobody waits for it any more."""
    stream = NamedTemporaryFile(  # noqa: SIM115 - who waits for it closes it
        "w", encoding="utf-8", prefix="dli-tui-", suffix=".log"
    )
    stream.writelines(lines_of(rows))
    stream.flush()
    return stream
