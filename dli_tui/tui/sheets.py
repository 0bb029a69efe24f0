"""Pages of words: a workflow's details, and what stands where there is nothing to show."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

from dli_tui.domain.text import safe_line
from dli_tui.present import arranging, eta, strips, words
from dli_tui.present.rows import BAD, RunSheet, StepRow, StepSheet, WorkflowRow, WorkflowSheet
from dli_tui.tui.columns import strip
from dli_tui.tui.looks import RUNS, SCHEDULES, STEPS, Looks, Tone
from dli_tui.tui.widgets.lines import Piece
from dli_tui.tui.widgets.page import Text

if TYPE_CHECKING:
    from dli_tui.domain.errors import DLIError

LABEL_WIDTH: Final = 11
_FIRES: Final = 5
_BAR: Final = 24


def workflow(
    sheet: WorkflowSheet, zone: str, now: datetime, looks: Looks, *, with_runs: bool = True
) -> list[Text]:
    """The detail pane of one workflow, times told in `zone`; its runs may stand elsewhere."""
    row = sheet.row
    look = SCHEDULES[row.status]
    lines: list[Text] = [
        (Piece(row.name, bold=True),),
        (
            Piece(f"{looks.glyph(look)} {row.state}", look.tone),
            Piece(f"  {row.source}", Tone.MUTED),
        ),
        (),
        labelled("schedule", _schedule(sheet)),
    ]
    lines += _about_schedule(sheet, zone, now)
    lines += _amiss(row, zone, now)
    if with_runs:
        lines += [(), *_runs(sheet, zone, now, looks)]
        if sheet.error:
            lines += [(), labelled("error", sheet.error, Tone.FAILED)]
    if sheet.facts:
        lines += [(), *(labelled(label, value) for label, value in sheet.facts)]
    return lines


def _about_schedule(sheet: WorkflowSheet, zone: str, now: datetime) -> Iterable[Text]:
    """The cron, the zone and the next runs, as far as they are known."""
    row = sheet.row
    if sheet.schedule:
        yield labelled("cron", sheet.cron)
    if sheet.schedule_known and sheet.cron:
        yield labelled("zone", _zone(sheet, zone))
    if sheet.at_run_limit:
        yield labelled("next", "when a run under way ends: it is at its limit of active runs")
    fires = sheet.fires[:_FIRES]
    if not fires and row.next_at is not None and not sheet.at_run_limit:
        # The server tells the next run of a schedule that can't be worked out here.
        fires = (row.next_at,)
    for place, fire in enumerate(fires):
        label = "next" if place == 0 else ""
        told = words.clock_time(fire, zone, now, offset=zone != "UTC")
        when = f"{told} {words.until(fire, now)}"
        yield labelled(label, when, Tone.PLAIN if place == 0 else Tone.MUTED)


def _zone(sheet: WorkflowSheet, zone: str) -> str:
    row = sheet.row
    if not row.zone_known:
        return f"unknown: the server doesn't tell it; times in {zone}"
    fitted = " (worked out from its runs)" if sheet.zone_fitted else ""
    elsewhere = "" if zone == row.zone else f", told in {zone}"
    return f"{row.zone}{fitted}{elsewhere}"


def _amiss(row: WorkflowRow, zone: str, now: datetime) -> Iterable[Text]:
    """What is wrong with it now."""
    if arranging.is_late(row, now) and row.due is not None:
        due = words.clock_time(row.due, zone, now)
        told = f"the run of {due} has not begun, {words.span(now - row.due)} late"
        yield labelled("late", told, Tone.LATE)
    if arranging.is_overdue(row, now):
        yield labelled("running", "longer than usual", Tone.LATE)
    failed = arranging.failed_before(row) if row.last not in BAD else ()
    if failed:
        dates = ", ".join(words.clock_time(slot, zone, now) for slot in failed[:_FIRES])
        more = f" and {len(failed) - _FIRES} more" if len(failed) > _FIRES else ""
        yield labelled("failed", f"{dates}{more}; not run again", Tone.LATE)
    if row.import_error:
        yield labelled("error", row.import_error, Tone.FAILED)


def _schedule(sheet: WorkflowSheet) -> str:
    if not sheet.schedule_known:
        return "unknown: the server doesn't tell it"
    return sheet.schedule or sheet.cron or "by hand only"


def labelled(label: str, value: str, tone: Tone = Tone.PLAIN) -> Text:
    """A label and what it is about."""
    return (Piece(f"{label:<{LABEL_WIDTH}} ", Tone.MUTED), Piece(value, tone))


def _runs(sheet: WorkflowSheet, zone: str, now: datetime, looks: Looks) -> Iterable[Text]:
    """The last runs as a small chart, and the newest of them in words."""
    marks = sheet.marks
    if not marks:
        return [labelled("last runs", "none yet", Tone.MUTED)]
    width = len(marks)
    told: list[Text] = [
        (
            Piece(f"{'last runs':<{LABEL_WIDTH}} ", Tone.MUTED),
            Piece(strips.durations(marks, width, ascii_only=looks.ascii), Tone.MUTED),
            Piece(f"  usually {words.span(sheet.usual_seconds)}" if sheet.usual_seconds else ""),
        ),
        (Piece(" " * (LABEL_WIDTH + 1)), *strip(marks, width, looks)),
    ]
    for mark in reversed(marks[-_FIRES:]):
        look = RUNS[mark.status]
        when = "" if mark.started is None else words.clock_time(mark.started, zone, now)
        told.append(
            (
                Piece(f"  {looks.glyph(look)} {look.word:<10}", look.tone),
                Piece(f"{when:<13} {words.span(mark.seconds)}", Tone.MUTED),
            )
        )
    return told


def run(sheet: RunSheet, zone: str, now: datetime, looks: Looks, width: int) -> list[Text]:
    """The head of a run's page: where it stands, when it will end, who began it and with what."""
    look = RUNS[sheet.status]
    lines: list[Text] = [
        (
            Piece(f"{looks.glyph(look)} {sheet.word or look.word}", look.tone, bold=True),
            Piece(f"  {_since(sheet, zone, now)}", Tone.MUTED),
            *_told_in(zone),
        )
    ]
    if sheet.total:
        lines.append(_progress(sheet, zone, now, looks, width))
    if sheet.error:
        lines.append(labelled("error", sheet.error, Tone.FAILED))
    lines += [labelled(label, value) for label, value in sheet.facts]
    if sheet.url:
        lines.append(labelled("log page", sheet.url, Tone.MUTED))
    return lines


