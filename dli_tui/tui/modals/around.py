"""What a question is made of beside its plan: its title, its form, its keys, the time to read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final, cast

from textual.containers import Vertical

from dli_tui.tui.looks import Tone
from dli_tui.tui.opening import Where
from dli_tui.tui.widgets.oneline import Bit

if TYPE_CHECKING:
    from dli_tui.tui.modals.question import Question


READ_SECONDS: Final = 0.4
"""Nobody has read a plan sooner: an enter that comes before was meant for something else."""
_FRAME: Final = 4
"""The frame of a question, its title and its keys."""
_AIR: Final = 4
"""Blank lines: above the plan and the keys, and outside the frame."""
TIGHT_ROWS: Final = 20
"""On fewer, the blank lines of a form go to its plan."""
KEPT_SECONDS: Final = 2
"""Short, for on a small terminal a notice covers the keys of the next question."""


class Form(Vertical):
    """The fields; when they take another height, the plan has to give or take."""

    def on_resize(self) -> None:
        cast("Question[object]", self.screen).fit()


class Shown:
    """Since when there is to be read what stands there now."""

    def __init__(self) -> None:
        self._at: float | None = None
        """None before it is painted."""

    def painted(self, now: float) -> None:
        """Something else stands there."""
        self._at = now

    def is_read(self, now: float) -> bool:
        """Whether it could be read by now."""
        return self._at is not None and now - self._at >= READ_SECONDS


def frame(*, is_tight: bool) -> int:
    """How many lines of a question are neither plan nor form."""
    return _FRAME + (0 if is_tight else _AIR)


def title(said: str, where: Where | None, tone: Tone = Tone.PLAIN) -> tuple[list[Bit], list[Bit]]:
    """The title with the place it is about, if it is about one, and how careful to be there."""
    told = [Bit(said, tone, bold=True)]
    if where is None:
        return told, []
    badge = [Bit(" PROD ", Tone.FAILED, bold=True, reverse=True)] if where.production else []
    return [*told, Bit(f"  {where.name}", Tone.MUTED)], badge


def key(spelled: str, label: str, action: str, tone: Tone = Tone.MUTED) -> list[Bit]:
    """A key that can be clicked, and what it does."""
    act = f"screen.{action}"
    return [
        Bit(f" {spelled}", Tone.RUNNING, bold=True, action=act),
        Bit(f" {label}  ", tone, bold=tone is Tone.FAILED, action=act),
    ]


def told(keys: Iterable[tuple[str, str]]) -> list[Bit]:
    """Keys to read: they mean something to what is in focus."""
    bits: list[Bit] = []
    for spelled, label in keys:
        bits += [Bit(f" {spelled}", Tone.RUNNING, bold=True), Bit(f" {label}  ", Tone.MUTED)]
    return bits
