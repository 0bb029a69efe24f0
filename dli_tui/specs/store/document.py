"""What stands in an object: one line of ours, and below it a spec byte for byte.

The line is a YAML comment, so that the object is a spec for whoever reads it as one. It is read
strictly: a line that we wouldn't have written ourselves is part of the spec.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final, NamedTuple

from dli_tui.domain.clock import as_utc
from dli_tui.domain.status import SourceType
from dli_tui.domain.text import safe_line
from dli_tui.specs.store.objects import UnreadableError

MAX_BY: Final = 200
_MAX_LINE: Final = 2_000
_BOM: Final = "\ufeff"
_LINE: Final = re.compile(
    r"# dli-tui: revision ([1-9][0-9]{0,8}), ([a-z]+) by (\".*\") at ([0-9TZ:-]{20})"
)
_TIME: Final = "%Y-%m-%dT%H:%M:%SZ"


class Act(StrEnum):
    """What was done last to a document."""

    REGISTERED = "registered"
    PUSHED = "pushed"
    REMOVED = "removed"


class Header(NamedTuple):
    """Who did what to a document, when, and how often somebody had before."""

    revision: int
    act: Act
    by: str
    at: datetime

    def line(self) -> str:
        """It as the first line of a document."""
        by = json.dumps(safe_line(self.by, MAX_BY))
        at = as_utc(self.at).strftime(_TIME)
        return f"# dli-tui: revision {self.revision}, {self.act} by {by} at {at}"

    def said(self) -> str:
        """It as the end of a sentence."""
        at = f"{as_utc(self.at):%Y-%m-%d %H:%M:%S} UTC"
        return f"{self.act} by {self.by} on {at} (revision {self.revision})"


class Document(NamedTuple):
    """A spec in the store, as it stood at one moment."""

    name: str
    source: SourceType
    text: str
    etag: str
    header: Header | None

    @property
    def is_removed(self) -> bool:
        """Whether it only says that somebody removed it."""
        return self.header is not None and self.header.act is Act.REMOVED

    @property
    def revision(self) -> int:
        """How often it was written; 0 where somebody put it there by other means."""
        return 0 if self.header is None else self.header.revision

    def said(self) -> str:
        """Who wrote it and when, as the end of a sentence."""
        return "put there by other means" if self.header is None else self.header.said()


def bytes_of(header: Header, text: str) -> bytes:
    """A document of that spec."""
    # Below a line, a byte order mark would be the first letter of the first key.
    return f"{header.line()}\n{text.removeprefix(_BOM)}".encode()


def header_of(data: bytes) -> Header | None:
    """The header of a document, if it has one."""
    first, newline, _ = data.partition(b"\n")
    return _header_of(first) if newline else None


def parts_of(data: bytes, key: str) -> tuple[Header | None, str]:
    """The header of the document at `key`, if it has one, and its spec."""
    header = header_of(data)
    spec = data if header is None else data.partition(b"\n")[2]
    try:
        return header, spec.decode("utf-8-sig" if header is None else "utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, len(data) - len(spec) + error.start) + 1
        raise UnreadableError(
            f"{safe_line(key)} can't be read: line {line} is not UTF-8 text",
            hint="Put it right where it lies, or delete it there: nothing else is affected.",
        ) from None


def _header_of(line: bytes) -> Header | None:
    if len(line) > _MAX_LINE:
        return None
    try:
        text = line.decode("ascii")
        found = _LINE.fullmatch(text)
        if found is None:
            return None
        at = datetime.strptime(found[4], _TIME).replace(tzinfo=UTC)
        header = Header(int(found[1]), Act(found[2]), json.loads(found[3]), at)
    except ValueError:
        return None
    return header if header.line() == text else None