def current_step(sheet: RunSheet) -> list[Text]:
    """The step under way, for a page that shows no steps."""
    if not sheet.current or sheet.status.is_terminal:
        return []
    return [labelled("now", sheet.current)]


_CONCLUDED: Final = "This server tells no steps: these are concluded from its results"


def concluded() -> list[Text]:
    """That the steps of a page are no more than what its run gave back."""
    return [(Piece(_CONCLUDED, Tone.MUTED),)]


def step(sheet: StepSheet, zone: str, now: datetime, looks: Looks) -> list[Text]:
    """All that is known of a step: how it went, what it was given and what it gave back."""
    row = sheet.row
    look = STEPS[row.status]
    of = f" of {row.attempts}" if (row.attempts or 0) >= row.attempt else ""
    lines: list[Text] = [
        (Piece(row.name, bold=True), Piece(f"  {row.kind}", Tone.MUTED)),
        (
            Piece(f"{looks.glyph(look)} {row.word or look.word}", look.tone),
            Piece(f"  try {row.attempt}{of}{_when(row, zone, now)}", Tone.MUTED),
        ),
    ]
    if row.error:
        lines.append(labelled("error", row.error, Tone.FAILED))
    for label, data in (("was given", sheet.given), ("gave back", sheet.gave)):
        lines += [(), (Piece(label, Tone.RUNNING, bold=True),)]
        lines += [(Piece(line),) for line in data] or [(Piece("nothing is told", Tone.MUTED),)]
    return lines


