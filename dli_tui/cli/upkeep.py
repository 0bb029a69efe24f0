"""`dli-tui config …`, `demo reset` and `doctor`: the program's own affairs."""

from __future__ import annotations

import asyncio
import os
import platform
import shlex
import shutil
import sys
import time
from collections.abc import Callable, Coroutine
from typing import Annotated, Any, Final, NamedTuple

import typer

from dli_tui._version import __version__
from dli_tui.cli import output
from dli_tui.cli.codes import FAILED
from dli_tui.cli.connection import (
    connected,
    connection_of,
    place_of,
    profile_of,
    settings_of,
)
from dli_tui.cli.contexts import answer_of
from dli_tui.cli.places import Place, WrongUseError, place_for
from dli_tui.cli.running import reading, reports_errors
from dli_tui.client import WorkflowClient
from dli_tui.config import adding, secrets
from dli_tui.config.demo import DemoOptions
from dli_tui.config.files import locate, show, write_initial
from dli_tui.config.model import Kind, Profile
from dli_tui.domain.errors import ConfigurationError, DLIError, ServerError, Unsupported
from dli_tui.domain.query import WorkflowQuery
from dli_tui.present import words
from dli_tui.wiring import forget_demo

_NARROWEST: Final = (60, 16)


@reports_errors
@connected
def config_path(ctx: typer.Context) -> None:
    """Say where the config file is, or would be."""
    output.line(words.word(str(locate(connection_of(ctx).config, os.environ).path)))


@reports_errors
@connected
def config_show(ctx: typer.Context) -> None:
    """Show the settings in force, without any secret."""
    output.line(show(settings_of(ctx)).rstrip())


@reports_errors
@connected
def config_init(ctx: typer.Context) -> None:
    """Write a starter config file; never over one that is there."""
    path = locate(connection_of(ctx).config, os.environ).path
    write_initial(path)
    output.line(f"Written: {words.word(str(path))}")
    output.talk("Open it and take the '#' off the lines that fit.")


def _way(metavar: str, says: str) -> typer.models.OptionInfo:
    option: typer.models.OptionInfo = typer.Option(
        metavar=metavar, help=says, rich_help_panel="Sign in", show_default=False
    )
    return option


_Name = Annotated[str, typer.Argument(metavar="NAME", help="What you call the place.")]
_Kind = Annotated[Kind, typer.Option(help="What is there.", show_default=False)]
_Url = Annotated[str | None, typer.Option(metavar="URL", help="Where it is.", show_default=False)]
_TokenEnv = Annotated[str | None, _way("VARIABLE", "The variable that holds the token.")]
_TokenCommand = Annotated[
    str | None, _way("WORDS", "A program that prints the token, with its arguments.")
]
_TokenFile = Annotated[str | None, _way("FILE", "Its first line is the token.")]
_TokenKeyring = Annotated[str | None, _way("SERVICE/USER", "Where the keyring has the token.")]
_Username = Annotated[str | None, _way("NAME", "Who signs in with a password.")]
_PasswordEnv = Annotated[str | None, _way("VARIABLE", "The variable that holds the password.")]
_ApiKeyEnv = Annotated[str | None, _way("VARIABLE", "The variable that holds the API key.")]
_Production = Annotated[
    bool, typer.Option("--production", help="Its name is typed before a write.")
]
_NoTest = Annotated[bool, typer.Option("--no-test", help="Add it without trying the connection.")]


@reports_errors
@connected
def config_add(
    ctx: typer.Context,
    name: _Name,
    kind: _Kind,
    url: _Url = None,
    token_env: _TokenEnv = None,
    token_command: _TokenCommand = None,
    token_file: _TokenFile = None,
    token_keyring: _TokenKeyring = None,
    username: _Username = None,
    password_env: _PasswordEnv = None,
    api_key_env: _ApiKeyEnv = None,
    production: _Production = False,
    no_test: _NoTest = False,
) -> None:
    """Add a profile to the config file, once its connection was tried.

    --read-only and --saga-url go into it. No secret is asked for or written: say where it is found.
    """
    given = {
        "kind": kind.value,
        "url": url,
        "token_env": token_env,
        "token_command": None if token_command is None else _split(token_command),
        "token_file": token_file,
        "token_keyring": token_keyring,
        "username": username,
        "password_env": password_env,
        "api_key_env": api_key_env,
        "production": production or None,
        "read_only": connection_of(ctx).read_only or None,
        "saga_url": connection_of(ctx).saga_url,
    }
    wanted = {key: value for key, value in given.items() if value is not None}
    for setting, problem in adding.problems(name, wanted).items():
        raise ConfigurationError(f"{setting} {problem}".strip())
    if not no_test:
        output.talk(_answer(ctx, adding.checked(name, wanted)))
    path = locate(connection_of(ctx).config, os.environ).path
    note = adding.add_profile(path, name, wanted)
    output.line(f"Added: {name} in {words.word(str(path))}")
    if note:
        output.talk(note)


def _split(command: str) -> list[str]:
    try:
        return shlex.split(command)
    except ValueError as problem:
        raise typer.BadParameter("--token-command has a quote that isn't closed") from problem


def _answer(ctx: typer.Context, profile: Profile) -> str:
    """What a place answers whose profile isn't written yet."""
    try:
        target = place_for(connection_of(ctx), profile).target
    except WrongUseError as problem:
        raise typer.BadParameter(str(problem)) from problem
    try:
        return asyncio.run(answer_of(target))
    except DLIError:
        output.talk("Nothing was written; with --no-test it is added all the same.")
        raise


