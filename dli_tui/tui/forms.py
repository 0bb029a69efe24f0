"""The questions about templates and sagas: their plans, and the one request that each sends.

Loaded with the first of them, after the models.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

from dli_tui.domain.cron import InvalidCronError
from dli_tui.domain.errors import DLIError
from dli_tui.domain.query import NewSaga
from dli_tui.domain.schedule import next_fire
from dli_tui.domain.status import StepStatus
from dli_tui.domain.template import NewFromTemplate
from dli_tui.present import crons, showing, words
from dli_tui.present.besides import LaneRow, SagaKind, SagaRow, TemplateSheet
from dli_tui.tui.deeds import once
from dli_tui.tui.looks import Looks, Tone
from dli_tui.tui.modals.cancelsaga import CancelSagaQuestion
from dli_tui.tui.modals.fromtemplate import TemplateAnswer, TemplateQuestion
from dli_tui.tui.modals.question import Plan
from dli_tui.tui.modals.startsaga import Kinds, SagaAnswer, StartSagaQuestion
from dli_tui.tui.opening import Where
from dli_tui.tui.plans import typed_out
from dli_tui.tui.sheets import labelled
from dli_tui.tui.widgets.lines import Piece
from dli_tui.tui.widgets.page import Text

if TYPE_CHECKING:
    from dli_tui.session.session import Session

_INDENT: Final = "  "


# A workflow from a template


def from_template(session: Session, sheet: TemplateSheet, where: Where) -> TemplateQuestion:
    """Make a workflow from a template."""

    async def call(answer: TemplateAnswer) -> str:
        made = await session.client.create_from_template(
            NewFromTemplate(
                template_id=sheet.row.raw,
                workflow_name=answer.name,
                workflow_description=answer.description or None,
                custom_config=dict(answer.values),
                cron_schedule=answer.cron or None,
                is_scheduled=answer.is_scheduled,
                trigger_on_file_upload=answer.takes_uploads,
            )
        )
        told = f"Made {words.name(made.dataset_name)} from {sheet.row.name}"
        return f"{told}. {made.warning}" if made.warning else told

    confirm, label = typed_out(where, sheet.row.name)
    plan = Plan(
        id=f"template {sheet.row.raw}",
        title=f"New workflow from {sheet.row.name}?",
        lines=[],
        verb="make it",
        confirm=confirm,
        confirm_label=label,
    )
    return TemplateQuestion(
        plan,
        once(sheet.row.name, call),
        sheet,
        is_taken=lambda name: bool(session.workflows.rows_of(name)),
        lines=lambda answer: _made(sheet, answer, session.now()),
    )


def _made(sheet: TemplateSheet, answer: TemplateAnswer, now: datetime) -> list[Text]:
    """What will be made of what stands in the fields."""
    steps = ", ".join(step.name for step in sheet.steps) or "none that can be read"
    begins = [_fires(answer, now)] if answer.is_scheduled else []
    begins += ["when a file is uploaded"] if answer.takes_uploads else []
    return [
        labelled("makes", words.name(answer.name) if answer.name else "a workflow without a name"),
        labelled("steps", steps),
        labelled("runs", ", ".join(begins) or "by hand only"),
    ]


def _fires(answer: TemplateAnswer, now: datetime) -> str:
    """The schedule in words, and when it fires first."""
    try:
        first = next_fire(answer.cron, "UTC", now) if answer.cron else None
    except InvalidCronError:
        first = None
    if first is None:
        return "by a schedule that can't be read yet"
    said = crons.words_of(answer.cron) or words.word(answer.cron)
    return f"{said} (UTC), first {words.until(first, now)}"


# Sagas


def start_saga(session: Session, where: Where, looks: Looks) -> StartSagaQuestion:
    """Start a saga."""

    async def call(answer: SagaAnswer) -> str:
        made = await session.client.start_saga(
            NewSaga(answer.kind, answer.given, answer.correlation or None)
        )
        question.made = made.saga_id, words.name(made.saga_id)
        return f"Started {words.name(made.saga_type)}: {words.name(made.saga_id)}"

    # A saga has no name before it is started, so that of the place is typed.
    confirm, label = typed_out(where, words.word(where.name))
    plan = Plan(
        id="start saga",
        title="Start a saga?",
        lines=[(Piece(f"{_INDENT}asking for the kinds …", Tone.MUTED),)],
        verb="start",
        confirm=confirm,
        confirm_label=label,
    )

    async def look() -> Kinds:
        try:
            return Kinds([showing.saga_kind(kind) for kind in await session.client.saga_types()])
        except DLIError as error:
            said = f"{error.code} {words.word(error.message)}"
            return Kinds((), [(Piece(f"{_INDENT}{said}", Tone.LATE),)])

    question = StartSagaQuestion(plan, once("saga", call), look, _of_kinds, looks.signs.cursor)
    return question


def _of_kinds(known: Kinds, chosen: SagaKind | None) -> list[Text]:
    """The kind that is chosen, with what it has to be given; else that there is one to choose."""
    if not known.kinds:
        said = "The server doesn't tell which kinds it knows: what you type is sent as it is"
        return [(Piece(_INDENT), Piece(said, Tone.MUTED)), *known.problem]
    if chosen is None:
        counted = words.plural(len(known.kinds), "kind")
        return [(Piece(_INDENT), Piece(f"The server knows {counted}", Tone.MUTED))]
    lines: list[Text] = [(Piece(f"{_INDENT}{chosen.name}", bold=True),)]
    if chosen.says:
        lines.append((Piece(_INDENT * 2), Piece(chosen.says, Tone.MUTED)))
    for label, names in (("has to be given", chosen.required), ("may be given", chosen.optional)):
        if names:
            told = ", ".join(map(words.name, names))
            lines.append((Piece(f"{_INDENT * 2}{label} ", Tone.MUTED), Piece(told)))
    return lines


def cancel_saga(
    session: Session, row: SagaRow, lanes: Sequence[LaneRow], where: Where
) -> CancelSagaQuestion:
    """Ask a saga to stop and undo what it did."""

    async def call(_answer: bool) -> str:
        await session.client.cancel_saga(row.raw)
        # A server may answer "cancelled" at once; until a look says more it was only asked.
        session.cancelled_sagas.note(row.raw)
        return f"Asked {row.name} to stop"

    confirm, label = typed_out(where, row.name)
    plan = Plan(
        id=f"cancel {row.raw}",
        title=f"Cancel saga {row.name}?",
        lines=_undone(lanes),
        verb="stop it and undo",
        confirm=confirm,
        confirm_label=label,
    )
    return CancelSagaQuestion(plan, once(row.name, call))


def _undone(lanes: Sequence[LaneRow]) -> list[Text]:
    """What will be undone, in the order in which it will be."""
    if not lanes:
        said = "The server tells no steps: whatever it did is undone"
        return [(Piece(_INDENT), Piece(said, Tone.LATE))]
    lines: list[Text] = []
    under_way = [lane for lane in lanes if lane.status is StepStatus.RUNNING]
    for lane in under_way:
        how = Piece("  it may end first: then it is undone too", Tone.MUTED)
        lines.append((Piece(f"{_INDENT}stops   "), Piece(lane.name, bold=True), how))
    done = [lane for lane in reversed(lanes) if lane.status is StepStatus.COMPLETED]
    for lane in done:
        by = f"by {lane.compensation}" if lane.compensation else "nothing undoes it"
        service = f", {lane.service}" if lane.service else ""
        tone = Tone.MUTED if lane.compensation else Tone.LATE
        how = Piece(f"  {by}{service}", tone)
        lines.append((Piece(f"{_INDENT}undoes  "), Piece(lane.name, bold=True), how))
    if not done and not under_way:
        lines.append((Piece(f"{_INDENT}Nothing is done yet, so nothing is undone"),))
    return lines
