"""The options that say where: every command has them, and they are declared once.

kubectl taught people to write them wherever they come to mind. `lazy` carries those that
stand before a command on to it, so what stands nearest to the command wins.
"""

from __future__ import annotations

import inspect
import os
import sys
import typing
from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import datetime
from functools import cache, wraps
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from dli_tui.cli import output
from dli_tui.config.demo import DemoOptions
from dli_tui.config.files import choose_profile, load, profile_for_url
from dli_tui.config.model import Kind, Profile, Settings
from dli_tui.config.target import DEMO, Target
from dli_tui.domain.clock import as_utc
from dli_tui.domain.errors import ConfigurationError
from dli_tui.domain.text import safe_line

_PANEL: Final = "Where"
_KEPT: Final = "dli_tui.connection"
_SETTINGS: Final = "dli_tui.settings"
_YEARS: Final = range(1971, 2200)


def _moment(text: str) -> datetime:
    try:
        found = as_utc(datetime.fromisoformat(text))
    except (ValueError, OverflowError):
        found = None
    if found is None or found.year not in _YEARS:
        raise typer.BadParameter(f"'{text}' is not an ISO time like 2026-11-21T09:00Z")
    return found


def _option(*names: str, say: str, **rest: Any) -> Any:  # noqa: ANN401 - typer's own type is private
    return typer.Option(*names, help=say, rich_help_panel=_PANEL, show_default=False, **rest)


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """Where to work, as far as the command line says it."""

    demo: Annotated[bool, _option("--demo", say="The built-in demo, without any server.")] = False
    profile: Annotated[
        str | None, _option("--profile", metavar="NAME", say="A profile of the config file.")
    ] = None
    basecamp: Annotated[
        str | None, _option("--basecamp", metavar="URL", say="A Basecamp server.")
    ] = None
    airflow: Annotated[str | None, _option("--airflow", metavar="URL", say="An Airflow.")] = None
    pyairtable: Annotated[
        str | None, _option("--pyairtable", metavar="URL", say="A PyAirtable service.")
    ] = None
    config: Annotated[
        Path | None, _option("--config", metavar="FILE", say="Another config file.")
    ] = None
    read_only: Annotated[
        bool, _option("--read-only", say="Refuse everything that would change something.")
    ] = False
    at: Annotated[
        datetime | None,
        _option(
            "--at", metavar="TIME", parser=_moment, say="The demo at an hour that stands still."
        ),
    ] = None
    demo_size: Annotated[
        int | None, _option("--demo-size", metavar="N", say="A demo of N workflows.")
    ] = None
    demo_seed: Annotated[
        int | None, _option("--demo-seed", metavar="N", say="A demo with other chances.")
    ] = None
    demo_speed: Annotated[
        float | None, _option("--demo-speed", metavar="X", say="A demo X times as fast.")
    ] = None
    demo_latency: Annotated[
        float | None, _option("--demo-latency", metavar="MS", say="A demo that answers late.")
    ] = None

    @property
    def about_demo(self) -> bool:
        """Whether something is said that only the demo has."""
        return self.at is not None or any(
            value is not None
            for value in (self.demo_size, self.demo_seed, self.demo_speed, self.demo_latency)
        )


VALUED: Final = frozenset(
    f"--{field.name.replace('_', '-')}" for field in fields(Connection) if field.default is None
)
FLAGS: Final = frozenset(
    f"--{field.name.replace('_', '-')}" for field in fields(Connection) if field.default is False
)


@dataclass(frozen=True, slots=True)
class Place:
    """What was chosen, and whether the demo only stands in for a profile that isn't there."""

    target: Target
    by_default: bool = False


@cache
def _shared_options() -> tuple[inspect.Parameter, ...]:
    hints = typing.get_type_hints(Connection, include_extras=True)
    keyword = inspect.Parameter.KEYWORD_ONLY
    return tuple(
        inspect.Parameter(field.name, keyword, default=field.default, annotation=hints[field.name])
        for field in fields(Connection)
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
    if _named(given) is None:
        settings_of(ctx)  # a file that can't be read is a failure, not wrong use
    try:
        profile = profile_of(ctx)
    except ConfigurationError as problem:
        output.error(problem)
        raise typer.Exit(2) from problem
    demo = DemoOptions(
        size=given.demo_size,
        seed=given.demo_seed or 0,
        speed=1.0 if given.demo_speed is None else given.demo_speed,
        latency_ms=given.demo_latency or 0.0,
        at=given.at,
    )
    target = Target(profile or DEMO, demo, read_only=given.read_only, environment=dict(os.environ))
    if given.about_demo and not target.is_demo:
        raise typer.BadParameter("--at and --demo-… are for the demo only; add --demo")
    return Place(target, by_default=profile is None)


def profile_of(ctx: typer.Context) -> Profile | None:
    """The profile that is meant; None: there is none, and nobody named a place."""
    given = connection_of(ctx)
    return _named(given) or choose_profile(settings_of(ctx), given.profile, os.environ)


def _named(given: Connection) -> Profile | None:
    """The place that an option names outright, if one does; naming two is wrong use."""
    urls = {
        Kind.BASECAMP: given.basecamp,
        Kind.AIRFLOW: given.airflow,
        Kind.PYAIRTABLE: given.pyairtable,
    }
    asked = [f"--{kind}" for kind, url in urls.items() if url]
    asked += ["--demo"] * given.demo + ["--profile"] * (given.profile is not None)
    if len(asked) > 1:
        raise typer.BadParameter(f"{' and '.join(asked)} name two places; keep one")
    if given.demo or (given.about_demo and not asked):
        return DEMO
    for kind, url in urls.items():
        if url:
            return profile_for_url(kind, url, os.environ)
    return None


def is_attended() -> bool:
    """Whether a person sits at the terminal."""
    return sys.stdin.isatty() and sys.stderr.isatty()
