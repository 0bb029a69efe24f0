"""What was answered before: the same answer is neither sent, parsed nor compared twice.

A dashboard asks the same question every few seconds, and mostly nothing has moved. A server
that knows ETags says so with 304; of any other the crc of the body tells.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, Final, NamedTuple
from zlib import crc32

import httpx

from dli_tui.backends.http.exchange import Asked

QUESTIONS: Final = 256
LARGEST: Final = 1024 * 1024
"""A body beyond this isn't worth the memory of what was made of it."""
MOST_BYTES: Final = 4 * 1024 * 1024
"""All bodies together; what is made of them takes several times as much."""
_OBJECT: Final = 400
"""An object of a body counts as so many bytes at least: a row is made of an empty one too."""

_LONGEST_ETAG: Final = 1_000

_Question = tuple[str, str, tuple[tuple[str, str | int], ...], tuple[tuple[str, str], ...]]


class Mark(NamedTuple):
    """What tells two bodies apart."""

    length: int
    crc: int
    weight: int
    """About how much memory is taken by what is made of it, told in bytes of usual bodies."""

    @classmethod
    def of(cls, content: bytes) -> Mark:
        """The mark of a body."""
        weight = max(len(content), _OBJECT * content.count(b"{"))
        return cls(len(content), crc32(content), weight)


class Known(NamedTuple):
    """An answer that was given before."""

    value: Any
    status: int
    headers: httpx.Headers
    mark: Mark

    @property
    def etag(self) -> str | None:
        """The server's own mark, where it gives one that can be sent back."""
        found = self.headers.get("ETag")
        fits = found and found.isascii() and found.isprintable() and len(found) <= _LONGEST_ETAG
        return found if fits else None

    def with_headers(self, newer: httpx.Headers) -> httpx.Headers:
        """The headers as they are now: a 304 repeats only some."""
        return httpx.Headers({**self.headers, **newer})


class Memory:
    """The answers of the questions that were asked last."""

    def __init__(self) -> None:
        self._known: OrderedDict[_Question, Known] = OrderedDict()
        self._bytes = 0

    def of(self, asked: Asked) -> Known | None:
        """What was answered the last time."""
        question = _question(asked)
        return None if question is None else self._known.get(question)

    def forget(self, asked: Asked) -> None:
        """Something else was answered: the next answer is news, even the one from before."""
        question = _question(asked)
        if question is not None:
            self._drop(question)

    def keep(self, asked: Asked, known: Known) -> None:
        """Remember an answer; the one that was asked for longest ago goes."""
        question = _question(asked)
        if question is None:
            return
        self._drop(question)
        if known.mark.length <= LARGEST:
            self._known[question] = known
            self._bytes += known.mark.weight
        while len(self._known) > QUESTIONS or self._bytes > MOST_BYTES:
            self._drop(next(iter(self._known)))

    def _drop(self, question: _Question) -> None:
        known = self._known.pop(question, None)
        if known is not None:
            self._bytes -= known.mark.weight


def _question(asked: Asked) -> _Question | None:
    """What makes two questions the same; None where each is one of its own."""
    if asked.method != "GET" or not asked.cacheable:
        return None
    # The operation stands for what is made of the body.
    where = f"{asked.operation} {asked.path}"
    return asked.method, where, _sorted(asked.query), _sorted(asked.headers)


def _sorted(pairs: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
    return tuple(sorted(pairs.items()))
