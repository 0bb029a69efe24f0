"""The arithmetic of a measurement: what many values come to, and whether that is good enough."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import NamedTuple

Figures = dict[str, float]
"""What a scene measured: the figures of its budgets by their names, and what is behind them."""


class Effort(NamedTuple):
    """How much is measured."""

    rounds: int
    """How often programs are compared, in turn."""
    presses: int
    """Of each key in a round."""
    rest: float
    """Seconds that nobody does anything: whole tens, as the list is asked for every ten."""


class Setting(NamedTuple):
    """What a scene is played with."""

    effort: Effort
    env: Mapping[str, str]


Scene = Callable[[Setting], Figures]


@dataclass(frozen=True)
class Budget:
    """What something may cost."""

    name: str
    says: str
    bound: float
    unit: str
    scene: Scene
    """Measures it; a scene that several budgets share is played once."""


@dataclass(frozen=True)
class Verdict:
    """A budget beside what was measured."""

    budget: Budget
    bound: float
    figure: float | None
    reason: str = ""
    """Why there is no figure."""

    @property
    def kept(self) -> bool:
        """Whether it is good enough; what couldn't be measured isn't."""
        return self.figure is not None and self.figure <= self.bound


def p95(values: Sequence[float]) -> float:
    """The value that one in twenty exceeds, by nearest rank."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]


def ratio(ours: Sequence[float], reference: Sequence[float]) -> float:
    """How many times the reference: the median over rounds in which both had the same weather."""
    return median(one / other for one, other in zip(ours, reference, strict=True))


def spread(values: Sequence[float]) -> float:
    """How many times the smallest the largest is."""
    return max(values) / min(values)


def table(verdicts: Sequence[Verdict]) -> str:
    """Budgets, figures and bounds side by side."""
    heads = ("budget", "figure", "bound", "ok")
    rows = [heads, *(_cells(verdict) for verdict in verdicts)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [_line(row, widths) for row in rows]
    lines.insert(1, "─┼─".join("─" * width for width in widths))
    lines.extend(f"{one.budget.name}: {one.reason}" for one in verdicts if one.reason)
    return "\n".join(lines)


def as_json(verdicts: Sequence[Verdict], behind: Mapping[str, float]) -> str:
    """One line for a program."""
    budgets = {
        verdict.budget.name: {
            "figure": verdict.figure,
            "bound": verdict.bound,
            "unit": verdict.budget.unit,
            "ok": verdict.kept,
        }
        for verdict in verdicts
    }
    return json.dumps({"budgets": budgets, "behind": behind}, ensure_ascii=False)


def _cells(verdict: Verdict) -> tuple[str, str, str, str]:
    figure = "–" if verdict.figure is None else f"{verdict.figure:.2f}"
    bound = f"≤ {verdict.bound:g} {verdict.budget.unit}"
    return verdict.budget.says, figure, bound, "yes" if verdict.kept else "NO"


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    says, figure, bound, kept = row
    return " │ ".join(
        (says.ljust(widths[0]), figure.rjust(widths[1]), bound.ljust(widths[2]), kept)
    )
