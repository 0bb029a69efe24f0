"""A table in which a run that failed has a second line, which the cursor passes over."""

import pytest
from textual.app import App

from dli_tui.domain.status import RunStatus
from dli_tui.present.histories import run_row
from dli_tui.tui.looks import Looks
from dli_tui.tui.runcolumns import ALL, RunCells
from dli_tui.tui.widgets.runs import Line, RunError, Runs, key_of
from tests.support_backends import NOW, run

HOSTILE = "a\x1b[2J[bold]b[/x]\nc"


class Shelf(App[None]):
    """Ten runs; every third failed."""

    def __init__(self, *, looks=None, error="out of room", count=10):
        super().__init__()
        self.looks = looks or Looks()
        self.scrolled = 0
        self.lines_: list[Line] = []
        for number in range(count):
            failed = number % 3 == 0
            status = RunStatus.FAILED if failed else RunStatus.COMPLETED
            message = error if failed else None
            row = run_row(run(f"r{number}", status, started_at=NOW, error_message=message))
            self.lines_ += [row, RunError(row)] if row.error else [row]

    def compose(self):
        cells = RunCells(self.looks, lambda: NOW, lambda: "UTC")
        yield Runs(ALL, cells, key_of, self.looks, id="runs", selectable=False)

    def on_mount(self):
        self.table.load(self.lines_)
        self.table.focus()

    def on_runs_scrolled(self):
        self.scrolled += 1

    @property
    def table(self):
        return self.query_one(Runs)

    @property
    def picture(self):
        strips = self.screen._compositor.render_strips()
        return ["".join(part.text for part in strip).rstrip() for strip in strips]


async def pressed(app, pilot, *keys):
    for key in keys:
        app.simulate_key(key)
        await pilot.pause(0)
    return app.table.run.ref.run_id


async def test_the_cursor_goes_from_run_to_run():
    app = Shelf()
    async with app.run_test(size=(80, 24)) as pilot:
        assert await pressed(app, pilot, "down") == "r1"
        assert await pressed(app, pilot, "down", "down") == "r3"
        assert await pressed(app, pilot, "up") == "r2"
        assert await pressed(app, pilot, "up", "up") == "r0"
        assert await pressed(app, pilot, "up") == "r0"


async def test_at_the_end_the_cursor_is_on_the_run_and_its_reason_can_be_seen():
    app = Shelf()
    async with app.run_test(size=(80, 8)) as pilot:
        assert await pressed(app, pilot, "end") == "r9"
        assert await pressed(app, pilot, "down") == "r9"
        assert not isinstance(app.table.current, RunError)
        assert app.picture[-1].strip() == "out of room"


async def test_a_click_on_the_reason_is_one_on_the_run():
    app = Shelf()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.click("#runs", offset=(10, 7))
        await pilot.pause(0)
        assert app.table.run.ref.run_id in ("r3", "r4")
        assert not isinstance(app.table.current, RunError)


async def test_the_reason_stands_under_its_run_and_nowhere_else():
    app = Shelf()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause(0)
        assert "failed" in app.picture[1]
        assert app.picture[2] == "    out of room"
        assert sum("out of room" in line for line in app.picture) == 4


@pytest.mark.parametrize("looks", [Looks(), Looks(ascii=True)])
async def test_what_a_server_wrote_reaches_no_terminal_raw(looks):
    app = Shelf(looks=looks, error=HOSTILE)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause(0)
        assert "\x1b" not in "".join(app.picture)
        assert "[bold]b[/x]" in app.picture[2]


async def test_who_scrolls_is_told_of_also_with_the_wheel():
    app = Shelf()
    async with app.run_test(size=(80, 8)) as pilot:
        before = app.scrolled
        app.table.scroll_lines_to(4)
        await pilot.pause(0)
        assert app.scrolled == before + 1


async def test_other_runs_are_shown_from_the_top():
    app = Shelf()
    async with app.run_test(size=(80, 8)) as pilot:
        await pressed(app, pilot, "end")
        app.table.to_the_top()
        assert (app.table.cursor, app.table.top, app.table.is_steered) == (0, 0, False)
