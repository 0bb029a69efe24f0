"""What a list and a poll answer: rows as they come, and what moved since last time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

if TYPE_CHECKING:
    from dli_tui.domain.ids import WorkflowKey
    from dli_tui.domain.workflow import WorkflowInfo

T = TypeVar("T")


class Page(NamedTuple, Generic[T]):
    """Some rows of a list, as they came; `total` counts all of them where it is known."""

    items: tuple[T, ...]
    total: int | None = None
    stopped_after: int | None = None
    """After so many rows were looked through for those that fit, though there are more."""


class Changes(NamedTuple):
    """What moved since a cursor. `whole`: these rows are the whole list, drop all others."""

    cursor: str
    workflows: tuple[WorkflowInfo, ...] = ()
    gone: tuple[WorkflowKey, ...] = ()
    whole: bool = False
