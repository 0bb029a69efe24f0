"""What a workflow does, and templates, changed in the person's editor.

A key fetches what is there now and lends the terminal to the editor. What comes back is read and
compared, and a question shows what is wrong or what would change; nothing is sent before.
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from rich.cells import cell_len
from textual.app import SuspendNotSupported

from dli_tui.domain import rules
from dli_tui.domain.errors import DLIError, ErrorCode, WorkflowExecutionError
from dli_tui.domain.ids import WorkflowKey
from dli_tui.domain.query import NewConfiguration
from dli_tui.domain.template import TemplateDraft
from dli_tui.present import definitions, differing, words
from dli_tui.tui.breakage import start_worker
from dli_tui.tui.deeds import once
from dli_tui.tui.editor import edited, editor
from dli_tui.tui.looks import Tone
from dli_tui.tui.modals.document import TEXT, DocumentQuestion, Reading
from dli_tui.tui.modals.question import Plan
from dli_tui.tui.plans import typed_out
from dli_tui.tui.programs import NoProgramError
from dli_tui.tui.widgets.lines import Piece
from dli_tui.tui.widgets.page import Text

if TYPE_CHECKING:
    from dli_tui.domain.configuration import Remark
    from dli_tui.present.differing import Change
    from dli_tui.session.session import Session
    from dli_tui.tui.app import Dashboard

_GROUP: Final = "editor"
_INDENT: Final = "  "
_NOT_LENT: Final = "This terminal can't be lent to an editor; start dli-tui in another one"


class Document(NamedTuple):
    """One thing to be edited."""

    id: str
    """A draft is kept under it."""
    title: str
    verb: str
    name: str
    """What it is called, as it is shown."""
    text: str
    read: Callable[[str], Reading]
    send: Callable[[Any], Awaitable[str]]


def configuration(dash: Dashboard, session: Session, key: WorkflowKey) -> None:
    """Change what a workflow does."""

    async def fetch() -> Document | str:
        info = await session.client.row(key)
        rules.require_manual(key.name, [info], "configure")
        if info.workflow_config is None:
            return f"{words.name(key.name)}: the server doesn't tell what it does"
        return _of_configuration(session, key, info.workflow_config)

    _begin(dash, fetch)


def template(dash: Dashboard, session: Session, template_id: str) -> None:
    """Change a template."""

    async def fetch() -> Document:
        found = await session.client.template(template_id)
        return _of_template(session, template_id, TemplateDraft.of(found))

    _begin(dash, fetch)


def new_template(dash: Dashboard, session: Session) -> None:
    """Write a new template."""

    async def fetch() -> Document:
        return _of_new_template(session)

    _begin(dash, fetch)


# Documents


def _of_configuration(session: Session, key: WorkflowKey, config: dict[str, Any]) -> Document:
    def read(text: str) -> Reading:
        found, remarks = definitions.read_configuration(text)
        if found is None:
            return Reading([*_wrong(remarks)])
        return _changed(differing.of_configurations(config, found), remarks, found)

    async def send(answer: dict[str, Any]) -> str:
        there = (await session.client.row(key)).workflow_config
        _require_known(there, (config, answer), key.name)
        done = await session.client.configure(NewConfiguration(key.name, answer))
        return f"Changed what {words.name(key.name)} does{_warned(done.warning)}"

    name = words.name(key.name)
    text = definitions.of_configuration(key.name, config)
    title = f"Change what {name} does?"
    return Document(f"configure {key.name}", title, "change it", name, text, read, send)


def _of_template(session: Session, template_id: str, before: TemplateDraft) -> Document:
    async def send(answer: TemplateDraft) -> str:
        there = TemplateDraft.of(await session.client.template(template_id))
        _require_known(there, (before, answer), before.name)
        await session.client.update_template(template_id, answer)
        return f"Changed the template {words.name(answer.name)}"

    name = words.name(before.name)
    return Document(
        id=f"edit template {template_id}",
        title=f"Change the template {name}?",
        verb="change it",
        name=name,
        text=definitions.of_template(before),
        read=lambda text: _read_template(text, before),
        send=send,
    )


def _of_new_template(session: Session) -> Document:
    async def send(answer: TemplateDraft) -> str:
        made = await session.client.create_template(answer)
        return f"Made the template {words.name(made.name)}"

    return Document(
        id="new template",
        title="Make a new template?",
        verb="make it",
        name="template",
        text=definitions.of_template(None),
        read=lambda text: _read_template(text, None),
        send=send,
    )


def _read_template(text: str, before: TemplateDraft | None) -> Reading:
    found, remarks = definitions.read_template(text)
    if found is None:
        return Reading([*_wrong(remarks)])
    return _changed(differing.of_templates(before, found), remarks, found)


def _require_known(there: object, known: Sequence[object], name: str) -> None:
    """DLI-807 where somebody else has changed it since: the plan said nothing of that."""
    if there not in known:
        raise WorkflowExecutionError(
            f"'{name}' was changed meanwhile, so nothing was sent",
            code=ErrorCode.WORKFLOW_INVALID_STATE,
            dataset_name=name,
            hint="Leave this and edit it again: your text is kept.",
        )


def _warned(warning: str | None) -> str:
    return f". {warning}" if warning else ""


# The way to the editor and back


def _begin(dash: Dashboard, fetch: Callable[[], Awaitable[Document | str]]) -> None:
    """Take a document to the editor, unless one is there already."""
    try:
        command = editor(os.environ)
    except NoProgramError as problem:
        _say(dash, str(problem))
        return
    if not any(worker.group == _GROUP for worker in dash.workers):
        start_worker(dash, _go, dash, command, fetch, group=_GROUP)


async def _go(
    dash: Dashboard, command: Sequence[str], fetch: Callable[[], Awaitable[Document | str]]
) -> None:
    try:
        document = await fetch()
    except DLIError as problem:
        _say(dash, f"[{problem.code}] {problem.message}. {dash.deeds.hint(problem.hint)}")
        return
    if isinstance(document, str):
        _say(dash, document)
        return

    async def edit(text: str) -> str | None:
        return await _edit(dash, command, document, text)

    draft = dash.deeds.drafts.get(document.id, {}).get(TEXT, "")
    text = await edit(draft or document.text)
    if text is None:
        return
    if text == document.text or not text.strip():
        dash.deeds.drafts.pop(document.id, None)
        dash.notify("Nothing was changed", markup=False)
        return
    confirm, label = typed_out(dash.opening.where, document.name)
    plan = Plan(document.id, document.title, [], document.verb, 1, confirm, label)
    read = _drafted(document.read) if draft else document.read
    dash.push_screen(DocumentQuestion(plan, once(document.name, document.send), text, read, edit))


def _drafted(read: Callable[[str], Reading]) -> Callable[[str], Reading]:
    """The same, said to have begun with what was kept."""
    note: Text = (Piece("This began with your draft; an empty document drops it", Tone.MUTED),)

    def reading(text: str) -> Reading:
        found = read(text)
        return found._replace(lines=[note, *found.lines])

    return reading


async def _edit(
    dash: Dashboard, command: Sequence[str], document: Document, text: str
) -> str | None:
    """The text as it was left; None where nothing is to come of it, which is said."""
    try:
        back = await edited(command, text, dash.suspend)
    except NoProgramError as problem:
        _say(dash, str(problem))
    except SuspendNotSupported:
        _say(dash, _NOT_LENT)
    else:
        if back.code == 0:
            return back.text
        kept = ""
        if back.text != document.text and back.text.strip():
            dash.deeds.drafts[document.id] = {TEXT: back.text}
            kept = "; the text is kept"
        _say(dash, f"The editor ended with {back.code}, so nothing is sent{kept}")
    return None


def _say(dash: Dashboard, text: str) -> None:
    dash.notify(words.word(text), severity="warning", markup=False)


# Plans


def _wrong(remarks: Sequence[Remark]) -> Iterable[Text]:
    wrong = [one for one in remarks if one.is_wrong]
    yield (Piece(f"{words.plural(len(wrong), 'problem')}; nothing can be sent yet", Tone.LATE),)
    for one in wrong:
        yield (Piece(f"{_INDENT}{one.place}  ", Tone.FAILED), Piece(one.says))
    yield from _worth_a_look(remarks)


def _worth_a_look(remarks: Sequence[Remark]) -> Iterable[Text]:
    for one in remarks:
        if not one.is_wrong:
            yield (Piece(f"{_INDENT}{one.place}  ", Tone.MUTED), Piece(one.says, Tone.MUTED))


def _changed(changes: Sequence[Change], remarks: Sequence[Remark], value: object) -> Reading:
    """What an edit changes, step by step, and what is to be said of it."""
    lines: list[Text] = []
    step = ""
    for one in changes:
        if one.step != step:
            step = one.step
            # That a step comes or goes is told before what is in it.
            told = "" if one.what else f"  {one.now or 'gone'}"
            lines.append((Piece(f"step {step}", bold=True), Piece(told, Tone.LATE)))
        if one.what:
            lines += _change(one)
    if not changes:
        return Reading([(Piece("It says the same as before: there is nothing to send"),)])
    return Reading([*lines, *_worth_a_look(remarks)], value)


def _change(one: Change) -> Iterable[Text]:
    label = Piece(f"{_INDENT}{one.what}  ", Tone.MUTED)
    if not one.was:
        yield (label, Piece(one.now))
        return
    yield (label, Piece("was  ", Tone.MUTED), Piece(one.was, Tone.MUTED))
    blank = Piece(" " * cell_len(label.text))
    yield (blank, Piece("now  ", Tone.MUTED), Piece(one.now or "gone"))
