"""`dli-tui specs validate|push`: a project's specs checked, and put into a store by CI."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Final

import typer

from dli_tui.cli import output
from dli_tui.cli.codes import FAILED
from dli_tui.cli.connection import connected, profile_of
from dli_tui.cli.output import Format
from dli_tui.cli.running import reports_errors
from dli_tui.cli.stores import FormatOption, StoreOption, in_store, may_write, url_of
from dli_tui.client.sent import sending
from dli_tui.domain.clock import Clock
from dli_tui.domain.errors import ConfigurationError, DLIError, WorkflowRegistrationError
from dli_tui.present import words
from dli_tui.specs.catalogue import read_catalogue
from dli_tui.specs.project import Project, read_project
from dli_tui.specs.publishing import Change, Publisher, Step, plan_push
from dli_tui.specs.results import CheckedFile, PushedSpec, PushResult, ValidationResult, pushed
from dli_tui.specs.store.objects import Objects
from dli_tui.specs.store.store import SpecStore

_Paths = Annotated[
    list[Path] | None,
    typer.Argument(
        metavar="[PATH]...",
        help="Files, and folders: all YAML in models/ and dataset.*.yaml.",
        show_default=False,
    ),
]
_DONE: Final = {
    Change.CREATE: "created",
    Change.REPLACE: "replaced",
    Change.UNCHANGED: "unchanged",
    Change.REMOVE: "removed",
}
_TO_DO: Final = {change: f"to {change}" for change in Change} | {Change.UNCHANGED: "unchanged"}
_PLAN_COLUMNS: Final = ("NAME", "CHANGE", "OVERRIDES")


@reports_errors
@connected
def validate(ctx: typer.Context, path: _Paths = None, format_: FormatOption = Format.TABLE) -> None:
    """Check specs: everything that is wrong with any of them, at once."""
    project = read_project(_paths(ctx, path))
    files = sorted((*_in_order(project), *_faulty(project)), key=lambda file: file.path)
    result = ValidationResult(valid=not project.faults, files=tuple(files))
    if format_ is Format.JSON:
        output.as_json(result)
    else:
        _tell(result)
    if not result.valid:
        raise typer.Exit(FAILED)


@reports_errors
@connected
def push(
    ctx: typer.Context,
    path: _Paths = None,
    store: StoreOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what it would do.")] = False,
    prune: Annotated[
        bool, typer.Option("--prune", help="Remove the CODE that isn't among these.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Push to production.")] = False,
    format_: FormatOption = Format.TABLE,
) -> None:
    """Write the specs of a project as CODE, once all of them are in order. For CI.

    Its credential should be the only one that may write in workflows/code.
    """
    project = read_project(_paths(ctx, path, store))
    if project.faults:
        _refuse_faulty(project)
    if not dry_run:
        may_write(ctx, url_of(ctx, store), yes=yes)
    texts = {name: found.text for name, found in project.specs.items()}

    async def work(objects: Objects, clock: Clock) -> PushResult:
        catalogue = await read_catalogue(SpecStore(objects, clock))
        steps = plan_push(texts, catalogue, prune=prune)
        if format_ is Format.TABLE:
            _tell_plan(steps, objects.where)
        done = (
            [pushed(one) for one in steps] if dry_run else await _carry_out(objects, clock, steps)
        )
        return PushResult(store=objects.where, dry_run=dry_run, specs=tuple(done))

    result = in_store(ctx, store, work)
    if format_ is Format.JSON:
        output.as_json(result)
    else:
        output.line(_outcome(result))
    if any(one.problem for one in result.specs):
        raise typer.Exit(FAILED)


async def _carry_out(objects: Objects, clock: Clock, steps: Sequence[Step]) -> list[PushedSpec]:
    """Each step once; one that somebody was faster at doesn't keep the others back."""
    publisher = Publisher(objects, clock)
    done: list[PushedSpec] = []
    for step in steps:
        if step.change is not Change.UNCHANGED:
            sending(f"{step.change} the CODE of '{words.word(step.name)}'")
        try:
            await publisher.carry_out(step)
            done.append(pushed(step))
        except WorkflowRegistrationError as problem:
            output.error(problem)
            done.append(pushed(step, words.word(problem.message)))
        except DLIError:
            before = _counts([one for one in done if one.problem is None], _DONE)
            output.talk(f"It ended at '{words.word(step.name)}'. Before that: {before}.")
            raise
    return done


def _paths(ctx: typer.Context, given: list[Path] | None, store: str | None = None) -> list[Path]:
    """The paths that were named, else the profile's project, else the folder one is in."""
    if given:
        return given
    profile = profile_of(ctx) if store is None else None
    return [profile.project if profile is not None and profile.project else Path()]


def _refuse_faulty(project: Project) -> None:
    for file in _faulty(project):
        _complain(file)
    raise ConfigurationError(
        f"{words.plural(len(project.faults), 'file')} can't be pushed, so none was",
        hint="Correct them; dli-tui specs validate checks them all.",
    )


def _in_order(project: Project) -> list[CheckedFile]:
    return [CheckedFile(path=str(one.path), name=name) for name, one in project.specs.items()]


def _faulty(project: Project) -> list[CheckedFile]:
    return [CheckedFile(path=str(fault.path), problems=fault.sentences) for fault in project.faults]


def _tell(result: ValidationResult) -> None:
    for file in result.files:
        if file.problems:
            _complain(file)
        else:
            output.line(f"ok    {words.word(file.path)}  {words.word(file.name)}")
    wrong = sum(bool(file.problems) for file in result.files)
    total = words.plural(len(result.files), "file")
    output.line(f"{total}, {wrong} with problems" if wrong else f"{total}, all in order")


def _complain(file: CheckedFile) -> None:
    output.talk(f"FAIL  {words.word(file.path)}")
    for sentence in file.problems:
        output.talk(f"      {words.word(sentence)}")


def _tell_plan(steps: Sequence[Step], where: str) -> None:
    shown = [pushed(step) for step in steps if step.change is not Change.UNCHANGED]
    if shown:
        rows = [
            (
                words.name(one.name),
                one.change.value,
                f"MANUAL, {words.word(one.overrides)}" if one.overrides else "-",
            )
            for one in shown
        ]
        output.table(_PLAN_COLUMNS, rows)
        output.line()
    output.line(f"To {words.word(where)}: {_counts([pushed(step) for step in steps], _TO_DO)}.")


def _outcome(result: PushResult) -> str:
    if result.dry_run:
        return "Nothing was written."
    done = _counts([one for one in result.specs if one.problem is None], _DONE)
    failed = sum(one.problem is not None for one in result.specs)
    if not failed:
        return f"Done: {done}."
    return f"{words.plural(failed, 'spec')} not written; {done}. Push again to plan anew."


def _counts(specs: Sequence[PushedSpec], called: Mapping[Change, str]) -> str:
    counted = {change: sum(one.change is change for one in specs) for change in called}
    return ", ".join(f"{n} {called[change]}" for change, n in counted.items() if n) or "nothing"
