"""Pages of words about templates, sagas and health. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from rich.cells import cell_len

from dli_tui.domain.status import SagaStatus, StepStatus
from dli_tui.domain.text import safe_line
from dli_tui.present import strips, words
from dli_tui.present.besides import (
    MASK,
    BrokenRow,
    BudgetRow,
    HealthSheet,
    LaneRow,
    OpenField,
    PartRow,
    SagaRow,
    TemplateSheet,
    Usage,
)
from dli_tui.session.freshness import Freshness
from dli_tui.tui.looks import CANCELLING, HEALTH, SAGAS, STEPS, Looks, Tone
from dli_tui.tui.sheets import labelled
from dli_tui.tui.widgets.cells import fitted
from dli_tui.tui.widgets.lines import Piece
from dli_tui.tui.widgets.page import Text

_INDENT: Final = "  "
_BAR: Final = 12
_WIDEST: Final = 24
_SLOWED: Final = "this program asks less often to leave some for you"
_FEW: Final = 5
"""So many parts of a hundred left of a budget are few."""


# Templates


def template(
    sheet: TemplateSheet, zone: str, now: datetime, used: Sequence[Text] = ()
) -> list[Text]:
    """All that is known of a template; `used` is how it is used, where that is told."""
    row = sheet.row
    lines: list[Text] = [(Piece(row.name, bold=True), Piece(f"  {row.version}", Tone.MUTED))]
    if sheet.description:
        lines.append((Piece(sheet.description),))
    lines.append(())
    told = (
        ("category", row.shelf),
        ("tags", row.tags),
        ("used", f"{words.plural(row.uses, 'workflow')} made of it"),
        ("seen by", "everybody" if sheet.is_public else "you alone"),
        ("begins by", sheet.trigger),
        ("schedule", sheet.schedule),
        ("cron", words.word(sheet.cron) if sheet.cron else ""),
        ("made", _when(sheet.created, zone, now)),
        ("changed", _when(sheet.updated, zone, now)),
    )
    lines += [labelled(label, said) for label, said in told if said]
    lines += _to_fill_in(sheet.fields)
    lines += used
    lines += [(), (Piece(words.plural(len(sheet.steps), "step"), Tone.MUTED),)]
    for number, step in enumerate(sheet.steps, start=1):
        lines.append(
            (Piece(f"{number} {step.name}", bold=True), Piece(f"  {step.kind}", Tone.MUTED))
        )
        lines += [(Piece(_INDENT), Piece(setting, Tone.MUTED)) for setting in step.settings]
    return lines


def _to_fill_in(fields: Sequence[OpenField]) -> Iterable[Text]:
    """What a template leaves open, each with what it is unless told otherwise, and what for."""
    for place, one in enumerate(fields):
        shown = MASK if one.is_secret and one.default else one.default
        default = f" = {safe_line(shown)}" if shown else ""
        says = f"  {one.says}" if one.says else ""
        name = labelled("" if place else "fill in", one.name)
        yield (*name, Piece(default, Tone.RUNNING), Piece(says, Tone.MUTED))


def usage(told: Usage, width: int, looks: Looks) -> list[Text]:
    """How a template is used: what is told in numbers, and small charts."""
    lines: list[Text] = [(), (Piece("use", Tone.MUTED),)]
    if not told.facts and not told.charts:
        return [*lines, _nothing("The server tells nothing of it")]
    room = _room(name for name, _ in told.facts)
    for name, value in told.facts:
        lines.append((Piece(f"{_INDENT}{fitted(name, room)}  ", Tone.MUTED), Piece(value)))
    for chart in told.charts:
        bars = strips.counts(chart.counts, max(1, width - len(_INDENT)), ascii_only=looks.ascii)
        span = f"{chart.first} to {chart.last}, most {max(chart.counts):,g}"
        lines.append((Piece(f"{_INDENT}{chart.name}  ", Tone.MUTED), Piece(span, Tone.MUTED)))
        lines.append((Piece(_INDENT), Piece(bars, Tone.RUNNING)))
    return lines


def no_usage(why: str) -> list[Text]:
    """Why it isn't told how a template is used."""
    return [(), (Piece("use", Tone.MUTED),), (Piece(f"{_INDENT}{why}", Tone.LATE),)]


def _when(at: datetime | None, zone: str, now: datetime) -> str:
    return "" if at is None else words.clock_time(at, zone, now)


# Sagas


