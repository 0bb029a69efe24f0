"""A folder kept as a store is, so that Airflow reads its specs from a disk.

What was written here stands in an index beside it, with the ETag that it had in the store: what
has not changed isn't fetched again, and what isn't in the index is somebody else's. The index
only ever spares work: without it, or with a wrong one, no file is deleted, and none is replaced
but documents of a store. Specs aren't parsed: a document is its bytes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from dli_tui.domain.clock import Clock
from dli_tui.domain.errors import ConfigurationError, DLIError
from dli_tui.domain.ids import why_not_a_name
from dli_tui.domain.status import SourceType
from dli_tui.domain.text import safe_line
from dli_tui.specs.store.document import Act, header_of
from dli_tui.specs.store.local import ENDING, Folder, etag_of
from dli_tui.specs.store.objects import Blob, ClashError, Objects, UnreadableError
from dli_tui.specs.store.shelf import folder_of, key_of
from dli_tui.specs.syncindex import Index, Written, alone, read_index, write_index

_AT_ONCE: Final = 16
_UNREADABLE: Final = "unreadable"
"""No content has that hash."""


class Synced(NamedTuple):
    """What was done to a folder, by paths in it, and what wasn't."""

    written: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    unchanged: int = 0
    foreign: int = 0
    """Specs in the folder that are of somebody else, and were left alone."""
    problems: tuple[str, ...] = ()
    """What is not as it is in the store, each as a sentence."""


class Sync:
    """One folder, and the store that it follows."""

    def __init__(self, objects: Objects, folder: Path, clock: Clock) -> None:
        self._objects, self._folder, self._clock = objects, folder.absolute(), clock
        self._files = Folder(self._folder, clock)

    async def all(self, *, allow_empty: bool = False) -> Synced:
        """Bring all of it up to date; a list that can't be had, or is suspect, deletes nothing."""
        if await asyncio.to_thread(self._is_the_store):
            return Synced()
        async with alone(self._folder, self._clock):
            listed = {source: await self._listed(source) for source in SourceType}
            index = await asyncio.to_thread(read_index, self._folder, self._objects.where)
            emptied = {
                source
                for source in SourceType
                if not listed[source] and not allow_empty and _has_any(index, source)
            }
            wanted = {path: etag for found in listed.values() for path, etag in found.items()}
            scope = {path for path in index if SourceType(_folder(path)) not in emptied}
            work = _Pass(self._objects, self._files, index, await self._there())
            work.problems += [_about_nothing(source) for source in sorted(emptied)]
            return await self._carried_out(work, wanted, scope)

    async def one(self, name: str) -> Synced:
        """Bring what the store has of one name up to date."""
        if await asyncio.to_thread(self._is_the_store):
            return Synced()
        async with alone(self._folder, self._clock):
            index = await asyncio.to_thread(read_index, self._folder, self._objects.where)
            paths = {_path(source, name): key_of(name, source) for source in SourceType}
            blobs = {path: await self._objects.get(key) for path, key in paths.items()}
            wanted = {path: blob.etag for path, blob in blobs.items() if blob is not None}
            there = await self._those_there(paths)
            work = _Pass(self._objects, self._files, index, there)
            return await self._carried_out(work, wanted, paths.keys() & index.keys())

    def _is_the_store(self) -> bool:
        """Whether Airflow reads the store itself; then nothing has to be copied."""
        if not self._folder.is_dir():
            raise ConfigurationError(
                f"There is no such folder: {self._folder}",
                hint=f"It is the one that DLI_SPECS names. Make it: mkdir -p {self._folder}",
            )
        folder = self._folder.resolve()
        own = f"{folder.parent.as_uri()}/{folder_of(SourceType.MANUAL)}"
        return own == f"{self._objects.where}/{folder.name}/{SourceType.MANUAL}"

    async def _listed(self, source: SourceType) -> dict[str, str]:
        found = await self._objects.etags(folder_of(source))
        before = len(folder_of(source)) + 1
        return {
            f"{source}/{key[before:]}": etag for key, etag in found.items() if key.endswith(ENDING)
        }

    async def _there(self) -> dict[str, str]:
        return {
            path: etag
            for source in SourceType
            for path, etag in (await self._files.etags(source)).items()
        }

    async def _those_there(self, paths: Iterable[str]) -> dict[str, str]:
        """Of these paths those where something is: a folder may hold thousands."""
        found = {}
        for path in paths:
            try:
                blob = await self._files.get(path)
            except UnreadableError:
                found[path] = _UNREADABLE
            else:
                found |= {} if blob is None else {path: blob.etag}
        return found

    async def _carried_out(
        self, work: _Pass, wanted: Mapping[str, str], scope: Iterable[str]
    ) -> Synced:
        before = dict(work.index)
        try:
            await work.bring(wanted)
            await work.take_away([path for path in scope if path not in wanted])
        finally:
            if work.index != before:
                await asyncio.to_thread(write_index, self._folder, self._objects.where, work.index)
        foreign = work.there.keys() - work.index.keys() - wanted.keys()
        return Synced(
            tuple(sorted(work.written)),
            tuple(sorted(work.removed)),
            work.unchanged,
            len(foreign),
            tuple(work.problems),
        )


