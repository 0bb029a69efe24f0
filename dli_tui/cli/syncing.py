"""`dli-tui airflow sync`: a folder that Airflow reads specs from, kept as the store is."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final

import typer

from dli_tui.cli import output
from dli_tui.cli.codes import FAILED, INTERRUPTED
from dli_tui.cli.connection import connected
from dli_tui.cli.output import Format
from dli_tui.cli.running import reports_errors
from dli_tui.cli.stores import FormatOption, StoreOption, in_store
from dli_tui.cli.telling import source_news
from dli_tui.domain.clock import Clock
from dli_tui.domain.errors import DLIError
from dli_tui.present import words
from dli_tui.specs.results import SyncResult, synced
from dli_tui.specs.sourcenews import SourceNews
from dli_tui.specs.store.objects import Objects
from dli_tui.specs.syncing import Sync, Synced

_SHOWN: Final = 5
_SECONDS: Final = 15.0

_To = Annotated[
    Path, typer.Option("--to", metavar="DIR", help="The folder that DLI_SPECS names for Airflow.")
]
_Watch = Annotated[bool, typer.Option("--watch", help="Go on until ctrl+c, a look now and then.")]
_Every = Annotated[
    float, typer.Option(min=1, max=86_400, metavar="SECONDS", help="Between two looks of --watch.")
]
_AllowEmpty = Annotated[
    bool,
    typer.Option("--allow-empty", help="Delete also where the store lists nothing any more."),
]


@reports_errors
@connected
def sync(
    ctx: typer.Context,
    to: _To,
    watch: _Watch = False,
    every: _Every = _SECONDS,
    allow_empty: _AllowEmpty = False,
    store: StoreOption = None,
    format_: FormatOption = Format.TABLE,
) -> None:
    """Copy what the store holds into a folder, and delete there what it no longer holds.

    Only what changed is fetched. A file that sync didn't write is never touched. --watch also tells
    the webhooks of on_source_change.
    """

    async def work(objects: Objects, clock: Clock) -> Synced:
        one = Sync(objects, to, clock)
        if not watch:
            return await one.all(allow_empty=allow_empty)
        output.talk(f"Watching {words.word(objects.where)} every {every:g} s; ctrl+c ends it")
        told: Sequence[str] | None = None
        try:
            async with source_news(objects, to, clock, lambda line: _note(clock, line)) as news:
                while True:
                    told = await looked(one, news, clock, format_, told, allow_empty=allow_empty)
                    await clock.sleep(every)
        except asyncio.CancelledError as interrupt:
            output.talk("Stopped watching; the folder stays as it is.")
            raise typer.Exit(INTERRUPTED) from interrupt

    done = in_store(ctx, store, work)
    _tell(done, format_)
    if done.problems:
        raise typer.Exit(FAILED)


async def looked(
    one: Sync,
    news: SourceNews,
    clock: Clock,
    format_: Format,
    told: Sequence[str] | None,
    *,
    allow_empty: bool = False,
) -> Sequence[str] | None:
    """One look of a watch, told where there is news: the problems that there are from then on.

    `told` are those of the look before, None at first.
    """
    try:
        done = await one.all(allow_empty=allow_empty)
    except DLIError as problem:
        # It may be over the next time, and whoever watches wants to see that it isn't yet.
        _note(clock, str(problem))
        return told
    if done.written or done.removed or done.problems != told:
        output.talk(f"{clock.now():%H:%M:%S} UTC")
        _tell(done, format_)
        # Who reads a pipe wants it now.
        sys.stdout.flush()
    try:
        await news.look(allow_empty=allow_empty)
    except DLIError as problem:
        _note(clock, str(problem))
    return done.problems


def _note(clock: Clock, line: str) -> None:
    output.talk(f"{clock.now():%H:%M:%S} UTC {words.word(line)}")


def _tell(done: Synced, format_: Format) -> None:
    result: SyncResult = synced(done)
    if format_ is Format.JSON:
        output.as_json(result)
        return
    for what, paths in (("Written", done.written), ("Removed", done.removed)):
        if paths:
            output.line(f"{what}: {words.plural(len(paths), 'spec')} ({_some(paths)})")
    if not done.written and not done.removed:
        output.line("Nothing to do")
    output.line(f"Unchanged: {words.plural(done.unchanged, 'spec')}")
    if done.foreign:
        output.line(f"Not of sync, left alone: {words.plural(done.foreign, 'file')}")
    for problem in done.problems:
        output.talk(f"Problem: {words.word(problem)}")


def _some(paths: Sequence[str]) -> str:
    shown = ", ".join(words.word(path.removesuffix(".yaml")) for path in paths[:_SHOWN])
    return shown if len(paths) <= _SHOWN else f"{shown}, …"