def _when(row: StepRow, zone: str, now: datetime) -> str:
    """When a step began and ended, and how long that took."""
    if row.started is None:
        return f", {words.span(row.seconds)}" if row.seconds is not None else ""
    began = words.clock_time(row.started, zone, now)
    if not row.status.is_terminal:
        return f", since {began}{_so_far(row.started, row.seconds, now)}"
    if row.finished is None:
        return f", {began}" + ("" if row.seconds is None else f", {words.span(row.seconds)}")
    took = row.finished - row.started if row.seconds is None else row.seconds
    return f", {began} to {words.clock_time(row.finished, zone, now)}, {words.span(took)}"


def _told_in(zone: str) -> Iterable[Piece]:
    """The zone of all times on the page; UTC goes without saying, as everywhere."""
    if zone != "UTC":
        yield Piece(f"  times in {words.word(zone)}", Tone.MUTED)


def _since(sheet: RunSheet, zone: str, now: datetime) -> str:
    """When it began and ended, and how long that took."""
    if sheet.started is None:
        queued = words.clock_time(sheet.created, zone, now) if sheet.created else "not yet"
        return f"queued {queued}"
    began = words.clock_time(sheet.started, zone, now)
    if not sheet.status.is_terminal:
        return f"since {began}{_so_far(sheet.started, sheet.seconds, now)}"
    if sheet.finished is None:
        # Some servers tell no end; the time since the start says nothing then.
        took = "" if sheet.seconds is None else f", took {words.span(sheet.seconds)}"
        return f"began {began}{took}"
    ended = words.clock_time(sheet.finished, zone, now)
    return f"{began} to {ended}, {words.span(sheet.seconds)}"


def _so_far(started: datetime, seconds: float | None, now: datetime) -> str:
    """How long something has been under way, as reported, or else by our clock; nothing where
    the server's clock is ahead of ours."""
    passed = (now - started).total_seconds() if seconds is None else seconds
    return f", {words.span(passed)} so far" if passed > 0 else ""


