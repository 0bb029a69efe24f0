"""`dli-tui` and `dli-tui open`: the dashboard, from the terminal's check to the exit code."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Final, NamedTuple

from dli_tui.cli import output
from dli_tui.cli.codes import FAILED, WRONG_USE
from dli_tui.cli.places import Connection, WrongUseError, place_for, profile_for
from dli_tui.config import remembered
from dli_tui.config.files import load
from dli_tui.domain.errors import ConfigurationError
from dli_tui.domain.text import safe_line

if TYPE_CHECKING:
    from pathlib import Path

    from dli_tui.config.model import Settings
    from dli_tui.config.target import Target
    from dli_tui.tui.opening import Opening

_SIXTEEN: Final = "ansi-dark"
_NO_TERMINAL: Final = (
    "The dashboard needs a terminal. In a script use a command: dli-tui workflow list"
)


class Asked(NamedTuple):
    """What the command line says of the dashboard."""

    given: Connection = Connection()
    begin: str | None = None
    theme: str | None = None
    ascii_only: bool = False
    no_mouse: bool = False


def open_dashboard(asked: Asked) -> int:
    """Open it, and tell with which code to end."""
    if not _has_terminal():
        output.talk(_NO_TERMINAL)
        return WRONG_USE
    try:
        settings = load(asked.given.config, os.environ)
        for warning in settings.warnings:
            output.talk(f"Warning: {safe_line(warning)}")
    except ConfigurationError as problem:
        output.error(problem)
        return FAILED
    try:
        target = place_for(asked.given, profile_for(asked.given, lambda: settings)).target
    except ConfigurationError as problem:
        output.error(problem)
        return WRONG_USE
    except WrongUseError as problem:
        output.talk(f"Error: {problem}")
        return WRONG_USE
    return _run(_opening(asked, target, settings), mouse=settings.mouse and not asked.no_mouse)


def _opening(asked: Asked, target: Target, settings: Settings) -> Opening:
    # Not before a terminal is there: this is nearly the whole start-up.
    from dli_tui.cli.contexts import ProfilePlaces  # noqa: PLC0415
    from dli_tui.tui.looks import Looks  # noqa: PLC0415
    from dli_tui.tui.opening import Opening  # noqa: PLC0415

    choices = remembered.recalled()
    places = ProfilePlaces(target, asked.given.config, settings)
    return Opening(
        session=places.here.session,
        where=places.here.where,
        places=places,
        looks=Looks(
            ascii=asked.ascii_only or not _speaks_unicode(),
            monochrome=bool(os.environ.get("NO_COLOR")),
        ),
        theme=asked.theme or settings.theme or _theme_for(choices.get("theme")),
        keys=settings.keys,
        views=settings.views,
        zone=_local_zone(),
        choices=choices,
        remember=remembered.remember,
        keep_report=_keep_report,
        begin=asked.begin,
    )


def _run(opening: Opening, *, mouse: bool) -> int:
    from dli_tui.tui.app import Dashboard  # noqa: PLC0415 - as above
    from dli_tui.tui.terminal import HUNG_UP  # noqa: PLC0415 - as above

    app = Dashboard(opening)
    if opening.theme is not None and opening.theme not in app.available_themes:
        output.error(_no_such_theme(opening.theme, sorted(app.available_themes)))
        return WRONG_USE
    app.run(mouse=mouse)
    if app.return_code == HUNG_UP:
        # What is still to be written has nobody to read it.
        output.silence()
    if app.unkept:
        # What was chosen with the last key before the end isn't kept yet.
        opening.remember(app.unkept)
    if app.crash is not None:
        _tell_crash(app.crash.summary, app.breakage.text)
    elif app.breakage.reports:
        output.talk(f"Parts of the dashboard broke; crash report: {app.breakage.kept_in or '-'}")
    return app.return_code or 0


def _has_terminal() -> bool:
    if os.environ.get("TEXTUAL_DRIVER"):
        # Whoever names a driver has something else to draw on, like a browser.
        return True
    return sys.stdin.isatty() and sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def _speaks_unicode() -> bool:
    return (sys.stdout.encoding or "").casefold().replace("-", "") == "utf8"


def _theme_for(chosen: str | None) -> str | None:
    """The terminal's own colours where it has but sixteen, unless others were chosen."""
    from rich.console import Console  # noqa: PLC0415 - as above

    return _SIXTEEN if chosen is None and Console().color_system == "standard" else None


def _local_zone() -> str:
    """The zone of this machine by its name; one that nobody knows is told as UTC."""
    link = os.path.realpath("/etc/localtime").partition("zoneinfo/")[2]
    return os.environ.get("TZ", "").lstrip(":") or link or "UTC"


def _no_such_theme(name: str, themes: list[str]) -> ConfigurationError:
    return ConfigurationError(
        f"No theme is called '{name}'", hint=f"There are: {', '.join(themes)}"
    )


def _keep_report(text: str) -> str:
    """Keep crash reports, and say in which file; "" where it can't be written."""
    try:
        return str(_kept(text))
    except OSError:
        return ""


def _kept(text: str) -> Path:
    """Write crash reports to a file that only this user may read."""
    path = remembered.place().with_name("crash.log")
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(handle, "w", encoding="utf-8") as stream:  # noqa: PTH123 - of a descriptor
        stream.write(text)
    return path


def _tell_crash(summary: str, text: str) -> None:
    """Say that it broke, and where the details are: in a file for this person alone."""
    output.talk(f"The dashboard broke: {summary}. Nothing more was sent.")
    try:
        path = _kept(text)
    except OSError as problem:
        output.talk(f"What happened could not be kept: {problem.strerror}")
    else:
        output.talk(f"What happened is in {path}")
