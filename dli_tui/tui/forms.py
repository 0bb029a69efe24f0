"""The questions about templates: their plans, and the one request that each sends.

Loaded with the first of them, after the models.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from dli_tui.domain.cron import problem_of
from dli_tui.domain.schedule import next_fires
from dli_tui.domain.template import NewFromTemplate
from dli_tui.domain.text import safe_line
from dli_tui.present import crons, filling, fires, words, yamltext
from dli_tui.present.besides import TemplateRow, TemplateSheet
from dli_tui.tui.deeds import once
from dli_tui.tui.looks import Tone
from dli_tui.tui.modals.fromtemplate import Form, TemplateAnswer, TemplateQuestion
from dli_tui.tui.modals.question import Plan
from dli_tui.tui.modals.sure import SureQuestion
from dli_tui.tui.opening import Where
from dli_tui.tui.plans import typed_out
from dli_tui.tui.registering import fired
from dli_tui.tui.sheets import labelled
from dli_tui.tui.widgets.lines import Piece
from dli_tui.tui.widgets.page import Text

if TYPE_CHECKING:
    from dli_tui.domain.template import Template
    from dli_tui.session.session import Session

_INDENT: Final = "  "
_FIRES: Final = 5


def from_template(
    session: Session, template: Template, sheet: TemplateSheet, where: Where, here: str
) -> TemplateQuestion:
    """Make a workflow from a template; `here` is the zone of who looks."""

    async def call(answer: TemplateAnswer) -> str:
        made = await session.client.create_from_template(_request(template, answer))
        question.made = made.key
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
    form = Form(
        why_not_a_name=session.client.why_not_a_name,
        is_taken=lambda name: bool(session.workflows.rows_of(name)),
        lines=lambda answer: [*_lines(session, template, sheet, answer, here)],
    )
    question = TemplateQuestion(plan, once(sheet.row.name, call), sheet, form)
    return question


def _request(template: Template, answer: TemplateAnswer) -> NewFromTemplate:
    """What is sent of what was filled in; the steps that it changes, and no other."""
    extensions, _ = filling.extensions(answer.extensions)
    return NewFromTemplate(
        template_id=template.id,
        workflow_name=answer.name,
        workflow_description=answer.description or None,
        custom_config=template.custom_config(filling.values(template, answer.values)),
        cron_schedule=answer.cron or None,
        is_scheduled=answer.is_scheduled,
        trigger_on_file_upload=answer.takes_uploads,
        trigger_file_extensions=extensions or None if answer.takes_uploads else None,
    )


def _lines(
    session: Session, template: Template, sheet: TemplateSheet, answer: TemplateAnswer, here: str
) -> Iterable[Text]:
    """What will be made of what stands in the fields."""
    steps = ", ".join(step.name for step in sheet.steps) or "none that can be read"
    name = words.name(answer.name) if answer.name else "a workflow without a name"
    yield labelled("makes", name)
    yield labelled("steps", steps)
    yield labelled("runs", _begins(answer) or _by_hand(answer))
    if answer.is_scheduled:
        yield from fired(_fires(session, answer.cron, here))
    given = filling.values(template, answer.values)
    unfilled = filling.unfilled(template, given)
    if unfilled:
        yield labelled("unfilled", ", ".join(unfilled), Tone.LATE)
    for remark in filling.remarks(template, given):
        yield labelled("", str(remark), Tone.LATE if remark.is_wrong else Tone.MUTED)
    yield from _sent(filling.masked(template, given))


def _sent(custom: dict[str, object]) -> Iterable[Text]:
    """The settings that go with it, as YAML."""
    if not custom:
        yield labelled("sends", "the template's own settings", Tone.MUTED)
        return
    yield labelled("sends", "these steps with settings of their own:", Tone.MUTED)
    yield from ((Piece(_INDENT), Piece(safe_line(one))) for one in yamltext.lines_of(custom))


def _begins(answer: TemplateAnswer) -> str:
    begins = [_schedule(answer.cron)] if answer.is_scheduled else []
    if answer.takes_uploads:
        kinds, unread = filling.extensions(answer.extensions)
        of = "of a kind that can't be read yet " if unread else ""
        of = of or (f"({kinds.replace(',', ', ')}) " if kinds else "")
        begins.append(f"when a file {of}is uploaded")
    return ", ".join(begins)


def _by_hand(answer: TemplateAnswer) -> str:
    # A cron alone starts nothing, and who typed one may well think so.
    return "by hand only: its cron is off" if answer.cron else "by hand only"


def _schedule(cron: str) -> str:
    if problem_of(cron) is not None:
        return "by a schedule that can't be read yet"
    return f"{crons.words_of(cron) or words.word(cron)} (UTC)"


def _fires(session: Session, cron: str, here: str) -> Sequence[fires.Fire]:
    """The next fires; none of a schedule that can't be read yet."""
    now = session.now()
    moments = next_fires(cron, "UTC", now, _FIRES) if problem_of(cron) is None else ()
    return fires.told(moments, cron, "UTC", here, now)


def delete_template(session: Session, row: TemplateRow, where: Where) -> SureQuestion:
    """Delete a template; what was made from it stays."""

    async def call(_answer: bool) -> str:
        await session.client.delete_template(row.raw)
        return f"Deleted the template {row.name}"

    confirm, label = typed_out(where, row.name)
    made = f"{words.plural(row.uses, 'workflow')} made from it"
    stays = "stays" if row.uses == 1 else "stay"
    kept = f"{made}, which {stays}" if row.uses else "nothing: no workflow was made from it"
    plan = Plan(
        id=f"delete template {row.raw}",
        title=f"Delete the template {row.name}?",
        lines=[
            labelled("loses", f"{row.name}, {words.plural(row.steps, 'step')}, in {row.shelf}"),
            labelled("keeps", kept, Tone.PLAIN if row.uses else Tone.MUTED),
        ],
        verb="delete it",
        confirm=confirm,
        confirm_label=label,
        destroys=True,
    )
    return SureQuestion(plan, once(row.name, call))
