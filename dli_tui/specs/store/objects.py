"""What a place of objects can do, whether it is a folder or a bucket: no more than is needed.

A write names what it replaces, so that nothing is ever overwritten unseen.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Final, NamedTuple

from dli_tui.domain.errors import ServerError
from dli_tui.specs.reader import MAX_BYTES

HEADROOM: Final = 4_096
MAX_OBJECT: Final = MAX_BYTES + HEADROOM
"""The longest object that is read: a spec, and what is said of it."""


class Blob(NamedTuple):
    """An object as it stood at one moment."""

    data: bytes
    etag: str


class ClashError(Exception):
    """What is there is not what the write was to replace: somebody else was faster."""


class UnreadableError(ServerError):
    """One object can't be read; the others can."""


class Objects(ABC):
    """A place of objects. Everything else that goes wrong there is a domain error."""

    def __init__(self, where: str) -> None:
        self.where: Final = where

    @abstractmethod
    async def etags(self, folder: str) -> Mapping[str, str]:
        """Every key in `folder` with its ETag; whatever keeps it from being all is an error."""

    @abstractmethod
    async def get(self, key: str) -> Blob | None:
        """The object, None where there is none; UnreadableError if it is this one's own fault."""

    @abstractmethod
    async def put(self, key: str, data: bytes, *, over: str | None) -> str:
        """Write over the object of that ETag, or where there is none; the new ETag.

        ClashError: something else is there, and nothing was written. AnswerLostError: it may have
        been written.
        """
