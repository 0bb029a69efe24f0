"""`dli-tui open`, and `dli-tui` alone, as typer reads them."""

from __future__ import annotations

from typing import Annotated

import typer

from dli_tui.cli.connection import connected, connection_of
from dli_tui.cli.dashboard import Asked, open_dashboard


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
    asked = Asked(connection_of(ctx), begin, theme, ascii_only, no_mouse)
    raise typer.Exit(open_dashboard(asked))