def saga_state(row: SagaRow, looks: Looks) -> Piece:
    """How a saga stands, as a glyph and a word."""
    look = CANCELLING if row.cancelling else SAGAS[row.status]
    return Piece(f"{looks.glyph(look)} {row.word or look.word}", look.tone)


def saga_progress(row: SagaRow, *, short: bool = False) -> str:
    """How far it is: steps done, or undone once it goes back."""
    if not row.total:
        return words.NOTHING
    if row.to_undo:
        counted = f"{'?' if row.undone is None else row.undone}/{row.to_undo}"
        return f"undo {counted}" if short else f"undone {counted}"
    counted = f"{row.done}/{row.total}"
    return counted if short else f"done {counted}"


def saga(row: SagaRow, zone: str, now: datetime, looks: Looks) -> list[Text]:
    """The head of a saga's page."""
    state = saga_state(row, looks)
    told_in = f"  times in {words.word(zone)}" if zone != "UTC" else ""
    lines: list[Text] = [
        (
            state._replace(bold=True),
            Piece(f"  {_since(row, zone, now)}", Tone.MUTED),
            Piece(told_in, Tone.MUTED),
        ),
        labelled("kind", row.kind),
    ]
    if row.total:
        lines.append(labelled("steps", saga_progress(row)))
    if row.error:
        lines.append(labelled("error", row.error, Tone.FAILED))
    if row.correlation:
        lines.append(labelled("belongs to", row.correlation))
    if row.tenant:
        lines.append(labelled("tenant", row.tenant))
    lines += [labelled("" if place else "input", one) for place, one in enumerate(row.inputs)]
    return lines


def expired() -> Text:
    """A saga that was there and isn't any more: what is told of it was seen before."""
    return (Piece("It has expired there; this is the last that was seen of it", Tone.LATE),)


def _since(row: SagaRow, zone: str, now: datetime) -> str:
    began = row.started or row.created
    if began is None:
        return ""
    since = words.clock_time(began, zone, now)
    if row.finished is not None:
        ended = words.clock_time(row.finished, zone, now)
        return f"{since} to {ended}, {words.span(row.finished - began)}"
    if row.status is SagaStatus.PENDING:
        return f"asked for {since}"
    if row.status.is_terminal:
        return f"begun {since}"
    return f"since {since}, {words.span(now - began)} so far"


def no_lanes() -> Sequence[Text]:
    """A saga of which the server tells no steps."""
    return [(Piece("The server tells no steps of this saga", Tone.MUTED),)]


def lane(row: LaneRow, zone: str, now: datetime, looks: Looks) -> list[Text]:
    """One step of a saga in full."""
    did = STEPS[row.status]
    by = f"  by {row.service}" if row.service else ""
    lines: list[Text] = [(Piece(row.name, bold=True), Piece(by, Tone.MUTED))]
    did_when = _took(row, zone, now)
    lines.append(
        (
            *labelled("does", row.command or words.NOTHING),
            Piece(f"  {looks.glyph(did)} {did.word}", did.tone),
            Piece(did_when, Tone.MUTED),
        )
    )
    undoes = labelled("undoes", row.compensation or "nothing undoes it")
    if row.undoing is None:
        lines.append((*undoes, Piece("  not called for", Tone.MUTED)))
    else:
        undid = STEPS[row.undoing]
        word = "not told" if row.undoing is StepStatus.UNKNOWN else undid.word
        lines.append((*undoes, Piece(f"  {looks.glyph(undid)} {word}", undid.tone)))
    if row.error:
        lines.append(labelled("error", row.error, Tone.FAILED))
    return lines


def _took(row: LaneRow, zone: str, now: datetime) -> str:
    if row.started is None:
        return ""
    since = words.clock_time(row.started, zone, now)
    if row.finished is None and row.status.is_terminal:
        # When it ended isn't told: that it goes on would be made up.
        return f"  {since}"
    return f"  {since}, {words.span((row.finished or now) - row.started)}"


# Health


