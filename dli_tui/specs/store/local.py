"""Objects in a folder: the store that is there without any server.

No file system knows compare and swap, so writers take turns at a lock file, whose lock the system
takes back however a process ends. An ETag is the hash of the content, and a file is only ever
replaced as a whole, so readers need no lock. No link is followed, so nothing outside is reached.
"""

from __future__ import annotations

import asyncio
import errno
import fcntl
import hashlib
import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from dli_tui.domain.clock import Clock
from dli_tui.domain.errors import ConfigurationError, ServerError
from dli_tui.specs.store.objects import MAX_OBJECT, Blob, ClashError, Objects, UnreadableError

ENDING: Final = ".yaml"
PAUSE: Final = 0.05
PATIENCE: Final = 10.0
_LOCK: Final = ".lock"
_NEW: Final = ".new"
# What others may do with them is for the person's umask to say: Airflow reads them too.
_FILE: Final = 0o666
_DIRECTORY: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# Opening a named pipe would wait for a writer.
_READING: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_WRITING: Final = os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
_UNREADABLE: Final = "unreadable"


class Folder(Objects):
    """A folder of this machine, or of one that it has mounted."""

    def __init__(self, root: Path, clock: Clock) -> None:
        super().__init__(root.as_uri())
        self._root, self._clock = root, clock

    async def etags(self, folder: str) -> Mapping[str, str]:
        with self._in_words("can't be listed", folder):
            return await asyncio.to_thread(self._etags, folder)

    async def get(self, key: str) -> Blob | None:
        with self._in_words("can't be read", key):
            return await asyncio.to_thread(self._get, key)

    async def put(self, key: str, data: bytes, *, over: str | None) -> str:
        tried = 0.0
        while True:
            with self._in_words("can't be written", key):
                etag = await asyncio.to_thread(self._put, key, data, over)
            if etag is not None:
                return etag
            if tried >= PATIENCE:
                raise ServerError(
                    f"Another program has kept {self._root} locked for {tried:.0f} s",
                    hint="Nothing was written. See which program writes there, then try again.",
                )
            await self._clock.sleep(PAUSE)
            tried += PAUSE

    async def delete(self, key: str, *, over: str) -> None:
        """Take away the file of that ETag; one that is another by now is left alone."""
        with self._in_words("can't be deleted", key):
            await asyncio.to_thread(self._delete, key, over)

    def _etags(self, folder: str) -> Mapping[str, str]:
        with self._opened(folder) as there:
            if there is None:
                return {}
            with os.scandir(there) as found:
                names = sorted(one.name for one in found if _is_document(one.name))
            return {f"{folder}/{name}": _etag_at(there, name) for name in names}

    def _get(self, key: str) -> Blob | None:
        folder, _, name = key.rpartition("/")
        with self._opened(folder) as there:
            return None if there is None else _read(there, name)

    def _put(self, key: str, data: bytes, over: str | None) -> str | None:
        """The new ETag, None while somebody else writes."""
        folder, _, name = key.rpartition("/")
        with _closed_after(self._descended(folder, make=True)) as there, _locked(there) as is_ours:
            if not is_ours:
                return None
            found = _read(there, name)
            if (None if found is None else found.etag) != over:
                raise ClashError
            _replace(there, name, data)
            return etag_of(data)

    def _delete(self, key: str, over: str) -> None:
        folder, _, name = key.rpartition("/")
        with self._opened(folder) as there:
            found = None if there is None else _read(there, name)
            if there is not None and found is not None and found.etag == over:
                os.unlink(name, dir_fd=there)

    @contextmanager
    def _opened(self, folder: str) -> Iterator[int | None]:
        """A handle of a folder below ours, None where there is none yet."""
        try:
            handle = self._descended(folder)
        except FileNotFoundError:
            yield None
            return
        with _closed_after(handle):
            yield handle

    def _descended(self, folder: str, *, make: bool = False) -> int:
        try:
            handle = os.open(self._root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except FileNotFoundError:
            raise ConfigurationError(
                f"The folder of the store isn't there: {self._root}",
                hint=f"Mount it, or make it: mkdir -p {self._root}",
            ) from None
        for part in folder.split("/"):
            with _closed_after(handle):
                handle = _below(handle, part, make=make)
        return handle

    @contextmanager
    def _in_words(self, what: str, key: str) -> Iterator[None]:
        try:
            yield
        except OSError as problem:
            if problem.errno == errno.ENAMETOOLONG:
                raise ConfigurationError(
                    f"The name is too long for a file: {key.rpartition('/')[2]}",
                    hint="Take a shorter one; a letter beyond ASCII counts more than once.",
                ) from None
            raise ServerError(
                f"{self._root / key} {what}: {problem.strerror}",
                hint="Check who owns that folder, what its permissions are and whether it is full.",
            ) from None


def _is_document(name: str) -> bool:
    return name.endswith(ENDING) and not name.startswith(".")


def _below(handle: int, part: str, *, make: bool) -> int:
    if make:
        with suppress(FileExistsError):
            os.mkdir(part, dir_fd=handle)
    return os.open(part, _DIRECTORY, dir_fd=handle)


@contextmanager
def _closed_after(handle: int) -> Iterator[int]:
    try:
        yield handle
    finally:
        os.close(handle)


@contextmanager
def _locked(folder: int) -> Iterator[bool]:
    """Whether this block is the only one that writes in the folder."""
    with _closed_after(os.open(_LOCK, _WRITING, _FILE, dir_fd=folder)) as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            is_ours = True
        except BlockingIOError:
            is_ours = False
        yield is_ours


def _read(folder: int, name: str) -> Blob | None:
    try:
        handle = os.open(name, _READING, dir_fd=folder)
    except FileNotFoundError:
        return None
    except OSError as problem:
        if problem.errno == errno.ENAMETOOLONG:
            raise
        raise _unreadable(name, problem.strerror) from None
    with _closed_after(handle):
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise _unreadable(name, "it is not a file")
        with os.fdopen(handle, "rb", closefd=False) as file:
            data = file.read(MAX_OBJECT + 1)
    if len(data) > MAX_OBJECT:
        raise _unreadable(name, f"it is longer than {MAX_OBJECT:,} bytes")
    return Blob(data, etag_of(data))


def _etag_at(folder: int, name: str) -> str:
    """Its ETag; one that can't be read is in the list all the same, and says so when it is read."""
    try:
        found = _read(folder, name)
    except UnreadableError:
        return _UNREADABLE
    return _UNREADABLE if found is None else found.etag


def _replace(folder: int, name: str, data: bytes) -> None:
    """The file as a whole, or as it was: whatever happens, and whenever."""
    # One that was left by a crash may be somebody else's, or a link.
    with suppress(FileNotFoundError):
        os.unlink(_NEW, dir_fd=folder)
    with os.fdopen(os.open(_NEW, _WRITING | os.O_EXCL, _FILE, dir_fd=folder), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(_NEW, name, src_dir_fd=folder, dst_dir_fd=folder)
    os.fsync(folder)


def etag_of(data: bytes) -> str:
    """What stands for that content."""
    return hashlib.sha256(data).hexdigest()


def _unreadable(name: str, reason: str | None) -> UnreadableError:
    return UnreadableError(
        f"{name} can't be read: {reason}", hint="Look at that file: nothing else is affected."
    )
