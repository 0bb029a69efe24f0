"""The documents of one source. What replaces one names the version that it replaces."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Final

from dli_tui.domain.acting import acting_user
from dli_tui.domain.clock import Clock
from dli_tui.domain.errors import (
    AnswerLostError,
    ConfigurationError,
    ErrorCode,
    ServerError,
    WorkflowRegistrationError,
)
from dli_tui.domain.ids import why_not_a_name
from dli_tui.domain.status import SourceType
from dli_tui.specs.find import spec_named
from dli_tui.specs.store.document import Act, Document, Header, bytes_of, parts_of
from dli_tui.specs.store.local import ENDING
from dli_tui.specs.store.objects import ClashError, Objects

_FOLDERS: Final = {
    SourceType.MANUAL: "workflows/manual",
    SourceType.CODE: "workflows/code",
}
_WRITTEN: Final = {SourceType.MANUAL: Act.REGISTERED, SourceType.CODE: Act.PUSHED}


def folder_of(source: SourceType) -> str:
    """Where the documents of that source lie."""
    return _FOLDERS[source]


def key_of(name: str, source: SourceType) -> str:
    """The key of a document; DLI-001 unless the name is one."""
    wrong = why_not_a_name(name)
    if wrong is not None:
        raise ConfigurationError(
            f"{name!r} is not a dataset name: {wrong}", hint="Check the dataset name."
        )
    return f"{_FOLDERS[source]}/{name}{ENDING}"


class Shelf:
    """The documents of one source."""

    def __init__(self, objects: Objects, source: SourceType, clock: Clock) -> None:
        self._objects, self._source, self._clock = objects, source, clock

    async def etags(self) -> Mapping[str, str]:
        """Every key with its ETag; the removed ones too, as a list can't tell them apart."""
        found = await self._objects.etags(_FOLDERS[self._source])
        return {key: etag for key, etag in found.items() if key.endswith(ENDING)}

    async def document(self, name: str) -> Document | None:
        """What stands under a name, even if that is only that it was removed."""
        key = key_of(name, self._source)
        found = await self._objects.get(key)
        if found is None:
            return None
        header, text = parts_of(found.data, key)
        return Document(name, self._source, text, found.etag, header)

    async def create(self, name: str, text: str) -> Document:
        """Write a spec where there is none; DLI-804 says who was first."""
        found = await self.document(name)
        if found is not None and not found.is_removed:
            raise _there_already(found)
        return await self._write(name, _WRITTEN[self._source], text, found)

    async def replace(self, document: Document, text: str) -> Document:
        """Write a spec over that version of it; DLI-804 says who was faster."""
        return await self._write(document.name, _WRITTEN[self._source], text, document)

    async def remove(self, document: Document) -> Document:
        """Leave in its place who removed it; DLI-808 says who was faster."""
        return await self._write(document.name, Act.REMOVED, "", document)

    async def _write(self, name: str, act: Act, text: str, over: Document | None) -> Document:
        key = key_of(name, self._source)
        if act is not Act.REMOVED:
            await asyncio.to_thread(spec_named, name, text)
        revision = 1 if over is None else over.revision + 1
        header = Header(revision, act, acting_user(), self._clock.now().replace(microsecond=0))
        data = bytes_of(header, text)
        try:
            etag = await self._objects.put(key, data, over=None if over is None else over.etag)
        except ClashError:
            raise await self._outrun(name, act) from None
        except AnswerLostError as lost:
            etag = await self._etag_if_there(key, data, lost)
        return Document(name, self._source, parts_of(data, key)[1], etag, header)

    async def _etag_if_there(self, key: str, data: bytes, lost: AnswerLostError) -> str:
        """A write whose answer was lost is looked for, never sent again."""
        try:
            found = await self._objects.get(key)
        except ServerError:
            raise lost from None
        if found is None or found.data != data:
            raise lost
        return found.etag

    async def _outrun(self, name: str, act: Act) -> WorkflowRegistrationError:
        now = await self.document(name)
        said = "it is gone" if now is None else f"it was {now.said()}"
        if act is Act.REMOVED:
            return WorkflowRegistrationError(
                f"'{name}' was not removed: it has changed meanwhile, {said}",
                dataset_name=name,
                code=ErrorCode.WORKFLOW_UNREGISTER_FAILED,
                hint=f"Look at what is there now: dli-tui specs show {name}",
            )
        return WorkflowRegistrationError(
            f"'{name}' was not written: somebody was faster, {said}",
            dataset_name=name,
            code=ErrorCode.WORKFLOW_ALREADY_EXISTS,
            hint=f"Look at what is there now: dli-tui specs show {name}",
        )


def _there_already(found: Document) -> WorkflowRegistrationError:
    return WorkflowRegistrationError(
        f"'{found.name}' is there already: it was {found.said()}",
        dataset_name=found.name,
        code=ErrorCode.WORKFLOW_ALREADY_EXISTS,
    )