def _progress(sheet: RunSheet, zone: str, now: datetime, looks: Looks, width: int) -> Text:
    """Steps done, a bar of them, and when it will end."""
    cells = max(6, min(_BAR, width // 4))
    full = cells * sheet.done // sheet.total
    signs = looks.signs
    failed = f", {sheet.failed} failed" if sheet.failed else ""
    return (
        Piece(f"{'runs' if sheet.is_backfill else 'steps':<{LABEL_WIDTH}} ", Tone.MUTED),
        Piece(signs.full * full, RUNS[sheet.status].tone),
        Piece(signs.empty * (cells - full), Tone.MUTED),
        Piece(f" {sheet.done}/{sheet.total}{failed}  "),
        Piece(eta.estimate_words(sheet, now, zone), Tone.MUTED),
    )


# Where there is nothing to show


def skeleton(where: str, looks: Looks) -> Sequence[Text]:
    """Rows to come, as grey bars, while the first answer takes its time."""
    bar = looks.signs.empty
    rows = ((24, 6, 12), (31, 6, 9), (18, 4, 12), (27, 6, 11), (22, 4, 9))
    drawn = [(Piece("  ".join(bar * width for width in widths), Tone.MUTED),) for widths in rows]
    return [(Piece(f"Asking {words.word(where)} …", Tone.MUTED),), (), *drawn]


def failed(problem: DLIError, again: str) -> Sequence[Text]:
    """Nothing could be fetched: what happened, and what helps; `again` is the key to ask with."""
    return [
        (Piece(f"{problem.code} ", Tone.LATE, bold=True), Piece(safe_line(problem.message, 200))),
        (Piece(safe_line(problem.hint, 200), Tone.MUTED),),
        (),
        (Piece(again, Tone.RUNNING, bold=True), Piece(" ask again", Tone.MUTED)),
    ]


def no_log(sheet: RunSheet, note: str, *, steps: int) -> Sequence[Text]:
    """Why there is no log to read: its place tells no steps, it has none, or none has begun."""
    if note:
        said = note
    elif sheet.is_backfill:
        said = "A backfill as a whole has no steps; each of its runs has its own"
    elif steps or not sheet.status.is_terminal:
        said = "No step has begun yet; its log appears here as soon as one does"
    else:
        said = "No steps are kept of this run, and so no logs"
    return [(Piece(safe_line(said, 200), Tone.MUTED),)]


def wrote_nothing(error: str) -> Sequence[Text]:
    """A log that is complete and empty; what its step said of its end is all there is."""
    note: list[Text] = [(Piece("This step wrote nothing", Tone.MUTED),)]
    return [*note, (Piece(error, Tone.FAILED),)] if error else note


def nothing_fits(told: str, clear: str, what: str = "workflow") -> Sequence[Text]:
    """The filter leaves nothing; `clear` is the key that takes it off."""
    return [
        (Piece(f"No {what} fits the filter"),),
        (Piece(told, Tone.MUTED),),
        (),
        (Piece(clear, Tone.RUNNING, bold=True), Piece(" take all filters off", Tone.MUTED)),
    ]


def asking(told: str) -> Sequence[Text]:
    """Of what is known nothing fits, and the server has been asked."""
    lines: list[Text] = [(Piece("asking …", Tone.MUTED),)]
    return [*lines, (Piece(told, Tone.MUTED),)] if told else lines


def nothing_there(where: str, again: str) -> Sequence[Text]:
    """The place has no workflows at all; `again` is the key to look with."""
    return [
        (Piece(f"There are no workflows in {where} yet"),),
        (Piece("Register one with: dli-tui workflow register NAME --cron CRON", Tone.MUTED),),
        (),
        (Piece(again, Tone.RUNNING, bold=True), Piece(" look again", Tone.MUTED)),
    ]


def no_runs(where: str, again: str) -> Sequence[Text]:
    """The place has had no run at all; `again` is the key to look with."""
    return [
        (Piece(f"Nothing has run in {words.word(where)} yet"),),
        (),
        (Piece(again, Tone.RUNNING, bold=True), Piece(" look again", Tone.MUTED)),
    ]


def never_ran(name: str, run: str) -> Sequence[Text]:
    """A workflow without a run; `run` is the key to start one with."""
    return [
        (Piece(f"{name} has never run"),),
        (),
        (Piece(run, Tone.RUNNING, bold=True), Piece(" start a run", Tone.MUTED)),
    ]


def unregistered(name: str, key: str) -> Sequence[Text]:
    """A workflow that was removed while its page was open; `key` leads to the list."""
    return [
        (Piece(f"{name} is not registered any more"),),
        (),
        (Piece(key, Tone.RUNNING, bold=True), Piece(" workflows", Tone.MUTED)),
    ]


def unlisted(name: str) -> Sequence[Text]:
    """A workflow of which there are runs, but no row in the list."""
    return [(Piece(name, bold=True),), (Piece("not in the list", Tone.MUTED),)]


def none_yet(what: str, where: str, again: str) -> Sequence[Text]:
    """The place has none of these; `again` is the key to look with."""
    return [
        (Piece(f"There are no {what} in {words.word(where)} yet"),),
        (),
        (Piece(again, Tone.RUNNING, bold=True), Piece(" look again", Tone.MUTED)),
    ]


def not_offered(why: str, home: str) -> Sequence[Text]:
    """The place has no such thing now; `home` is the key that goes back to the list."""
    return [
        (Piece(words.word(why)),),
        (),
        (Piece(home, Tone.RUNNING, bold=True), Piece(" back to the workflows", Tone.MUTED)),
    ]
