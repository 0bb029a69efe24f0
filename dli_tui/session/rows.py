"""The rows of the list: each new picture is another mapping, so that whoever has one keeps it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

from dli_tui.domain.ids import WorkflowKey
from dli_tui.domain.status import SourceType

if TYPE_CHECKING:
    from dli_tui.domain.page import Changes
    from dli_tui.domain.workflow import WorkflowInfo

    Picture = Mapping[WorkflowKey, WorkflowInfo]

_AT_A_TIME: Final = 1_000
"""So many rows are compared in some milliseconds; then the keyboard has its turn."""


def rows_of(picture: Picture, name: str) -> tuple[WorkflowInfo, ...]:
    """The rows of one name, CODE first."""
    keys = (WorkflowKey(name, source) for source in (SourceType.CODE, SourceType.MANUAL))
    return tuple(picture[key] for key in keys if key in picture)


async def applied(picture: Picture, changes: Changes) -> tuple[Picture, frozenset[WorkflowKey]]:
    """The picture after `changes`, and which rows differ; the same picture where none do."""
    told: set[WorkflowKey] = set()
    differing: dict[WorkflowKey, WorkflowInfo] = {}
    for number, row in enumerate(changes.workflows, start=1):
        key = row.key
        told.add(key)
        if picture.get(key) != row:
            differing[key] = row
        if number % _AT_A_TIME == 0:
            await asyncio.sleep(0)
    untold = picture.keys() if changes.whole else picture.keys() & changes.gone
    # What is gone and told all the same came back.
    gone = untold - told
    if not differing and not gone:
        return picture, frozenset()
    return _replaced(picture, differing, gone), frozenset(differing) | gone


def _replaced(picture: Picture, differing: Picture, gone: Iterable[WorkflowKey]) -> Picture:
    new = {**picture, **differing}
    for key in gone:
        del new[key]
    return new
