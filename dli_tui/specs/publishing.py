"""How the specs of a project become CODE: planned, shown, and then carried out as planned.

This is the only writer of CODE, and the command line its only caller: what registers has no word
for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import NamedTuple

from dli_tui.domain.clock import Clock
from dli_tui.domain.errors import ConfigurationError, ErrorCode, WorkflowRegistrationError
from dli_tui.domain.ids import dag_id_of
from dli_tui.domain.status import SourceType
from dli_tui.specs.catalogue import Catalogue, Entry
from dli_tui.specs.store.document import Document
from dli_tui.specs.store.objects import Objects
from dli_tui.specs.store.shelf import Shelf


class Change(StrEnum):
    """What a push does to one document."""

    CREATE = "create"
    REPLACE = "replace"
    UNCHANGED = "unchanged"
    REMOVE = "remove"


class Step(NamedTuple):
    """One document of a push, and the version of it that the plan saw."""

    name: str
    change: Change
    text: str
    over: Document | None
    overrides: Document | None
    """The MANUAL spec that this one overrides from now on."""


def plan_push(
    project: Mapping[str, str], catalogue: Catalogue, *, prune: bool = False
) -> tuple[Step, ...]:
    """What pushing those texts, by name, would do; `prune` removes the CODE of all others."""
    if prune and not project:
        raise ConfigurationError(
            "There is no spec to push, so --prune would remove all that is there",
            hint="Check the folder.",
        )
    code = {row.name: row.code for row in catalogue.rows if row.code is not None}
    manual = {row.name: row.manual.document for row in catalogue.rows if row.manual is not None}
    removed = {
        entry.name: entry.document
        for entry in catalogue.entries.values()
        if entry.source is SourceType.CODE and entry.is_removed
    }
    going = {name for name in code if prune and name not in project}
    _require_dags_of_their_own(project, (manual.keys() | code.keys()) - (going - manual.keys()))
    steps = []
    for name, text in sorted(project.items()):
        entry = code.get(name)
        over = removed.get(name) if entry is None else _document_of(entry)
        steps.append(Step(name, _change(entry, text), text, over, manual.get(name)))
    removals = (
        Step(name, Change.REMOVE, "", _document_of(code[name]), None) for name in sorted(going)
    )
    return (*steps, *removals)


def _require_dags_of_their_own(project: Mapping[str, str], there: Iterable[str]) -> None:
    """Two names of one DAG id would take turns at being that DAG."""
    first = {dag_id_of(name): name for name in there if name not in project}
    for name in sorted(project):
        other = first.get(dag_id_of(name))
        if other is not None:
            raise WorkflowRegistrationError(
                f"'{name}' would be the same DAG as '{other}', which is there already",
                dataset_name=name,
                code=ErrorCode.WORKFLOW_ALREADY_EXISTS,
                hint="Nothing was written. Take another name, or remove the other one first.",
            )


def _change(entry: Entry | None, text: str) -> Change:
    if entry is None:
        return Change.CREATE
    is_same = _document_of(entry).text == text.removeprefix("\ufeff")
    return Change.UNCHANGED if is_same else Change.REPLACE


def _document_of(entry: Entry) -> Document:
    if entry.document is None:
        raise WorkflowRegistrationError(
            f"The CODE of '{entry.name}' can't be read, so it can't be replaced: {entry.problem}",
            dataset_name=entry.name,
            code=ErrorCode.WORKFLOW_REGISTRATION_FAILED,
            hint="Nothing was written. Put it right, or delete it there, and try again.",
        )
    return entry.document


class Publisher:
    """Carries out what was planned."""

    def __init__(self, objects: Objects, clock: Clock) -> None:
        self._shelf = Shelf(objects, SourceType.CODE, clock)

    async def carry_out(self, step: Step) -> None:
        """Write one document over the version that the plan saw; DLI-804 says who was faster."""
        if step.change is Change.UNCHANGED:
            return
        if step.change is Change.REMOVE and step.over is not None:
            await self._shelf.remove(step.over)
        elif step.over is not None:
            await self._shelf.replace(step.over, step.text)
        else:
            await self._shelf.create(step.name, step.text)
