"""The questions about sagas and events: their plans, and the one request that each sends.

Loaded with the first of them, after the models.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from dli_tui.domain.errors import DLIError
from dli_tui.domain.query import NewEvent, NewSaga
from dli_tui.domain.status import StepStatus
from dli_tui.domain.text import safe_line
from dli_tui.present import facts, filling, showing, words
from dli_tui.present.besides import MASK, LaneRow, SagaKind, SagaRow
from dli_tui.tui.deeds import once
from dli_tui.tui.looks import Looks, Tone
from dli_tui.tui.modals.publish import EventAnswer, PublishQuestion
from dli_tui.tui.modals.question import Plan
from dli_tui.tui.modals.startsaga import Kinds, SagaAnswer, StartSagaQuestion
from dli_tui.tui.modals.sure import SureQuestion
from dli_tui.tui.opening import Where
from dli_tui.tui.plans import typed_out
from dli_tui.tui.sheets import labelled
from dli_tui.tui.widgets.lines import Piece
from dli_tui.tui.widgets.page import Text

if TYPE_CHECKING:
    from dli_tui.session.session import Session

_INDENT: Final = "  "


def start_saga(session: Session, where: Where, looks: Looks) -> StartSagaQuestion:
    """Start a saga."""

    async def call(answer: SagaAnswer) -> str:
        made = await session.client.start_saga(
            NewSaga(answer.kind, answer.given, answer.correlation or None, answer.tenant or None)
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

    question = StartSagaQuestion(plan, once("saga", call), look, _planned, looks.signs.cursor)
    return question


def _planned(known: Kinds, chosen: SagaKind | None, answer: SagaAnswer) -> list[Text]:
    """The kind that is chosen, and what will be sent of what stands in the fields."""
    return [*_of_kinds(known, chosen), *_sent(answer, is_one=chosen is not None or not known.kinds)]


def _sent(answer: SagaAnswer, *, is_one: bool) -> Iterable[Text]:
    # A part of a kind's name starts nothing where the kinds are known.
    if answer.kind and is_one:
        yield labelled("starts", words.name(answer.kind))
    yield from _given("input", answer.given)
    if answer.correlation:
        yield labelled("belongs to", safe_line(answer.correlation))
    if answer.tenant:
        yield labelled("tenant", safe_line(answer.tenant))


def _given(label: str, given: Mapping[str, Any]) -> Iterable[Text]:
    """What goes with it, each on a line; secrets are masked."""
    shown = {key: MASK if filling.is_secret(key) else value for key, value in given.items()}
    for place, pair in enumerate(facts.pairs(shown)):
        yield labelled("" if place else label, pair)


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


def publish(session: Session, where: Where) -> PublishQuestion:
    """Tell an event to every service that listens."""

    async def call(answer: EventAnswer) -> str:
        told = await session.client.publish(
            NewEvent(
                answer.kind,
                answer.data,
                answer.aggregate_type or None,
                answer.aggregate_id or None,
                answer.correlation or None,
            )
        )
        known_as = f" as {words.name(told.event_id)}" if told.event_id else ""
        status = f": {words.word(told.status)}" if told.status else ""
        return f"Told {words.name(told.event_type)}{known_as}{status}"

    confirm, label = typed_out(where, words.word(where.name))
    plan = Plan(
        id="publish event",
        title="Publish an event?",
        lines=[],
        verb="publish",
        confirm=confirm,
        confirm_label=label,
    )
    return PublishQuestion(plan, once("event", call), lambda answer: [*_told(answer)])


def _told(answer: EventAnswer) -> Iterable[Text]:
    """The event as it will be sent."""
    kind = words.name(answer.kind) if answer.kind else "an event without a type"
    yield labelled("tells", f"{kind}, to every service that listens")
    about = " ".join(map(words.name, filter(None, (answer.aggregate_type, answer.aggregate_id))))
    if about:
        yield labelled("about", about)
    if answer.correlation:
        yield labelled("belongs to", safe_line(answer.correlation))
    if answer.data:
        yield from _given("data", answer.data)
    else:
        yield labelled("data", "none", Tone.MUTED)


def cancel_saga(
    session: Session, row: SagaRow, lanes: Sequence[LaneRow], where: Where
) -> SureQuestion:
    """Ask a saga to stop and undo what it did."""

    async def call(_answer: bool) -> str:
        await session.client.cancel_saga(row.raw)
        # A server may answer "cancelled" at once; until a look says more it was only asked.
        session.cancelled_sagas.note(row.raw)
        return f"Asked {row.name} to stop"

    confirm, label = typed_out(where, row.name)
    plan = Plan(
        id=f"cancel {row.raw}",
        title=f"Stop saga {row.name}?",
        lines=_undone(lanes),
        verb="stop it and undo",
        confirm=confirm,
        confirm_label=label,
    )
    return SureQuestion(plan, once(row.name, call))


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
