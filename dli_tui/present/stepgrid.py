"""The steps of several runs side by side: a line a step, a column a run, the newest last."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from dli_tui.domain.status import RunStatus, StepStatus
from dli_tui.present.rows import StepRow

_WORST_FIRST: Final = (
    StepStatus.FAILED,
    StepStatus.RETRYING,
    StepStatus.CANCELLED,
    StepStatus.UNKNOWN,
    StepStatus.RUNNING,
    StepStatus.PENDING,
    StepStatus.COMPLETED,
    StepStatus.SKIPPED,
)
_RANK: Final = {status: rank for rank, status in enumerate(_WORST_FIRST)}


class Column(NamedTuple):
    """One run; its steps are None until they are known."""

    status: RunStatus
    steps: Sequence[StepRow] | None


class Cell(NamedTuple):
    """One step of one run; None where the run has no such step."""

    status: StepStatus | None
    known: bool = True
    """Whether the steps of that run have come."""
    reached: bool = True
    """Whether it began: one that failed without having begun is not what went wrong."""


class Grid(NamedTuple):
    """Lines by the names of the steps."""

    runs: tuple[RunStatus, ...]
    lines: tuple[tuple[str, tuple[Cell, ...]], ...]
    awaited: bool
    """Whether steps of some run are still to come."""


def grid(columns: Sequence[Column]) -> Grid:
    """The steps in the order of the newest run; those that only older runs had come last."""
    names: dict[str, str] = {}
    for column in reversed(columns):
        for step in column.steps or ():
            names.setdefault(step.raw, step.name)
    lines = tuple(
        (shown, tuple(_cell(column, raw) for column in columns)) for raw, shown in names.items()
    )
    awaited = any(column.steps is None for column in columns)
    return Grid(tuple(column.status for column in columns), lines, awaited)


def _cell(column: Column, raw: str) -> Cell:
    """The worst of a step, which may have many copies."""
    if column.steps is None:
        return Cell(None, known=False)
    found = [step for step in column.steps if step.raw == raw]
    if not found:
        return Cell(None)
    worst = min(found, key=lambda step: (_RANK[step.status], not step.is_reached))
    return Cell(worst.status, reached=worst.is_reached)
