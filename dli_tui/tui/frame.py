"""What stands around every screen: where we are, how old the picture is, which keys there are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from dli_tui.domain.errors import ErrorCode
from dli_tui.domain.text import safe_line
from dli_tui.present import words
from dli_tui.tui import keys
from dli_tui.tui.choices import Times
from dli_tui.tui.keys import Command
from dli_tui.tui.looks import Tone
from dli_tui.tui.widgets.oneline import Bit

if TYPE_CHECKING:
    from dli_tui.domain.errors import DLIError
    from dli_tui.tui.screens.base import DashboardScreen

_FRESH_SECONDS: Final = 35.0
_STEP_SECONDS: Final = 5
_LIVE_SECONDS: Final = 15.0
"""A picture that is polled each ten seconds is as fresh as it gets: nothing is counted."""
_ALWAYS: Final = 90
"""From this place in the line of keys on, commands are kept before all others."""
_NARROWEST: Final = 98
"""From this place on, where there is little room: the help says the rest."""
_NARROW: Final = 80
_PAGES_FROM: Final = 100
"""So wide that there is room to say which keys lead to the other pages."""
_MOST: Final = 200
_WORDS: Final = {ErrorCode.SERVER_UNREACHABLE: "OFFLINE", ErrorCode.INTERNAL: "BROKEN"}
"""What stands for the age of a picture that isn't fresh; any other problem has its code there."""


def here(screen: DashboardScreen) -> list[Bit]:
    """The place that is looked at, how careful to be there, and where on it we are."""
    where = screen.dash.opening.where
    bits = [Bit(f" {where.name} ", Tone.RUNNING, bold=True, action="screen.visit('contexts')")]
    if where.production:
        bits += [Bit(" PROD ", Tone.FAILED, bold=True, reverse=True), Bit(" ")]
    if where.read_only:
        bits += [Bit(" READ-ONLY ", Tone.LATE, bold=True, reverse=True), Bit(" ")]
    sign = f" {screen.looks.signs.crumb} "
    for place, crumb in enumerate(screen.crumbs):
        is_last = place == len(screen.crumbs) - 1
        back = None if is_last else "screen.back"
        bits += [Bit(sign if place else "", Tone.MUTED), Bit(crumb, bold=True, action=back)]
    return bits


def state(screen: DashboardScreen) -> list[Bit]:
    """What is to be known at any moment, and how old the picture is."""
    times = screen.dash.choices.times
    zone = "" if times is Times.SCHEDULE else f"{screen.zone('')} times  "
    alarm = f"{screen.alarm}  " if screen.alarm else ""
    return [
        # Where the left side is cut, its end doesn't touch this.
        Bit(" "),
        Bit(zone, Tone.MUTED),
        *_kept(screen),
        Bit(alarm, Tone.FAILED, action="screen.problems"),
        Bit(f"{screen.summary}  "),
        *_age(screen),
        Bit(" "),
    ]


def _kept(screen: DashboardScreen) -> Iterable[Bit]:
    """What goes on from here, and what waits for somebody."""
    session = screen.session
    if session is None:
        return
    visit = "screen.visit('backfills')"
    watched, kept = len(session.watching.labels), len(session.sequences.under_way)
    left = sum(session.is_left(one) for one in session.backfills.backfills)
    if watched:
        yield Bit(f"watching {watched}  ", Tone.RUNNING)
    if kept:
        going = words.plural(kept, "backfill")
        yield Bit(f"keeping {going} going  ", Tone.RUNNING, action=visit)
    if left:
        yield Bit(f"{left} unfinished  ", Tone.LATE, action=visit)
    if session.unconfirmed.count:
        count = f"{session.unconfirmed.count} unconfirmed  "
        yield Bit(count, Tone.LATE, action="screen.list_unconfirmed")


def _age(screen: DashboardScreen) -> list[Bit]:
    fresh, session, problem = screen.freshness, screen.session, screen.problem
    passed = session.pace.passed() if session is not None else 0.0
    age = None if fresh is None or fresh.as_of is None else passed - fresh.as_of
    if problem is not None:
        word = _WORDS.get(problem.code, problem.code)
        old = "" if age is None or age < _LIVE_SECONDS else f" {words.span(age)} old,"
        retry_at = fresh.retry_at if fresh is not None else None
        left = "" if retry_at is None else f" retry {words.span(max(0.0, retry_at - passed))}"
        return [Bit(f"{word}{old}{left}".removesuffix(","), Tone.LATE, bold=True)]
    if age is None:
        return [Bit("loading", Tone.MUTED)]
    if screen.is_final:
        return [Bit("final", Tone.MUTED)]
    if age > _FRESH_SECONDS:
        return [Bit(f"STALE {words.span(age)}", Tone.LATE, bold=True)]
    steps = int(age) // _STEP_SECONDS * _STEP_SECONDS
    return [Bit("live" if age < _LIVE_SECONDS else f"{steps}s ago", Tone.MUTED)]


def notice(problem: DLIError, hint: str, again: str) -> tuple[list[Bit], list[Bit]]:
    """One calm line while something is wrong with the server: what, and what helps."""
    told = [
        Bit(f" {problem.code} ", Tone.LATE, bold=True),
        Bit(safe_line(problem.message, _MOST)),
        Bit(f"  {safe_line(hint, _MOST)}", Tone.MUTED),
    ]
    return told, [Bit(f" {again} ask again ", Tone.RUNNING, action="screen.refresh_now")]


def key_line(screen: DashboardScreen) -> list[Bit]:
    """The keys of a screen, as many as there is room for."""
    shown = [one for one in keys.in_scope(screen.scope) if one.shown and screen.shows(one)]
    width, kept = screen.size.width, []
    always = _ALWAYS if width >= _NARROW else _NARROWEST
    pages = _pages(screen) if width >= _PAGES_FROM else []
    room = width - sum(len(bit.text) for bit in pages)
    # What is always there (help, quit) is kept before what comes later on the line.
    for one in sorted(shown, key=lambda one: (one.shown < always, one.shown)):
        needed = len(screen.key(one.id)) + len(screen.label(one)) + 3
        if needed <= room:
            room -= needed
            kept.append(one)
    bits: list[Bit] = []
    for one in sorted(kept, key=lambda one: one.shown):
        act = _act(one)
        if one.shown >= _ALWAYS:
            bits, pages = [*bits, *pages], []
        bits.append(Bit(f" {screen.key(one.id)}", Tone.RUNNING, bold=True, action=act))
        bits.append(Bit(f" {screen.label(one)} ", Tone.MUTED, action=act))
    return bits


def _pages(screen: DashboardScreen) -> list[Bit]:
    """The keys that lead to the other pages, where they are a row of digits."""
    found = [screen.key(one.id) for one in keys.PAGES]
    if found != [str(number) for number, _ in enumerate(found, start=1)]:
        return []
    return [
        Bit(f" {found[0]}-{found[-1]}", Tone.RUNNING, bold=True),
        Bit(" pages ", Tone.MUTED),
    ]


def _act(command: Command) -> str:
    return f"screen.{command.action}"