def report(sheet: HealthSheet, now: datetime, looks: Looks) -> list[Text]:
    """The parts of a server, and what it couldn't read."""
    look = HEALTH[sheet.status]
    lines: list[Text] = [
        (
            Piece(f"{looks.glyph(look)} {look.word}", look.tone, bold=True),
            Piece(f"  {sheet.service}", Tone.MUTED),
        ),
        (),
        _heading("parts"),
    ]
    room = _room(part.name for part in sheet.parts)
    lines += [_part(part, room, now, looks) for part in sheet.parts]
    if not sheet.parts:
        lines.append(_nothing("The server names no parts"))
    if sheet.broken is not None:
        lines += [(), _heading("import errors")]
    if sheet.broken == ():
        lines.append(_nothing("None: everything could be read"))
    for one in sheet.broken or ():
        lines += _said_of(one, now, Tone.FAILED)
    if sheet.warned:
        lines += [(), _heading("warnings")]
    for one in sheet.warned:
        lines += _said_of(one, now, Tone.LATE)
    return lines


def _said_of(one: BrokenRow, now: datetime, tone: Tone) -> list[Text]:
    when = f"  {words.ago(one.at, now)}" if one.at is not None else ""
    head: Text = (Piece(f"{_INDENT}{one.name}", bold=True), Piece(when, Tone.MUTED))
    return [head, *((Piece(_INDENT * 2), Piece(line, tone)) for line in one.says)]


def _part(part: PartRow, room: int, now: datetime, looks: Looks) -> Text:
    look = HEALTH[part.status]
    sign = f"seen {words.ago(part.heartbeat, now)}" if part.heartbeat is not None else ""
    said = "  ".join(one for one in (part.says, sign) if one)
    return (
        Piece(f"{_INDENT}{looks.glyph(look)} {look.word:<9}", look.tone),
        Piece(f"  {fitted(part.name, room)}  "),
        Piece(said, Tone.MUTED),
    )


def numbers(sheet: HealthSheet, now: datetime, looks: Looks) -> list[Text]:
    """What a server counts, and how much may still be asked of it."""
    lines: list[Text] = [_heading("numbers")]
    room = _room(name for name, _ in sheet.metrics)
    wide = max((cell_len(value) for _, value in sheet.metrics), default=0)
    for name, value in sheet.metrics:
        label = Piece(f"{_INDENT}{fitted(name, room)}  ", Tone.MUTED)
        lines.append((label, Piece(fitted(value, wide, right=True))))
    if not sheet.metrics:
        lines.append(_nothing("The server gives no numbers"))
    lines += [(), _heading("requests left")]
    room = _room(one.name for one in sheet.budgets)
    for one in sheet.budgets:
        lines.append(_budget(one, room, now, looks))
        if one.slowed:
            lines.append((Piece(f"{_INDENT * 2}{_SLOWED}", Tone.LATE),))
    if not sheet.budgets:
        lines.append(_nothing("The server tells no limits"))
    return lines


def _budget(one: BudgetRow, room: int, now: datetime, looks: Looks) -> Text:
    left = max(0, min(one.left, one.limit))
    full = _BAR * left // one.limit if one.limit > 0 else 0
    few = left * 100 <= one.limit * _FEW
    resets = f", full again {words.until(one.resets, now)}" if one.resets is not None else ""
    return (
        Piece(f"{_INDENT}{fitted(one.name, room)}  ", Tone.MUTED),
        Piece(looks.signs.full * full, Tone.LATE if few else Tone.COMPLETED),
        Piece(looks.signs.empty * (_BAR - full), Tone.MUTED),
        Piece(f"  {one.left:,} of {one.limit:,}{resets}", Tone.LATE if few else Tone.PLAIN),
    )


def ages(known: Sequence[tuple[str, Freshness]], passed: float) -> list[Text]:
    """How old what this program shows is, and what keeps it from being newer."""
    room = _room(name for name, _ in known)
    return [_heading("this dashboard"), *(_age(name, fresh, room, passed) for name, fresh in known)]


def _age(name: str, fresh: Freshness, room: int, passed: float) -> Text:
    label = Piece(f"{_INDENT}{fitted(name, room)}  ", Tone.MUTED)
    old = "not asked yet" if fresh.as_of is None else f"{words.age(passed - fresh.as_of)} old"
    if fresh.problem is None:
        return (label, Piece(old))
    said = f"{fresh.problem.code} {words.word(fresh.problem.message)}"
    return (label, Piece(f"{old}  ", Tone.LATE), Piece(said, Tone.LATE))


def _heading(text: str) -> Text:
    return (Piece(text, Tone.RUNNING, bold=True),)


def _nothing(said: str) -> Text:
    return (Piece(f"{_INDENT}{said}", Tone.MUTED),)


def _room(names: Iterable[str]) -> int:
    return min(_WIDEST, max((cell_len(name) for name in names), default=0))
