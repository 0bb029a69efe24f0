"""The options that say where, for typer: every command has them, and they are declared once.

kubectl taught people to write them wherever they come to mind. `lazy` carries those that
stand before a command on to it, so what stands nearest to the command wins.
"""

from __future__ import annotations

import inspect
import os
import sys
import typing
from collections.abc import Callable
from dataclasses import Field, fields
from functools import cache, wraps
from typing import Annotated, Any, Final

import typer

from dli_tui.cli import output
from dli_tui.cli.places import Connection, Place, WrongUseError, a_moment, named, place_for
from dli_tui.cli.places import profile_for as _profile_for
from dli_tui.config.files import load
from dli_tui.config.model import Profile, Settings
from dli_tui.domain.errors import ConfigurationError
from dli_tui.domain.text import safe_line

_PANEL: Final = "Where"
_KEPT: Final = "dli_tui.connection"
_SETTINGS: Final = "dli_tui.settings"


def _moment(text: str) -> object:
    try:
        return a_moment(text)
    except WrongUseError as problem:
        raise typer.BadParameter(str(problem)) from problem


def _option(one: Field[Any]) -> Any:  # noqa: ANN401 - typer's own type is private
    said = one.metadata
    more: dict[str, Any] = {"parser": _moment} if said["read"] is a_moment else {}
    return typer.Option(
        f"--{one.name.replace('_', '-')}",
        help=said["help"],
        metavar=said["metavar"],
        rich_help_panel=_PANEL,
        show_default=False,
        **more,
    )


@cache
def _shared_options() -> tuple[inspect.Parameter, ...]:
    hints = typing.get_type_hints(Connection)
    keyword = inspect.Parameter.KEYWORD_ONLY
    return tuple(
        inspect.Parameter(
            one.name,
            keyword,
            default=one.default,
            annotation=Annotated[hints[one.name], _option(one)],
        )
        for one in fields(Connection)
    )


def connected(command: Callable[..., None]) -> Callable[..., None]:
    """`command` with the connection options beside its own; they are kept in its context."""
    own = inspect.signature(command, eval_str=True)
    shared = _shared_options()

    @wraps(command)
    def with_options(ctx: typer.Context, **given: Any) -> None:  # noqa: ANN401 - what typer parsed
        ctx.meta[_KEPT] = Connection(**{one.name: given.pop(one.name) for one in shared})
        command(ctx, **given)

    merged = own.replace(parameters=[*own.parameters.values(), *shared])
    with_options.__signature__ = merged  # type: ignore[attr-defined]  # what typer reads
    with_options.__annotations__ = {
        parameter.name: parameter.annotation for parameter in merged.parameters.values()
    }
    return with_options


def connection_of(ctx: typer.Context) -> Connection:
    """The options that were given, wherever they stood."""
    found: Connection = ctx.meta[_KEPT]
    return found


def settings_of(ctx: typer.Context) -> Settings:
    """The config file that is in force; its warnings go to stderr, once."""
    settings: Settings | None = ctx.meta.get(_SETTINGS)
    if settings is None:
        settings = ctx.meta[_SETTINGS] = load(connection_of(ctx).config, os.environ)
        for warning in settings.warnings:
            output.talk(f"Warning: {safe_line(warning)}")
    return settings


def place_of(ctx: typer.Context) -> Place:
    """What the options and the config file choose. Wrong use ends 2."""
    given = connection_of(ctx)
    try:
        if named(given) is None:
            settings_of(ctx)  # a file that can't be read is a failure, not wrong use
        return place_for(given, _chosen(ctx))
    except WrongUseError as problem:
        raise typer.BadParameter(str(problem)) from problem


def _chosen(ctx: typer.Context) -> Profile | None:
    try:
        return profile_of(ctx)
    except ConfigurationError as problem:
        output.error(problem)
        raise typer.Exit(2) from problem


def profile_of(ctx: typer.Context) -> Profile | None:
    """The profile that is meant; None: there is none, and nobody named a place."""
    try:
        return _profile_for(connection_of(ctx), lambda: settings_of(ctx))
    except WrongUseError as problem:
        raise typer.BadParameter(str(problem)) from problem


def is_attended() -> bool:
    """Whether a person sits at the terminal."""
    return sys.stdin.isatty() and sys.stderr.isatty()
