"""`dli-tui specs list|show`: what a store of specs holds."""

from __future__ import annotations

from typing import Annotated, Final, Literal

import typer

from dli_tui.cli import output
from dli_tui.cli.connection import connected
from dli_tui.cli.output import Format
from dli_tui.cli.running import reports_errors
from dli_tui.cli.stores import FormatOption, StoreOption, in_store
from dli_tui.domain.clock import Clock
from dli_tui.domain.errors import WorkflowNotFoundError
from dli_tui.domain.status import SourceType
from dli_tui.domain.text import safe
from dli_tui.present import words
from dli_tui.specs.catalogue import read_catalogue
from dli_tui.specs.results import SpecListResult, SpecResult, SpecRow, result_of, rows_of
from dli_tui.specs.store.objects import Objects
from dli_tui.specs.store.store import SpecStore

_COLUMNS: Final = ("NAME", "SOURCE", "STATE", "CRON", "REV", "WRITTEN BY", "AT (UTC)")


@reports_errors
@connected
def list_specs(
    ctx: typer.Context, store: StoreOption = None, format_: FormatOption = Format.TABLE
) -> None:
    """List the specs that a store holds: CODE counts where there is one."""

    async def work(objects: Objects, clock: Clock) -> SpecListResult:
        catalogue = await read_catalogue(SpecStore(objects, clock))
        specs = tuple(one for row in catalogue.rows for one in rows_of(row))
        return SpecListResult(store=objects.where, specs=specs, total_count=len(specs))

    result = in_store(ctx, store, work)
    if format_ is Format.JSON:
        output.as_json(result)
        return
    rows = [_cells(one) for one in result.specs]
    output.table(_COLUMNS, rows, [_remark(one) for one in result.specs])
    output.line()
    output.line(f"Total: {words.plural(len(rows), 'spec')} in {words.word(result.store)}")


@reports_errors
@connected
def show(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The dataset.")],
    source: Annotated[
        Literal["code", "manual"] | None,
        typer.Option("--source", "-s", case_sensitive=False, help="If not the one that counts."),
    ] = None,
    store: StoreOption = None,
    format_: FormatOption = Format.TABLE,
) -> None:
    """Print one spec; who wrote it, and when, goes to stderr."""
    wanted = None if source is None else SourceType(source)

    async def work(objects: Objects, clock: Clock) -> SpecResult:
        return await _found(SpecStore(objects, clock), name, wanted)

    result = in_store(ctx, store, work)
    if format_ is Format.JSON:
        output.as_json(result)
        return
    row = result.spec
    state = "in force" if row.in_force else "overridden by CODE"
    output.talk(f"{words.word(name)}, {row.source_type}, {state}, {_by(row)}")
    output.line(safe(result.text).removesuffix("\n"))


async def _found(store: SpecStore, name: str, source: SourceType | None) -> SpecResult:
    """The spec of that source, else the one that counts."""
    code = await store.document(name, SourceType.CODE)
    manual = await store.document(name, SourceType.MANUAL)
    wanted = {SourceType.CODE: (code,), SourceType.MANUAL: (manual,), None: (code, manual)}[source]
    found = next((one for one in wanted if one is not None and not one.is_removed), None)
    if found is None:
        removed = next((f": it was {one.said()}" for one in wanted if one is not None), "")
        raise WorkflowNotFoundError(
            f"There is no spec of '{name}' in {store.where}{removed}",
            dataset_name=name,
            hint="See the names with: dli-tui specs list",
        )
    return result_of(found, in_force=found is code or code is None or code.is_removed)


def _cells(row: SpecRow) -> tuple[str, ...]:
    state = "in force" if row.in_force else "overridden"
    return (
        words.name(row.name),
        row.source_type.value,
        "BROKEN" if row.problem else state,
        words.word(row.cron),
        str(row.revision or "-"),
        words.word(row.written_by),
        "-" if row.written_at is None else f"{row.written_at:%Y-%m-%d %H:%M:%S}",
    )


def _remark(row: SpecRow) -> str | None:
    if row.problem:
        return f"  {words.word(row.problem)}"
    return None if row.in_force else f"  by the CODE that was {words.word(row.overridden_by)}"


def _by(row: SpecRow) -> str:
    if row.written_at is None:
        return "put there by other means"
    at = f"{row.written_at:%Y-%m-%d %H:%M:%S} UTC"
    return f"revision {row.revision}, by {words.word(row.written_by)} on {at}"
