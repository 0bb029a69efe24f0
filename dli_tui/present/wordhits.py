"""Finding a name by the beginnings of its words: `ordd` for orders_daily, `mrt` for
ml.recommender.train.

The letters must come in the name in order, and each must begin a word of it or follow the
letter before it. Looser rules find half the list for any three letters.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

_WORD: Final = re.compile(r"[^\W_]+|[\W_]")
"""What stands between words is one too, so that `ana.cl` may be typed."""
_REMEMBERED: Final = 131_072
_LEAST: Final = 2


def begins_words(letters: str, name: str) -> bool:
    """Whether `letters` are beginnings of words of `name`, in order; both casefolded."""
    if len(letters) < _LEAST or not _in_order(letters, name):
        return False
    starts = _starts(name)
    hits = [at for at in starts if name[at] == letters[0]]
    for letter in letters[1:]:
        if not hits:
            return False
        follow = {at + 1 for at in hits if name[at + 1 : at + 2] == letter}
        begin = {at for at in starts if at > hits[0] and name[at] == letter}
        hits = sorted(follow | begin)
    return bool(hits)


def _in_order(letters: str, name: str) -> bool:
    """Whether the letters come in order at all: the cheap question that most names fail."""
    at = -1
    for letter in letters:
        at = name.find(letter, at + 1)
        if at < 0:
            return False
    return True


@lru_cache(maxsize=_REMEMBERED)
def _starts(name: str) -> tuple[int, ...]:
    return tuple(match.start() for match in _WORD.finditer(name))
