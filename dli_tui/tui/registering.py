"""What a registration would do, in lines to read as the form is filled in. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from dli_tui.domain.text import safe_line
from dli_tui.present import words
from dli_tui.present.facts import Facts
from dli_tui.present.fires import Fire
from dli_tui.present.registrations import Standing
from dli_tui.tui.looks import Tone
from dli_tui.tui.modals.question import Plan
from dli_tui.tui.opening import Where
from dli_tui.tui.sheets import labelled
from dli_tui.tui.widgets.lines import Piece
from dli_tui.tui.widgets.page import Text

_COLUMN: Final = 19
"""`Nov 22 06:00 +09:00`"""
_MOST_PROBLEMS: Final = 50


class Wanted(NamedTuple):
    """What stands in the form, as far as it makes sense."""

    name: str = ""
    """As it is shown."""
    note: Sequence[str] = ()
    """What is to be said in place of a plan: that the spec is being read, or why there is none."""
    hint: str = ""
    schedule: str = ""
    """In words, with its zone; empty where something is wrong with it."""
    retry: str = ""
    """In words; empty where something is wrong with it."""
    enabled: bool = True
    fires: Sequence[Fire] = ()
    standing: Standing | None = None
    facts: Facts = ()


def plan(wanted: Wanted, where: Where) -> Plan:
    """The plan of what stands in the form now."""
    place = words.word(where.name)
    return Plan(
        id="register",
        title=f"Register {wanted.name}?" if wanted.name else "Register a dataset",
        lines=[*_lines(wanted)],
        verb="overwrite" if wanted.standing else "register",
        confirm=wanted.name if where.typed else "",
        confirm_label=f"{place} is production: type {wanted.name}",
    )


def _lines(wanted: Wanted) -> Iterable[Text]:
    if wanted.note:
        tone = Tone.PLAIN if wanted.hint else Tone.MUTED
        yield from ((Piece(safe_line(line), tone),) for line in wanted.note[:_MOST_PROBLEMS])
        if wanted.hint:
            yield (Piece(safe_line(wanted.hint), Tone.MUTED),)
        return
    if wanted.standing is not None:
        yield from _overwritten(wanted.standing)
    yield _schedule(wanted)
    begins = "enabled" if wanted.enabled else "paused: nothing fires until it is unpaused"
    yield labelled("begins", begins)
    if wanted.retry:
        yield labelled("retry", wanted.retry)
    yield from fired(wanted.fires)
    yield ()
    yield from (labelled(label, value) for label, value in wanted.facts)


def _overwritten(standing: Standing) -> Iterable[Text]:
    by = f"what was registered {standing.by}" if standing.by else "what is registered now"
    yield labelled("overwrites", by, Tone.LATE)
    if standing.active:
        runs = words.plural(standing.active, "run")
        yield labelled("active", f"{runs} under way, which it may cut off", Tone.LATE)
    else:
        yield labelled("active", "no run is under way", Tone.MUTED)
    yield labelled("before", standing.schedule)


def _schedule(wanted: Wanted) -> Text:
    label = "after" if wanted.standing is not None else "schedule"
    if not wanted.schedule:
        return labelled(label, "a field is still wrong", Tone.LATE)
    return labelled(label, wanted.schedule)


def fired(found: Sequence[Fire]) -> Iterable[Text]:
    """When a schedule fires next, a line each, and what a change of clocks does to it."""
    for place, fire in enumerate(found):
        yield _fire(fire, "next" if place == 0 else "")
        if fire.note:
            yield labelled("", fire.note, Tone.LATE)


def _fire(fire: Fire, label: str) -> Text:
    there = labelled(label, f"{fire.there:<{_COLUMN}}  ")
    if fire.here:
        return (*there, Piece(f"{fire.here} here", Tone.MUTED))
    return (*there, Piece(fire.soon, Tone.MUTED))