@reports_errors
@connected
def demo_reset(
    ctx: typer.Context,
) -> None:
    """Forget everything that was done to the demo."""
    forgotten = forget_demo(DemoOptions(seed=connection_of(ctx).demo_seed or 0))
    output.line(f"The demo is as new: {words.plural(forgotten, 'action')} forgotten.")


class _Finding(NamedTuple):
    """One line of the doctor's report."""

    what: str
    ok: bool
    told: str


@reports_errors
@connected
def doctor(ctx: typer.Context) -> None:
    """Check configuration, reachability, sign-in, version and terminal."""
    findings = [_configuration(ctx)]
    if findings[0].ok:
        findings.append(_profile(ctx))
    if all(finding.ok for finding in findings):
        place = place_of(ctx)
        findings += [_sign_in(place), _server(ctx, place), *_sagas(ctx, place)]
    if findings[0].ok and settings_of(ctx).keys:
        findings.append(_keys(ctx))
    if findings[0].ok and settings_of(ctx).views:
        findings.append(_views(ctx))
    findings += [_version(), _terminal()]
    for finding in findings:
        output.line(f"{'ok  ' if finding.ok else 'FAIL'}  {finding.what:<14}  {finding.told}")
    if not all(finding.ok for finding in findings):
        raise typer.Exit(FAILED)


def _tried(what: str, check: Callable[[], str]) -> _Finding:
    try:
        return _Finding(what, ok=True, told=check())
    except DLIError as problem:
        return _Finding(
            what, ok=False, told=words.word(f"{problem}. {problem.hint}".removesuffix(". "))
        )


def _configuration(ctx: typer.Context) -> _Finding:
    def check() -> str:
        settings = settings_of(ctx)
        if settings.path is None:
            return "no config file; dli-tui config init makes one"
        return f"{settings.path}, {words.plural(len(settings.profiles), 'profile')}"

    return _tried("configuration", check)


def _keys(ctx: typer.Context) -> _Finding:
    from dli_tui.tui.keymap import keymap  # noqa: PLC0415 - no other command knows of keys

    def check() -> str:
        mapping = settings_of(ctx).keys
        problems = keymap(mapping).problems
        if problems:
            raise ConfigurationError("; ".join(problems), hint="Correct [keys] in the config file.")
        return f"{words.plural(len(mapping), 'key')} of your own"

    return _tried("keys", check)


def _views(ctx: typer.Context) -> _Finding:
    from dli_tui.tui.views import configured  # noqa: PLC0415 - no other command knows of views

    def check() -> str:
        views, problems = configured(settings_of(ctx).views)
        if problems:
            raise ConfigurationError("; ".join(problems), hint="Correct it in the config file.")
        return f"{words.plural(len(views), 'saved view')}"

    return _tried("views", check)


def _profile(ctx: typer.Context) -> _Finding:
    def check() -> str:
        profile = profile_of(ctx)
        if profile is None:
            return "none yet, so commands that only look use the demo"
        return f"{profile.name}, {profile.kind}" + ", production" * profile.production

    return _tried("profile", check)


def _sign_in(place: Place) -> _Finding:
    profile = place.target.profile

    def check() -> str:
        if place.target.is_demo:
            return "the demo needs none"
        found = (
            secrets.resolve_token(profile, os.environ),
            secrets.resolve_password(profile, os.environ),
            secrets.resolve_api_key(profile, os.environ),
        )
        return "found what to sign in with" if any(found) else "none is set for this profile"

    return _tried("sign-in", check)


def _server(ctx: typer.Context, place: Place) -> _Finding:
    async def look(client: WorkflowClient) -> str:
        found = await client.list_workflows(WorkflowQuery(limit=1))
        # Where the server doesn't count them, the one that was asked for is no number of all.
        return "its list too" if found.more else words.plural(found.total_count, "workflow")

    where = place.target.profile.url or "the built-in demo"
    return _tried("reachability", lambda: _timed(ctx, where, look))


def _sagas(ctx: typer.Context, place: Place) -> list[_Finding]:
    """The saga service, which is a server of its own."""
    profile = place.target.profile
    if profile.kind is not Kind.PYAIRTABLE:
        return []

    async def look(client: WorkflowClient) -> str:
        await client.backend.met()
        try:
            return words.plural(len(await client.sagas()), "saga")
        except (Unsupported, ServerError):
            if profile.saga_url is None:
                return "no sagas; if they are elsewhere, say so in saga_url"
            raise

    where = profile.saga_url or profile.url or ""
    return [_tried("sagas", lambda: _timed(ctx, where, look))]


def _timed(
    ctx: typer.Context, where: str, look: Callable[[WorkflowClient], Coroutine[Any, Any, str]]
) -> str:
    began = time.perf_counter()
    found = reading(ctx, look)
    took = (time.perf_counter() - began) * 1000
    return f"{where} answers in {took:.0f} ms, {found}"


def _version() -> _Finding:
    return _Finding(
        "version", ok=True, told=f"dli-tui {__version__}, Python {platform.python_version()}"
    )


def _terminal() -> _Finding:
    if not sys.stdout.isatty():
        return _Finding(
            "terminal", ok=True, told="none here; commands work, the dashboard needs one"
        )
    columns, rows = shutil.get_terminal_size()
    name = os.environ.get("TERM", "")
    told = f"{name or 'unknown'}, {columns}×{rows}, {sys.stdout.encoding}"
    if name in ("", "dumb"):
        return _Finding("terminal", ok=False, told=f"{told}: set TERM, for example xterm-256color")
    if columns < _NARROWEST[0] or rows < _NARROWEST[1]:
        return _Finding("terminal", ok=False, told=f"{told}: too small, 60×16 is needed")
    return _Finding("terminal", ok=True, told=told)
