"""Draw the pictures of the README from the demo, at an hour that stands still.

Run by `make screenshots`. The zone, the width and the user are pinned, so that the same code
gives the same bytes; a change in a picture is then a change in what a person sees.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.text import Text

FOLDER = Path(__file__).resolve().parent.parent / "screenshots"
HOUR = "2026-11-21T06:10:00+00:00"
WIDTH = 100
# Whoever looks at a picture should not fetch fonts from anywhere for it.
PLAIN_SVG = re.sub(r"@font-face \{\{.*?\}\}\s*", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)
CLICKS = "iceberg.analytics.daily_clicks"
PICTURES = {
    "list": "workflow list -d finance",
    "history": "workflow history -d logistics.carriers.rates -n 5",
    "backfill": f"workflow backfill {CLICKS} -s 2026-11-15 -e 2026-11-21 --dry-run",
}


def main() -> None:
    for name, command in PICTURES.items():
        draw(name, command.split())


def draw(name: str, command: list[str]) -> None:
    """What a terminal would show of one command, as SVG."""
    done = subprocess.run(
        [sys.executable, "-m", "dli_tui", *command, "--demo", "--at", HOUR],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "TZ": "UTC", "LC_ALL": "C.UTF-8", "LOGNAME": "demo"},
    )
    with Path(os.devnull).open("w") as nowhere:
        console = Console(record=True, width=WIDTH, file=nowhere, force_terminal=True)
        console.print(Text(f"$ dli-tui {' '.join(command)}", style="bold"))
        console.print(Text(done.stdout.rstrip()), no_wrap=True, crop=True)
    console.save_svg(
        str(FOLDER / f"{name}.svg"), title="dli-tui", unique_id=name, code_format=PLAIN_SVG
    )


if __name__ == "__main__":
    main()
