"""All that a store holds, as rows: each name with its CODE and its MANUAL, and which is in force.

A document that makes no sense is a row with its error and hides no other; a listing that isn't
whole is no catalogue at all. Documents whose ETag is known from the last one aren't read again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from dli_tui.domain.errors import ConfigurationError, DLIError
from dli_tui.domain.ids import why_not_a_name
from dli_tui.domain.status import SourceType
from dli_tui.specs.errors import SpecError
from dli_tui.specs.find import spec_named
from dli_tui.specs.model import DatasetSpec
from dli_tui.specs.store.document import Document
from dli_tui.specs.store.local import ENDING
from dli_tui.specs.store.objects import UnreadableError
from dli_tui.specs.store.shelf import folder_of
from dli_tui.specs.store.store import SpecStore

_AT_ONCE: Final = 16


class Entry(NamedTuple):
    """What lies under one key: a spec that is in order, or what is wrong with it."""

    name: str
    source: SourceType
    etag: str
    document: Document | None
    spec: DatasetSpec | None
    problem: DLIError | None

    @property
    def is_removed(self) -> bool:
        """Whether it only says that somebody removed it."""
        return self.document is not None and self.document.is_removed


class Row(NamedTuple):
    """One name. CODE is in force where there is one, even one that is broken."""

    name: str
    code: Entry | None
    manual: Entry | None

    @property
    def in_force(self) -> Entry:
        found = self.code or self.manual
        if found is None:
            raise LookupError(self.name)
        return found

    @property
    def overridden(self) -> Entry | None:
        """The MANUAL that is kept until CODE goes."""
        return self.manual if self.code is not None else None


class Catalogue(NamedTuple):
    """What a store holds at one moment."""

    rows: tuple[Row, ...]
    entries: Mapping[str, Entry]
    """By their keys, the removed ones too."""


EMPTY: Final = Catalogue((), {})


def place_of(name: str, source: SourceType) -> str:
    """Under which key the document of a name is."""
    return f"{folder_of(source)}/{name}{ENDING}"


async def read_catalogue(store: SpecStore, before: Catalogue = EMPTY) -> Catalogue:
    """All that is there now; what `before` knows already isn't read again."""
    entries: dict[str, Entry] = {}
    for source in SourceType:
        etags = await store.etags(source)
        known = {
            key: entry
            for key, entry in before.entries.items()
            if key in etags and entry.etag == etags[key] and entry.document is not None
        }
        fresh = await read_entries(
            store, source, {key: etags[key] for key in etags.keys() - known.keys()}
        )
        entries.update(known)
        entries.update(fresh)
    return Catalogue(_rows(entries.values()), dict(sorted(entries.items())))


def _rows(entries: Iterable[Entry]) -> tuple[Row, ...]:
    there: dict[str, dict[SourceType, Entry]] = {}
    for entry in entries:
        if not entry.is_removed:
            there.setdefault(entry.name, {})[entry.source] = entry
    return tuple(
        Row(name, found.get(SourceType.CODE), found.get(SourceType.MANUAL))
        for name, found in sorted(there.items())
    )


async def read_entries(
    store: SpecStore, source: SourceType, etags: Mapping[str, str]
) -> Mapping[str, Entry]:
    """The entries of those keys. What was deleted since it was listed is left out."""
    waiting = iter(sorted(etags.items()))
    found: dict[str, Entry] = {}

    async def some() -> None:
        for key, etag in waiting:
            name = key.removeprefix(f"{folder_of(source)}/").removesuffix(ENDING)
            entry = await _entry(store, name, source, etag)
            if entry is not None:
                found[key] = entry

    readers = [asyncio.create_task(some()) for _ in range(min(_AT_ONCE, len(etags)))]
    try:
        await asyncio.gather(*readers)
    finally:
        for reader in readers:
            reader.cancel()
    return found


async def _entry(store: SpecStore, name: str, source: SourceType, etag: str) -> Entry | None:
    wrong = why_not_a_name(name)
    if wrong is not None:
        problem = ConfigurationError(
            f"{name!r} is not a dataset name: {wrong}",
            hint=f"Delete it from {store.where}, or give it another name there.",
        )
        return Entry(name, source, etag, None, None, problem)
    try:
        document = await store.document(name, source)
    except UnreadableError as problem:
        return Entry(name, source, etag, None, None, problem)
    if document is None:
        return None
    if document.is_removed:
        return Entry(name, source, document.etag, document, None, None)
    try:
        spec = await asyncio.to_thread(spec_named, name, document.text)
    except SpecError as problem:
        return Entry(name, source, document.etag, document, None, problem)
    return Entry(name, source, document.etag, document, spec, None)
