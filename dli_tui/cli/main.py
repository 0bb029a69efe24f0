"""`dli-tui`: the program, its groups and its options."""

from __future__ import annotations

import gc
import sys
from typing import Annotated

import typer

from dli_tui._version import __version__
from dli_tui.cli import doing, looking, output, running, upkeep
from dli_tui.cli.connection import connected

_HELP = "The control room for data workflows. Without a command: the list of workflows."
_SETTINGS = {"help_option_names": ["-h", "--help"]}

app = typer.Typer(
    name="dli-tui",
    help=_HELP,
    context_settings=_SETTINGS,
    invoke_without_command=True,
    no_args_is_help=False,
    # A traceback with the values of locals could show a token.
    pretty_exceptions_enable=False,
)
workflow = typer.Typer(help="See and steer workflows.", no_args_is_help=True)
config = typer.Typer(help="The config file and its profiles.", no_args_is_help=True)
demo = typer.Typer(help="The built-in demo.", no_args_is_help=True)
app.add_typer(workflow, name="workflow")
app.add_typer(config, name="config")
app.add_typer(demo, name="demo")

for name, command in {
    "list": looking.list_workflows,
    "get": looking.get,
    "history": looking.history,
    "status": looking.status,
    "run": doing.run,
    "backfill": doing.backfill,
    "stop": doing.stop,
    "pause": doing.pause,
    "unpause": doing.unpause,
    "register": doing.register,
    "unregister": doing.unregister,
}.items():
    workflow.command(name)(command)

config.command("path")(upkeep.config_path)
config.command("show")(upkeep.config_show)
config.command("init")(upkeep.config_init)
demo.command("reset")(upkeep.demo_reset)
app.command("doctor")(upkeep.doctor)


def _say_version(wanted: bool) -> None:
    if wanted:
        output.line(f"dli-tui {__version__}")
        raise typer.Exit


@app.callback()
@connected
def everywhere(
    ctx: typer.Context,
    version: Annotated[  # noqa: ARG001 - its callback has said it by now
        bool,
        typer.Option("--version", callback=_say_version, is_eager=True, help="Say the version."),
    ] = False,
) -> None:
    if ctx.invoked_subcommand is None:
        looking.list_workflows(ctx)


@workflow.callback()
@connected
def workflows(ctx: typer.Context) -> None:
    pass


def main() -> None:
    """Run the program; never returns."""
    # A command lives for a moment: collecting its garbage would cost more than it gains.
    gc.disable()
    try:
        app()
    except KeyboardInterrupt:
        sys.exit(running.INTERRUPTED)