class _Pass:
    """One go over a folder: what is known at its start, and what comes of it."""

    def __init__(
        self, objects: Objects, files: Folder, index: Index, there: dict[str, str]
    ) -> None:
        self._objects, self._files = objects, files
        self.index, self.there = index, there
        self.written: set[str] = set()
        self.removed: set[str] = set()
        self.unchanged = 0
        self.problems: list[str] = []

    async def bring(self, wanted: Mapping[str, str]) -> None:
        """See to it that the folder holds these."""
        waiting = []
        for path in sorted(wanted):
            if self.index.get(path) == Written(wanted[path], self.there.get(path)):
                self.unchanged += 1
            elif (wrong := why_not_a_name(_name(path))) is not None:
                self.problems.append(f"{safe_line(path)} is not copied: in its name, {wrong}")
            else:
                waiting.append(path)
        # CODE that goes makes room for MANUAL, which has to be there by then.
        waiting.sort(key=lambda path: _folder(path) == SourceType.CODE)
        for start in range(0, len(waiting), _AT_ONCE):
            some = waiting[start : start + _AT_ONCE]
            for path, blob in zip(some, await self._fetched(some), strict=True):
                if isinstance(blob, UnreadableError):
                    self.problems.append(f"{blob.message}; {path} stays as it is")
                elif blob is not None:
                    await self._place(path, blob)

    async def take_away(self, paths: Iterable[str]) -> None:
        """See to it that the folder doesn't hold these any more."""
        for path in sorted(paths):
            if await self._clear(path):
                self.index.pop(path, None)

    async def _fetched(self, paths: list[str]) -> list[Blob | UnreadableError | None]:
        readers = [asyncio.create_task(self._fetch(path)) for path in paths]
        try:
            return await asyncio.gather(*readers)
        finally:
            for reader in readers:
                reader.cancel()

    async def _fetch(self, path: str) -> Blob | UnreadableError | None:
        try:
            return await self._objects.get(key_of(_name(path), SourceType(_folder(path))))
        except UnreadableError as problem:
            return problem

    async def _place(self, path: str, blob: Blob) -> None:
        header = header_of(blob.data)
        if header is not None and header.act is Act.REMOVED:
            if await self._clear(path):
                self.index[path] = Written(blob.etag, None)
            return
        found = self.there.get(path)
        if found != etag_of(blob.data):
            if not await self._is_ours(path):
                self.problems.append(_in_the_way(path))
                return
            try:
                self.there[path] = await self._files.put(path, blob.data, over=found)
            except ClashError:
                self.problems.append(f"{path} was changed by somebody else just now")
                return
            self.written.add(path)
        self.index[path] = Written(blob.etag, self.there[path])

    async def _clear(self, path: str) -> bool:
        """Whether nothing of ours stands at a path any more."""
        found = self.there.get(path)
        if found is None:
            return True
        known = self.index.get(path)
        if known is None or known.file != found:
            self.problems.append(f"{path} is gone from the store; here it is not sync's to delete")
            return False
        await self._renew(path)
        await self._files.delete(path, over=found)
        del self.there[path]
        self.removed.add(path)
        return True

    async def _renew(self, path: str) -> None:
        """Where CODE goes, MANUAL comes into force now: no tick before this is to be run."""
        manual = _path(SourceType.MANUAL, _name(path))
        found = self.there.get(manual)
        if manual == path or found is None or manual in self.written:
            return
        blob = await self._files.get(manual)
        if blob is not None and blob.etag == found:
            await self._files.put(manual, blob.data, over=found)

    async def _is_ours(self, path: str) -> bool:
        """Whether what stands at a path may be replaced: sync wrote it, or some store did."""
        found, known = self.there.get(path), self.index.get(path)
        if found is None or (known is not None and known.file == found):
            return True
        try:
            blob = await self._files.get(path)
        except DLIError:
            return False
        return blob is None or header_of(blob.data) is not None


def _path(source: SourceType, name: str) -> str:
    return f"{source}/{name}{ENDING}"


def _folder(path: str) -> str:
    return path.partition("/")[0]


def _name(path: str) -> str:
    return path.partition("/")[2].removesuffix(ENDING)


def _has_any(index: Index, source: SourceType) -> bool:
    return any(_folder(path) == source for path in index)


def _about_nothing(source: SourceType) -> str:
    return (
        f"The store lists no {source.upper()} at all, where it did before: nothing of it is"
        " deleted; if that is meant, say --allow-empty"
    )


def _in_the_way(path: str) -> str:
    return f"{path} is a file of somebody else, so it isn't replaced: give it another name"
