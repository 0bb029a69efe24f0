"""`dli-tui`, and `python -m dli_tui`: the first line that runs, before anything is loaded."""

from __future__ import annotations

import gc
import os
import sys


def main() -> None:
    """Run the program; never returns."""
    # A command lives for a moment: collecting its garbage would cost more than it gains, and
    # so would looking through every installed package for plugins of pydantic.
    gc.disable()
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    from dli_tui.cli import quick  # noqa: PLC0415 - not before the two lines above

    # A shell that completes a command line asks for words, not for the dashboard.
    asked = None if "_DLI_TUI_COMPLETE" in os.environ else quick.read(sys.argv[1:])
    if asked is not None:
        sys.exit(quick.open_dashboard(asked))
    from dli_tui.cli.main import run  # noqa: PLC0415 - loads typer

    run()


if __name__ == "__main__":
    main()
