"""What a sync remembers of a folder, in the folder, and the lock that lets one sync work at a time.

The index may be missing, half written or somebody's bad joke: then it is as if there were none.
"""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple

from dli_tui.domain.clock import Clock
from dli_tui.domain.errors import ConfigurationError, ServerError
from dli_tui.domain.ids import why_not_a_name
from dli_tui.domain.status import SourceType
from dli_tui.domain.text import safe_line
from dli_tui.specs.store.local import ENDING, PATIENCE, PAUSE

INDEX: Final = ".dli-tui-sync.json"
LOCK: Final = ".dli-tui-sync.lock"
_VERSION: Final = 1
_LONGEST: Final = 64 * 1024 * 1024
_FILE: Final = 0o666
_HASH: Final = re.compile("[0-9a-f]{64}")
_SAFELY: Final = os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class Written(NamedTuple):
    """What sync saw in the store, and what it wrote for it."""

    etag: str
    file: str | None
    """The hash of the file; None where the store only says that somebody removed it."""


Index = dict[str, Written]
"""By path in the folder."""


def read_index(folder: Path, where: str) -> Index:
    """What was written here from that store; DLI-001 where it was from another."""
    told = recall(folder, INDEX)
    if told is None:
        return {}
    if told.get("store") != where:
        raise ConfigurationError(
            f"{folder} is kept as another store is: {safe_line(str(told.get('store')), 200)}",
            hint=f"Take another folder, or let this one follow it: rm {folder / INDEX}",
        )
    files = told.get("files")
    found = files if isinstance(files, dict) else {}
    return {path: Written(*pair) for path, pair in found.items() if _is_entry(path, pair)}


def write_index(folder: Path, where: str, index: Mapping[str, Written]) -> None:
    """Keep it for the next time."""
    files = {path: list(index[path]) for path in sorted(index)}
    remember(folder, INDEX, {"store": where, "files": files})


def remember(folder: Path, name: str, told: Mapping[str, Any]) -> None:
    """Keep that in a file of the folder, which is replaced as a whole."""
    text = json.dumps({"version": _VERSION, **told}, indent=0)
    new = folder / f"{name}.new"
    try:
        new.unlink(missing_ok=True)
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _FILE), "w") as file:
            file.write(text)
        new.replace(folder / name)
    except OSError as problem:
        raise _not_writable(folder, problem) from None


def recall(folder: Path, name: str) -> dict[str, Any] | None:
    """What was kept in that file, None where it isn't there or makes no sense."""
    try:
        with os.fdopen(os.open(folder / name, os.O_RDONLY | _SAFELY), "rb") as file:
            told = json.loads(file.read(_LONGEST))
    except (OSError, ValueError, RecursionError):
        return None
    is_one = isinstance(told, dict) and told.get("version") == _VERSION
    return told if is_one else None


def _is_entry(path: str, pair: object) -> bool:
    """Whether sync could have written that: nothing else is ever deleted for it."""
    folder, _, name = path.partition("/")
    if folder not in tuple(SourceType) or not name.endswith(ENDING):
        return False
    if why_not_a_name(name.removesuffix(ENDING)) is not None:
        return False
    match pair:
        case [str(), None]:
            return True
        case [str(), str(file)]:
            return _HASH.fullmatch(file) is not None
    return False


@asynccontextmanager
async def alone(folder: Path, clock: Clock, lock: str = LOCK) -> AsyncIterator[None]:
    """No other sync works in the folder during this block."""
    waited = 0.0
    while (handle := await asyncio.to_thread(_lock, folder / lock)) is None:
        if waited >= PATIENCE:
            raise ServerError(
                f"Another sync has been at work in {folder} for {waited:.0f} s",
                hint="Nothing was changed. Let it end, then try again.",
            )
        await clock.sleep(PAUSE)
        waited += PAUSE
    try:
        yield
    finally:
        os.close(handle)


def _lock(path: Path) -> int | None:
    """A handle whose closing ends it, however a process ends; None while somebody else has it."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | _SAFELY, _FILE)
    except OSError as problem:
        raise _not_writable(path.parent, problem) from None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return None
    return handle


def _not_writable(folder: Path, problem: OSError) -> ServerError:
    return ServerError(
        f"{folder} can't be written: {problem.strerror}",
        hint="Check who owns that folder, what its permissions are and whether it is full.",
    )
