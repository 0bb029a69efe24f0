"""Which rows changed since somebody last looked, remembered for a while and then summed up."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from dli_tui.domain.ids import WorkflowKey

MOST_KEPT: Final = 20_000
"""To name more rows than this costs more than to look at all of them."""


class Moved(NamedTuple):
    """What changed since a version; `whole`: everything may have."""

    version: int
    keys: frozenset[WorkflowKey] = frozenset()
    whole: bool = False


class Moves:
    """Counts the changes, and knows the latest ones by name."""

    def __init__(self) -> None:
        self._version = 0
        self._latest: deque[frozenset[WorkflowKey]] = deque()
        self._kept = 0

    def note(self, keys: Iterable[WorkflowKey]) -> None:
        """These changed."""
        moved = frozenset(keys)
        if not moved:
            return
        self._version += 1
        self._latest.append(moved)
        self._kept += len(moved)
        while self._kept > MOST_KEPT:
            self._kept -= len(self._latest.popleft())

    def since(self, version: int) -> Moved:
        """What changed since `version`."""
        behind = self._version - version
        if not 0 <= behind <= len(self._latest):
            return Moved(self._version, whole=True)
        newest = list(self._latest)[len(self._latest) - behind :]
        return Moved(self._version, frozenset().union(*newest))
