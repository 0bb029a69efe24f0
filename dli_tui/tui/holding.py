"""Holding a backfill that its server keeps going, and letting it go on: on the pages of backfills
the keys that hold a schedule elsewhere mean the backfill."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dli_tui.client.foretelling import hold_backfill
from dli_tui.domain.capability import Capability
from dli_tui.present import words
from dli_tui.tui.deeds import once
from dli_tui.tui.looks import RUNS, Tone
from dli_tui.tui.modals.hold import HoldQuestion
from dli_tui.tui.modals.question import Plan
from dli_tui.tui.plans import typed_out
from dli_tui.tui.widgets.lines import Piece

if TYPE_CHECKING:
    from dli_tui.domain.backfill import Backfill
    from dli_tui.session.session import Session
    from dli_tui.tui.deeds import Asked
    from dli_tui.tui.keys.command import Command
    from dli_tui.tui.opening import Where

_PAUSE: Final = "pause"
DEEDS: Final = frozenset({_PAUSE, "unpause"})
_COMMANDS: Final = frozenset(f"do.{deed}" for deed in DEEDS)
_ASKS: Final = {
    True: ("Hold {}?", "    No other date of it begins. The runs under way go on.", "hold it"),
    False: ("Let {} go on?", "    The dates that wait begin again.", "let it go on"),
}
"""What is asked, what it means, what enter does."""


def needed_for(command: Command) -> Capability | None:
    """What a place has to offer for a command about a backfill."""
    return Capability.BACKFILL_PAUSE if command.id in _COMMANDS else command.needs


def asked(deed: str, session: Session, backfill: Backfill | None, where: Where) -> Asked:
    """Ask to hold a backfill or to let it go on; in words, why it can't be."""
    if backfill is None:
        return f"There is no backfill here to {deed}"
    is_held = deed == _PAUSE
    name = words.name(backfill.ref.run_id)
    problem = _why_not(backfill, is_held=is_held)
    if problem:
        return f"Can't {deed} {name}: {problem}"

    async def call(_answer: bool) -> str:
        done = await hold_backfill(session.client, backfill.ref, is_held=is_held)
        return done.message or "done"

    confirm, label = typed_out(where, name)
    title, says, verb = _ASKS[is_held]
    plan = Plan(
        id=f"{deed} {backfill.ref}",
        title=title.format(name),
        lines=[(Piece(says),), *_waiting(backfill)],
        verb=verb,
        confirm=confirm,
        confirm_label=label,
    )
    return HoldQuestion(plan, once(name, call))


def _waiting(backfill: Backfill) -> list[tuple[Piece, ...]]:
    waiting = sum(one.run is None or one.run.started_at is None for one in backfill.dates)
    total = words.plural(len(backfill.dates), "date")
    workflow = words.name(backfill.whole.dataset_name)
    return [(Piece(f"    {workflow}: {waiting} of {total} wait", Tone.MUTED),)]


def _why_not(backfill: Backfill, *, is_held: bool) -> str:
    if backfill.by_hand:
        return "one date begins after the other from a program of ours. It can be stopped."
    if backfill.whole.status.is_terminal:
        return f"it is {RUNS[backfill.whole.status].word}. There is nothing left to begin."
    if backfill.is_held is is_held:
        return "it is held already." if is_held else "it isn't held."
    return ""
