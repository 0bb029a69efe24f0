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
    _keep_others_from_writing()
    from dli_tui.cli import quick  # noqa: PLC0415 - not before the two lines above

    # A shell that completes a command line asks for words, not for the dashboard.
    asked = None if "_DLI_TUI_COMPLETE" in os.environ else quick.read(sys.argv[1:])
    if asked is not None:
        sys.exit(quick.open_dashboard(asked))
    from dli_tui.cli.main import run  # noqa: PLC0415 - loads typer

    run()


def _keep_others_from_writing() -> None:
    """Write no file that everybody may change: DAGs and specs are code to whoever runs them.

    A umask that keeps others out, such as 002 for a group, is left as it is.
    """
    mask = os.umask(0o022)
    if mask & 0o002:
        os.umask(mask)


if __name__ == "__main__":
    main()
