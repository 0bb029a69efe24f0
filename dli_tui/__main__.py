"""`python -m dli_tui`, the same as `dli-tui`."""

from dli_tui.cli.main import main

main()
