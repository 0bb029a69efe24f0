"""What a deed would do, in lines to read before anything is sent. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from rich.cells import cell_len

from dli_tui.present import words
from dli_tui.present.registrations import Standing
from dli_tui.present.rows import WorkflowRow
from dli_tui.tui.deeds import Frozen, Target, called
from dli_tui.tui.looks import Tone
from dli_tui.tui.modals.question import Plan
from dli_tui.tui.opening import Where
from dli_tui.tui.widgets.cells import fitted
from dli_tui.tui.widgets.lines import Piece
from dli_tui.tui.widgets.page import Text

FREELY: Final = 20
"""So many at once go without typing how many they are."""
_WIDEST: Final = 30
"""A longer name has a line of its own, so that it can be read to its end."""
MOST_TOLD: Final = 500
"""Nobody reads further; how many there are is told all the same, and has to be typed."""
_INDENT: Final = "    "


def pause(frozen: Frozen) -> Plan:
    """Hold schedules."""
    lines = _lines(frozen, lambda one: _held(one, frozen.now))
    return _plan("pause", frozen, lines, "schedule")


def unpause(frozen: Frozen) -> Plan:
    """Let schedules fire again."""
    lines = _lines(frozen, lambda one: _fires(one, frozen.now))
    return _plan("unpause", frozen, lines, "schedule")


def run(frozen: Frozen) -> Plan:
    """Start runs."""
    lines = _lines(frozen, lambda one: _usual(one.row, frozen.now))
    return _plan("run", frozen, lines, "workflow")


def backfill(frozen: Frozen) -> Plan:
    """Run past dates; which ones is still to be chosen."""
    return _plan("backfill", frozen, [], "workflow")


def stop(frozen: Frozen) -> Plan:
    """Stop runs under way."""
    lines = _lines(frozen, lambda one: _so_far(one, frozen.now), lambda one, _: [_run_of(one)])
    if frozen.says:
        lines.append((Piece(f"  {frozen.says}", Tone.LATE),))
    return _plan("stop", frozen, lines, "run")


def retry(frozen: Frozen, again: Sequence[str] | None) -> Plan:
    """Run failed steps again; `again` names those of each run, None while they are asked for."""

    def more(one: Target, place: int) -> list[Text]:
        return [_run_of(one), _again(None if again is None else again[place])]

    return _plan("retry", frozen, _lines(frozen, lambda one: _ended(one, frozen.now), more), "run")


def unregister(frozen: Frozen, standing: Sequence[Standing], *, forgets: bool = False) -> Plan:
    """Remove registrations; `standing` is what each of them is now.

    `forgets`: past runs are known to go with them.
    """

    def more(_one: Target, place: int) -> list[Text]:
        return _lost(standing[place], frozen.now)

    lines = _lines(frozen, lambda _: "is removed", more)
    # Some servers keep them, some don't, and none of them says so before.
    said = (
        Piece("  Past runs are forgotten too", Tone.LATE)
        if forgets
        else Piece("  Whether past runs are kept, the server decides", Tone.MUTED)
    )
    lines.append((Piece("  This can't be undone: registering again takes its spec", Tone.LATE),))
    lines.append((said,))
    return _plan("unregister", frozen, lines, "workflow")._replace(destroys=True)


# The plan around the lines


def _plan(verb: str, frozen: Frozen, lines: list[Text], noun: str) -> Plan:
    count = len(frozen.fit)
    what = frozen.fit[0].row.name if count == 1 else words.plural(count, noun)
    confirm, label = _confirmation(frozen, what)
    return Plan(
        id=f"{verb} {sorted((one.row.key, one.run and one.run.run_id) for one in frozen.fit)}",
        title=f"{verb.capitalize()} {what}?",
        lines=[*lines, *_left_out(frozen)],
        verb=verb if count == 1 else f"{verb} {count}",
        targets=count,
        confirm=confirm,
        confirm_label=label,
    )


def _left_out(frozen: Frozen) -> list[Text]:
    if not frozen.left_out:
        return []
    names = called([one for one, _ in frozen.left_out])
    room = _room(names)
    lines: list[Text] = [(), (Piece(f"  left out: {len(frozen.left_out)}", Tone.LATE),)]
    for (one, problem), name in list(zip(frozen.left_out, names, strict=True))[:MOST_TOLD]:
        lines += _line(one, name, room, problem.why)
    return lines + _and_more(len(frozen.left_out))


def _confirmation(frozen: Frozen, what: str) -> tuple[str, str]:
    """What has to be typed first, and why."""
    count, where = len(frozen.fit), frozen.where
    counted = count > FREELY or bool(frozen.hidden)
    hidden = f", {frozen.hidden} hidden by the filter" if frozen.hidden else ""
    name = words.word(where.name) if count > 1 else frozen.fit[0].row.name
    # What is typed is what is shown: a raw name may hold what no keyboard has.
    match where.typed, counted:
        case True, True:
            return f"{name} {count}", f"{_production(where)}, {what}{hidden}: type {name} {count}"
        case True, False:
            return typed_out(where, name)
        case False, True:
            return str(count), f"{what}{hidden}: type {count}"
        case _:
            return "", ""


def typed_out(where: Where, name: str) -> tuple[str, str]:
    """What has to be typed before something is done to a single thing, and why."""
    return (name, f"{_production(where)}: type {name}") if where.typed else ("", "")


def _production(where: Where) -> str:
    return f"{words.word(where.name)} is production"


# A target's lines


def _lines(
    frozen: Frozen,
    note: Callable[[Target], str],
    more: Callable[[Target, int], list[Text]] = lambda _one, _place: [],
) -> list[Text]:
    """A line for each target, and what else is to be said of it below."""
    names = called(frozen.fit)
    room = _room(names)
    lines: list[Text] = []
    for place, one in enumerate(frozen.fit[:MOST_TOLD]):
        lines += [*_line(one, names[place], room, note(one)), *more(one, place)]
    return lines + _and_more(len(frozen.fit))


def _and_more(count: int) -> list[Text]:
    more = count - MOST_TOLD
    return [(Piece(f"  and {more:,} more of the selected ones", Tone.LATE),)] if more > 0 else []


def _room(names: Sequence[str]) -> int:
    return min(_WIDEST, max(map(cell_len, names)))


def _line(one: Target, name: str, room: int, note: str) -> list[Text]:
    hidden = (Piece("hidden by the filter  ", Tone.LATE),) if one.hidden else ()
    said = (*hidden, Piece(f"{one.row.source}, {note}", Tone.MUTED))
    if cell_len(name) > room:
        return [(Piece("  "), Piece(name)), (Piece(_INDENT), *said)]
    return [(Piece(f"  {fitted(name, room)}  "), *said)]


def _run_of(one: Target) -> Text:
    run_id = words.name(one.run.run_id) if one.run is not None else words.NOTHING
    return (Piece(f"{_INDENT}run ", Tone.MUTED), Piece(run_id, Tone.MUTED))


def _again(steps: str | None) -> Text:
    if steps is None:
        return (Piece(f"{_INDENT}asking for the steps …", Tone.MUTED),)
    return (Piece(f"{_INDENT}again "), Piece(steps))


def _held(one: Target, now: datetime) -> str:
    row = one.row
    if one.info is not None and not one.info.schedule_known:
        held = "holds its schedule, which isn't known"
    elif row.next_at is None:
        held = "no run is planned"
    elif row.next_at <= now:
        held = f"holds the run that was due {words.ago(row.next_at, now)}"
    else:
        held = f"holds the run {words.until(row.next_at, now)}"
    return f"{held}; the run under way goes on" if row.running else held


def _fires(one: Target, now: datetime) -> str:
    if one.info is None:
        return "runs by its schedule"
    if one.info.has_no_schedule:
        return "no run is planned: it has no schedule"
    due = one.info.next_run_when_unpaused
    if due is None:
        return "runs by its schedule"
    if due > now:
        return f"runs by its schedule, next {words.until(due, now)}"
    since = words.moment(due, one.info.display_zone)
    return f"a run starts at once, due since {since}; if it catches up, one for each later date"


def _lost(standing: Standing, now: datetime) -> list[Text]:
    """What goes with a registration, as far as anybody here can know."""
    next_run = ""
    if standing.next_at is not None:
        next_run = f"; its run {words.until(standing.next_at, now)} falls out"
    lines = [_of_it("loses", f"{standing.schedule}{next_run}", Tone.FAILED)]
    if standing.active:
        runs = words.plural(standing.active, "run")
        lines.append(_of_it("active", f"{runs} under way, refused without force", Tone.LATE))
    if standing.by:
        lines.append(_of_it("made", standing.by))
    if standing.spec:
        lines.append(_of_it("loses", f"its spec {standing.spec}", Tone.FAILED))
    return lines


def _of_it(label: str, said: str, tone: Tone = Tone.MUTED) -> Text:
    return (Piece(f"{_INDENT}{label:<8}", Tone.MUTED), Piece(said, tone))


def _usual(row: WorkflowRow, now: datetime) -> str:
    if row.running:
        begun = f", {words.span(now - row.began)} so far" if row.began is not None else ""
        return f"a run is under way already{begun}"
    if row.last is None:
        return "never ran before" if row.last_known else "its last run isn't known yet"
    return f"last took {words.span(row.seconds)}"


def _so_far(one: Target, now: datetime) -> str:
    run = one.run
    if run is None or run.started_at is None:
        return "not begun yet"
    so_far = f"{words.span(now - run.started_at)} so far"
    if run.progress is None or not run.progress.total_tasks:
        return so_far
    return f"{so_far}, {words.share(run.progress.completed_tasks, run.progress.total_tasks)} done"


def _ended(one: Target, now: datetime) -> str:
    run = one.run
    return f"failed {words.ago(run.finished_at, now)}" if run and run.finished_at else "failed"
