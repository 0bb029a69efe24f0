"""What the commands about specs answer."""

from __future__ import annotations

from pydantic import Field

from dli_tui.domain.status import SourceType
from dli_tui.domain.value import Moment, Value
from dli_tui.specs.catalogue import Entry, Row
from dli_tui.specs.publishing import Change, Step
from dli_tui.specs.store.document import Document
from dli_tui.specs.syncing import Synced


class SpecRow(Value):
    """One document of the store."""

    name: str = Field(description="The dataset.")
    source_type: SourceType = Field(description="Who owns it.")
    in_force: bool = Field(description="Whether this one counts: CODE where there is one.")
    overridden_by: str | None = Field(
        default=None, description="Who wrote the CODE that counts instead, and when."
    )
    cron: str | None = Field(default=None, description="When it runs.")
    revision: int = Field(default=0, description="How often it was written; 0: not told.")
    written_by: str | None = Field(default=None, description="Who wrote it.")
    written_at: Moment | None = Field(default=None, description="When it was written.")
    problem: str | None = Field(default=None, description="What is wrong with it.")


class SpecListResult(Value):
    """What a store holds."""

    store: str = Field(description="Where it is.")
    specs: tuple[SpecRow, ...] = Field(default=(), description="Its documents, by name.")
    total_count: int = Field(default=0, description="How many there are.")


class SpecResult(Value):
    """One spec in full."""

    spec: SpecRow = Field(description="What is known of it.")
    text: str = Field(description="The spec as it was written.")


class CheckedFile(Value):
    """One file that was checked."""

    path: str = Field(description="The file.")
    name: str | None = Field(default=None, description="The dataset, where it is in order.")
    problems: tuple[str, ...] = Field(default=(), description="Everything that is wrong with it.")


class ValidationResult(Value):
    """How the check of a project ended."""

    valid: bool = Field(description="Whether all of it is in order.")
    files: tuple[CheckedFile, ...] = Field(description="Each file.")


class PushedSpec(Value):
    """One document of a push."""

    name: str = Field(description="The dataset.")
    change: Change = Field(description="What is done to its CODE.")
    overrides: str | None = Field(
        default=None, description="Whose MANUAL it overrides from now on."
    )
    problem: str | None = Field(default=None, description="Why it wasn't done.")


class PushResult(Value):
    """How a push ended."""

    store: str = Field(description="Where it went.")
    dry_run: bool = Field(description="Whether nothing was to be written.")
    specs: tuple[PushedSpec, ...] = Field(description="Each document.")


def rows_of(row: Row) -> tuple[SpecRow, ...]:
    """The documents of one name, the one in force first."""
    shown = [_row(row.in_force, in_force=True)]
    if row.overridden is not None:
        code = row.in_force.document
        by = code.said() if code is not None else "a CODE that can't be read"
        shown.append(_row(row.overridden, in_force=False).twin(overridden_by=by))
    return tuple(shown)


def pushed(step: Step, problem: str | None = None) -> PushedSpec:
    """One step as it is told."""
    overrides = None if step.overrides is None else step.overrides.said()
    return PushedSpec(name=step.name, change=step.change, overrides=overrides, problem=problem)


def result_of(document: Document, *, in_force: bool) -> SpecResult:
    """One document in full."""
    return SpecResult(spec=_told(document, in_force=in_force), text=document.text)


def _row(entry: Entry, *, in_force: bool) -> SpecRow:
    row = (
        SpecRow(name=entry.name, source_type=entry.source, in_force=in_force)
        if entry.document is None
        else _told(entry.document, in_force=in_force)
    )
    return row.twin(
        cron=None if entry.spec is None else entry.spec.schedule.cron,
        problem=None if entry.problem is None else entry.problem.message,
    )


def _told(document: Document, *, in_force: bool) -> SpecRow:
    header = document.header
    return SpecRow(
        name=document.name,
        source_type=document.source,
        in_force=in_force,
        revision=document.revision,
        written_by=None if header is None else header.by,
        written_at=None if header is None else header.at,
    )


class SyncResult(Value):
    """What a sync did to a folder."""

    written: tuple[str, ...] = Field(description="The files that were written, by their paths.")
    removed: tuple[str, ...] = Field(description="The files that were deleted.")
    unchanged: int = Field(description="How many specs were as they should be.")
    foreign: int = Field(description="How many files there are of somebody else.")
    problems: tuple[str, ...] = Field(description="What isn't as it is in the store, and why.")


def synced(done: Synced) -> SyncResult:
    """It as an answer."""
    return SyncResult(**done._asdict())
