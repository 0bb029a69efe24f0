"""Which store of specs a command means, and what has to be heeded before something is written."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Coroutine
from typing import Annotated, Any, TypeVar

import typer

from dli_tui.cli import output
from dli_tui.cli.codes import WRONG_USE
from dli_tui.cli.connection import connection_of, profile_of, settings_of
from dli_tui.cli.output import Format
from dli_tui.config.model import Profile
from dli_tui.domain.clock import Clock, SystemClock
from dli_tui.domain.errors import ConfigurationError, WorkflowPermissionError
from dli_tui.specs.store.objects import Objects
from dli_tui.specs.store.opening import open_objects

Result = TypeVar("Result")

StoreOption = Annotated[
    str | None,
    typer.Option(
        "--store",
        metavar="URL",
        help="Where the specs are, if not where the profile says.",
        show_default=False,
    ),
]
FormatOption = Annotated[Format, typer.Option("--format", "-f", help="table or json.")]


def in_store(
    ctx: typer.Context,
    store: str | None,
    work: Callable[[Objects, Clock], Coroutine[Any, Any, Result]],
) -> Result:
    """The result of some work in that store."""
    url, clock = url_of(ctx, store), SystemClock()
    insecure = any(one.allow_insecure for one in _profiles_of(ctx, url))

    async def opened() -> Result:
        objects = await open_objects(url, os.environ, clock, allow_insecure=insecure)
        return await work(objects, clock)

    return asyncio.run(opened())


def url_of(ctx: typer.Context, store: str | None) -> str:
    """The store that --store names, else the profile."""
    if store is not None:
        if connection_of(ctx).profile is not None:
            raise typer.BadParameter("--store and --profile name two places; keep one")
        return store
    profile = profile_of(ctx)
    if profile is not None and profile.specs is not None:
        return profile.specs
    who = "No profile says" if profile is None else f"Profile '{profile.name}' doesn't say"
    raise ConfigurationError(
        f"{who} where specs are kept",
        hint='Add specs = "file:///folder" or "s3://bucket/prefix" to it, or say --store URL.',
    )


def _profiles_of(ctx: typer.Context, url: str) -> list[Profile]:
    """The profiles whose specs are there: what they are careful about holds here too."""
    place = url.rstrip("/")
    every = settings_of(ctx).profiles.values()
    return [one for one in every if one.specs is not None and one.specs.rstrip("/") == place]


def may_write(ctx: typer.Context, url: str, *, yes: bool) -> None:
    """Refuse where nothing may be written, or production wants a --yes."""
    profiles = _profiles_of(ctx, url)
    if connection_of(ctx).read_only or any(one.read_only for one in profiles):
        raise WorkflowPermissionError(
            f"{url} is read-only here: nothing is written",
            hint="Leave out --read-only, or take read_only from the profile.",
        )
    production = [one.name for one in profiles if one.production]
    if production and not yes:
        output.error(
            ConfigurationError(
                f"Profile '{production[0]}' is marked production",
                hint="Add --yes when you are sure.",
            )
        )
        raise typer.Exit(WRONG_USE)
