"""`dli-tui`: the program, its groups and its options."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from dli_tui._version import __version__
from dli_tui.cli import output
from dli_tui.cli.codes import INTERRUPTED
from dli_tui.cli.lazy import group_of

_HELP = "The control room for data workflows. Without a command: the dashboard."
_WHERE = (
    "Where to work (--demo, --profile NAME, --basecamp URL, --at TIME and more) is said before "
    "or after a command; see it with: dli-tui workflow list -h"
)

app = typer.Typer(
    name="dli-tui",
    help=_HELP,
    cls=group_of(
        "open",
        open="opening:open_",
        health="health:health",
        doctor="upkeep:doctor",
        pyairtable_demo="playing:pyairtable_demo",
    ),
    epilog=_WHERE,
    context_settings={"help_option_names": ["-h", "--help"]},
    # A traceback with the values of locals could show a token.
    pretty_exceptions_enable=False,
)
workflow = typer.Typer(
    help="See and steer workflows.",
    epilog=_WHERE,
    no_args_is_help=True,
    cls=group_of(
        list="looking:list_workflows",
        get="looking:get",
        history="looking:history",
        status="looking:status",
        run="doing:run",
        backfill="doing:backfill",
        stop="doing:stop",
        retry="retrying:retry",
        pause="doing:pause",
        unpause="doing:unpause",
        register="doing:register",
        unregister="doing:unregister",
        configure="configuring:configure",
    ),
)
template = typer.Typer(
    help="Templates: what workflows can be made of.",
    epilog=_WHERE,
    no_args_is_help=True,
    cls=group_of(
        list="templates:list_templates",
        show="templates:show",
        usage="templates:usage",
        create_workflow="fromtemplate:create_workflow",
        create="drafting:create",
        update="drafting:update",
        delete="drafting:delete",
    ),
)
saga = typer.Typer(
    help="Sagas, and the events that services tell each other.",
    epilog=_WHERE,
    no_args_is_help=True,
    cls=group_of(
        list="sagas:list_sagas",
        show="sagas:show",
        start="sagas:start",
        cancel="sagas:cancel",
        publish="sagas:publish",
    ),
)
config = typer.Typer(
    help="The config file and its profiles.",
    epilog=_WHERE,
    no_args_is_help=True,
    cls=group_of(
        path="upkeep:config_path",
        show="upkeep:config_show",
        init="upkeep:config_init",
        add="upkeep:config_add",
    ),
)
demo = typer.Typer(
    help="The built-in demo.",
    epilog=_WHERE,
    no_args_is_help=True,
    cls=group_of(reset="upkeep:demo_reset"),
)
airflow = typer.Typer(
    help="What makes DAGs of specs, beside an Airflow.",
    epilog=_WHERE,
    no_args_is_help=True,
    cls=group_of(install="airflow:install", sync="syncing:sync"),
)
serve = typer.Typer(
    help="Serve a place to a team, on the Basecamp wire.", cls=group_of(itself="serving:serve")
)
token = typer.Typer(
    help="Tokens to sign in with at `dli-tui serve`.",
    epilog=_WHERE,
    no_args_is_help=True,
    cls=group_of(add="serving:token_add", list="serving:token_list", revoke="serving:token_revoke"),
)
specs = typer.Typer(
    help="The store of specs: what it holds, and what CI puts there.",
    epilog=_WHERE,
    no_args_is_help=True,
    cls=group_of(
        list="specs:list_specs",
        show="specs:show",
        validate="pushing:validate",
        push="pushing:push",
    ),
)
app.add_typer(workflow, name="workflow")
app.add_typer(template, name="template")
app.add_typer(saga, name="saga")
app.add_typer(config, name="config")
app.add_typer(specs, name="specs")
app.add_typer(demo, name="demo")
app.add_typer(airflow, name="airflow")
serve.add_typer(token, name="token")
app.add_typer(serve, name="serve")


def _say_version(wanted: bool) -> None:
    if wanted:
        output.line(f"dli-tui {__version__}")
        raise typer.Exit


@app.callback()
def everywhere(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_say_version, is_eager=True, help="Say the version."),
    ] = False,
) -> None:
    """Only the version needs no command."""


def run() -> None:
    """Run the program; never returns."""
    output.any_terminal()
    try:
        try:
            app()
        finally:
            # Here rather than when Python ends, where a closed pipe can't be caught any more.
            sys.stdout.flush()
    except BrokenPipeError:
        output.silence()
        sys.exit(0)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
