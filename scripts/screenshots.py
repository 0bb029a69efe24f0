"""Draw the pictures of the README from the demo, at an hour that stands still.

Run by `make screenshots`. The zone, the width and the user are pinned, so that the same code
gives the same bytes; a change in a picture is then a change in what a person sees.
"""

from __future__ import annotations

import asyncio
import io
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.segment import Segment, Segments
from rich.text import Text
from textual.app import App
from textual.widgets import Input

from scripts.scenes import FAILING, SCENES, Scene
from tests.support_tui import HOUR, dashboard

FOLDER = Path(__file__).resolve().parent.parent / "screenshots"
WIDTH = 100
# Whoever looks at a picture should not fetch fonts from anywhere for it.
PLAIN_SVG = re.sub(r"@font-face \{\{.*?\}\}\s*", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)
CLICKS = "iceberg.analytics.daily_clicks"
ANSWERS = {
    "command-list": "workflow list -d finance",
    "command-history": f"workflow history -d {FAILING} -n 5",
    "command-backfill": f"workflow backfill {CLICKS} -s 2026-11-15 -e 2026-11-21 --dry-run",
}


def main() -> None:
    for name, command in ANSWERS.items():
        write(name, of_answer(name, command.split()))
    for name, scene in SCENES.items():
        write(name, asyncio.run(of_scene(name, scene)))


def write(name: str, svg: str) -> None:
    """Keep one picture."""
    (FOLDER / f"{name}.svg").write_text(svg, encoding="utf-8")


def of_answer(name: str, command: list[str]) -> str:
    """What a terminal would show of one command, as SVG."""
    done = subprocess.run(
        [sys.executable, "-m", "dli_tui", *command, "--demo", "--at", HOUR.isoformat()],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "TZ": "UTC", "LC_ALL": "C.UTF-8", "LOGNAME": "demo"},
    )
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True)
    console.print(Text(f"$ dli-tui {' '.join(command)}", style="bold"))
    console.print(Text(done.stdout.rstrip()), no_wrap=True, crop=True)
    return console.export_svg(title="dli-tui", unique_id=name, code_format=PLAIN_SVG)


async def of_scene(name: str, scene: Scene) -> str:
    """What the dashboard shows, as SVG."""
    place = scene.place() if scene.place is not None else None
    async with dashboard(size=scene.size, backend=place, **scene.opening) as here:
        if scene.play is not None:
            await scene.play(here)
        for key in scene.keys:
            await here.press(key)
        await here.type(scene.text)
        for field in here.screen.query(Input):
            field.cursor_blink = False
        await here.settle()
        return of_screen(name, here.app)


def of_screen(name: str, app: App[None]) -> str:
    """What is on screen now, as SVG."""
    width, height = app.size
    console = Console(
        record=True,
        width=width,
        height=height,
        file=io.StringIO(),
        force_terminal=True,
        color_system="truecolor",
        legacy_windows=False,
        safe_box=False,
    )
    update = app.screen._compositor.render_update(  # noqa: SLF001 - as Textual's own export does
        full=True,
        screen_stack=app._background_screens,  # noqa: SLF001 - as above
        simplify=True,
    )
    drawn = console.render(update) if update is not None else ()
    console.print(Segments(part for whole in drawn for part in parted(whole)))
    return console.export_svg(title="dli-tui", unique_id=name, code_format=PLAIN_SVG)


def parted(whole: Segment) -> Iterator[Segment]:
    """Words and the blanks around them apart: some viewers move words that begin with blanks."""
    text = whole.text
    head = len(text) - len(text.lstrip(" "))
    tail = len(text.rstrip(" "))
    parts = (
        (text,)
        if whole.control or head == len(text)
        else (text[:head], text[head:tail], text[tail:])
    )
    yield from (whole._replace(text=part) for part in parts if part or whole.control)


if __name__ == "__main__":
    main()
