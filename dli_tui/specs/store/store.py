"""What a program may do with the specs of a place: read both sources, and write MANUAL.

CODE is written by CI, with a credential of its own: `specs.publishing` is the only way to do it,
and nobody who registers can say it.
"""

from __future__ import annotations

from collections.abc import Mapping

from dli_tui.domain.clock import Clock
from dli_tui.domain.status import SourceType
from dli_tui.specs.store.document import Document
from dli_tui.specs.store.objects import Objects
from dli_tui.specs.store.shelf import Shelf


class SpecStore:
    """The specs of one place."""

    def __init__(self, objects: Objects, clock: Clock) -> None:
        self.where = objects.where
        self._manual = Shelf(objects, SourceType.MANUAL, clock)
        self._code = Shelf(objects, SourceType.CODE, clock)

    async def etags(self, source: SourceType) -> Mapping[str, str]:
        """Every key of a source with its ETag, those of removed specs too."""
        return await self._shelf(source).etags()

    async def document(self, name: str, source: SourceType) -> Document | None:
        """What stands under a name, even if that is only that it was removed."""
        return await self._shelf(source).document(name)

    async def read(self, name: str, source: SourceType) -> Document | None:
        """The spec of that name, None where there is none."""
        found = await self.document(name, source)
        return None if found is None or found.is_removed else found

    async def register(self, name: str, text: str) -> Document:
        """Write a MANUAL spec where there is none; DLI-804 says who was first."""
        return await self._manual.create(name, text)

    async def replace(self, document: Document, text: str) -> Document:
        """Write over that version of a MANUAL spec; DLI-804 says who was faster."""
        return await self._manual.replace(document, text)

    async def unregister(self, document: Document) -> Document:
        """Remove that version of a MANUAL spec; DLI-808 says who was faster."""
        return await self._manual.remove(document)

    def _shelf(self, source: SourceType) -> Shelf:
        return self._code if source is SourceType.CODE else self._manual
