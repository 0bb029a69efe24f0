"""Finding a name among very many while it is typed: the best fits, and how well each fits. Pure.

A key may take a tenth of a second, not more, however long the list is. So the cheap question
comes first (is it in the name as typed), and only who asks for more gets the dear one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from heapq import nsmallest
from typing import Final

from dli_tui.present.wordhits import begins_words

MOST: Final = 200
"""So many are shown; who looks for another types more of it."""
_MANY: Final = 10_000
_STRETCH: Final = 4_000

Fit = tuple[int, int, int]
"""The smallest fits best: the kind of fit, where it is, how long the name is."""


def fit(wanted: str, name: str) -> Fit | None:
    """How well a name fits what was typed; both casefolded. None where it isn't in it."""
    at = name.find(wanted)
    if at < 0:
        return None
    if at == 0:
        return 0, 0, len(name)
    return 2 if name[at - 1].isalnum() else 1, at, len(name)


def best(wanted: str, names: Sequence[str]) -> list[tuple[Fit, int]]:
    """The places of the names that hold what was typed, with how well each fits, best first."""
    hits = [at for at, name in enumerate(names) if wanted in name]
    if len(hits) > _MANY:
        # Half the list fits a single letter: only beginnings tell anything then.
        hits = [at for at in hits if names[at].startswith(wanted)] or hits[:_MANY]
    fits = ((found, at) for at in hits if (found := fit(wanted, names[at])) is not None)
    return nsmallest(MOST, fits)


def by_words(wanted: str, names: Sequence[str]) -> Iterator[Sequence[int]]:
    """The places of names of which it is the beginnings of words, a stretch of names at a time."""
    for start in range(0, len(names), _STRETCH):
        stretch = range(start, min(start + _STRETCH, len(names)))
        yield [at for at in stretch if wanted not in names[at] and begins_words(wanted, names[at])]
