"""`dli-tui` and `dli-tui open`: the dashboard, from the terminal's check to the exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Annotated, Final, NoReturn

import typer

from dli_tui.cli import output
from dli_tui.cli.codes import FAILED, WRONG_USE
from dli_tui.cli.connection import connected, place_of, settings_of
from dli_tui.config import remembered
from dli_tui.config.model import Kind, Profile
from dli_tui.config.target import Target
from dli_tui.domain.errors import ConfigurationError, DLIError

if TYPE_CHECKING:
    from dli_tui.session.session import Session
    from dli_tui.tui.crash import Report
    from dli_tui.tui.opening import Opening, Where

_NO_TERMINAL: Final = (
    "The dashboard needs a terminal. In a script use a command: dli-tui workflow list"
)


@connected
def open_(
    ctx: typer.Context,
    begin: Annotated[
        str | None, typer.Argument(metavar="[NAME|RUN|URL]", help="Where to begin.")
    ] = None,
    theme: Annotated[str | None, typer.Option("--theme", metavar="NAME", help="Colours.")] = None,
    ascii_only: Annotated[
        bool, typer.Option("--ascii", help="Draw with ASCII characters only.")
    ] = False,
    no_mouse: Annotated[
        bool, typer.Option("--no-mouse", help="Leave the mouse to the terminal.")
    ] = False,
) -> None:
    """Open the dashboard, at a workflow, a run or a link to one if you like."""
    _require_terminal()
    try:
        target = place_of(ctx).target
        settings = settings_of(ctx)
    except DLIError as problem:
        output.error(problem)
        raise typer.Exit(FAILED) from problem
    # Not before a terminal is there: this is nearly the whole start-up.
    from dli_tui.tui.looks import Looks  # noqa: PLC0415
    from dli_tui.tui.opening import Opening  # noqa: PLC0415

    opening = Opening(
        session=lambda crashed: _session(target, crashed),
        where=_where(target),
        looks=Looks(ascii=ascii_only or not _speaks_unicode()),
        theme=theme or settings.theme,
        keys=settings.keys,
        zone=_local_zone(),
        choices=remembered.recalled(),
        remember=remembered.remember,
        begin=begin,
    )
    _run(opening, mouse=settings.mouse and not no_mouse)


def _run(opening: Opening, *, mouse: bool) -> NoReturn:
    from dli_tui.tui.app import Dashboard  # noqa: PLC0415 - as above

    app = Dashboard(opening)
    if opening.theme is not None and opening.theme not in app.available_themes:
        output.error(_no_such_theme(opening.theme, sorted(app.available_themes)))
        raise typer.Exit(WRONG_USE)
    app.run(mouse=mouse)
    if app.crash is not None:
        _tell_crash(app.crash)
    raise typer.Exit(app.return_code or 0)


def _session(
    target: Target, crashed: Callable[[BaseException], None]
) -> AbstractAsyncContextManager[Session]:
    """The session for `target`; loads what it takes, so it is called in a thread."""
    from dli_tui.backends.registry import opener_of  # noqa: PLC0415 - after the first paint
    from dli_tui.wiring import watched  # noqa: PLC0415 - as above

    opener_of(target.profile.kind)
    return watched(target, crashed)


def _where(target: Target) -> Where:
    from dli_tui.tui.opening import Where  # noqa: PLC0415 - as above

    profile: Profile = target.profile
    return Where(
        name=profile.name,
        kind="demo" if profile.kind is Kind.DEMO else profile.kind.value,
        production=profile.production,
        read_only=target.read_only or profile.read_only,
        typed=profile.production and profile.confirm == "type",
    )


def _require_terminal() -> None:
    if sys.stdin.isatty() and sys.stdout.isatty() and os.environ.get("TERM") != "dumb":
        return
    output.talk(_NO_TERMINAL)
    raise typer.Exit(WRONG_USE)


def _speaks_unicode() -> bool:
    return (sys.stdout.encoding or "").casefold().replace("-", "") == "utf8"


def _local_zone() -> str:
    """The zone of this machine by its name; UTC where it has none."""
    from dli_tui.domain.zones import zone_of  # noqa: PLC0415 - as above

    link = os.path.realpath("/etc/localtime").partition("zoneinfo/")[2]
    for name in (os.environ.get("TZ", "").lstrip(":"), link):
        try:
            if name:
                return zone_of(name).key
        except ConfigurationError:
            continue
    return "UTC"


def _no_such_theme(name: str, themes: list[str]) -> ConfigurationError:
    return ConfigurationError(
        f"No theme is called '{name}'", hint=f"There are: {', '.join(themes)}"
    )


def _tell_crash(report: Report) -> None:
    """Say that it broke, and where the details are: in a file for this person alone."""
    path = remembered.place().with_name("crash.log")
    output.talk(f"The dashboard broke: {report.summary}. Nothing more was sent.")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(handle, "w", encoding="utf-8") as stream:  # noqa: PTH123 - of a descriptor
            stream.write(report.text)
    except OSError as problem:
        output.talk(f"What happened could not be kept: {problem.strerror}")
    else:
        output.talk(f"What happened is in {path}")
