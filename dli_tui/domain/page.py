"""What a list and a poll answer: rows as they come, and what moved since last time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from dli_tui.domain.ids import WorkflowKey
    from dli_tui.domain.workflow import WorkflowInfo

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows of a list, as they came; `total` counts all of them where it is known."""

    items: tuple[T, ...]
    total: int | None = None


@dataclass(frozen=True, slots=True)
class Changes:
    """What moved since a cursor. `whole`: these rows are the whole list, drop all others."""

    cursor: str
    workflows: tuple[WorkflowInfo, ...] = ()
    gone: tuple[WorkflowKey, ...] = ()
    whole: bool = False
