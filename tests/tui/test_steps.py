"""Steps on the time axis that they share."""

from contextlib import asynccontextmanager

from textual.app import App

from dli_tui.domain.status import StepStatus
from dli_tui.tui.looks import Looks
from dli_tui.tui.widgets.steps import Steps
from tests.tui.support_steps import BEGAN, after, step


class StepsApp(App[None]):
    """Nothing but the steps, and a clock to turn."""

    def __init__(self, *, ascii_only=False):
        super().__init__()
        self.now, self.looks = after(60), Looks(ascii=ascii_only)

    def compose(self):
        yield Steps(self.looks, lambda: self.now)

    @property
    def lines(self):
        strips = self.screen._compositor.render_strips()
        return ["".join(part.text for part in strip).rstrip() for strip in strips]


@asynccontextmanager
async def looking(rows, *, finished=None, size=(80, 6), **options):
    app = StepsApp(**options)
    async with app.run_test(size=size) as pilot:
        steps = app.query_one(Steps)
        steps.tell(rows, BEGAN, finished)
        await pilot.pause()
        yield app, steps, pilot


DONE = step("extract", finished=after(30), seconds=30.0)
GOING = step("load", StepStatus.RUNNING, queued=after(30), started=after(45))


async def test_each_has_its_state_its_tries_its_duration_and_its_bar():
    async with looking([DONE, GOING, step("notify", StepStatus.PENDING)]) as (app, _, _pilot):
        head, extract, load, notify = app.lines[:4]
        assert head.split()[:5] == ["step", "state", "try", "took", "0s"]
        assert "✓ completed" in extract
        assert "1/2" in extract
        assert "30s" in extract
        assert "► running" in load
        assert load.endswith("►")
        assert notify.split()[-1] == "-"
        assert extract.index("█") < load.index("█")


async def test_a_step_that_was_asked_for_beyond_its_tries_counts_them_without_an_end():
    beyond = step("send", StepStatus.FAILED, attempt=8, attempts=4)
    async with looking([beyond]) as (app, _, _pilot):
        send = app.lines[1]
        assert " 8 " in send
        assert "8/4" not in send


async def test_the_bar_of_what_runs_grows_with_time_and_the_others_make_room():
    async with looking([DONE, GOING]) as (app, steps, pilot):
        before = app.lines
        app.now = after(120)
        steps.grow()
        await pilot.pause()
        assert app.lines[1].count("█") < before[1].count("█")
        assert app.lines[2].count("█") > before[2].count("█")
        assert "1m15s" in app.lines[2]


async def test_what_is_over_does_not_grow():
    async with looking([DONE], finished=after(30)) as (app, steps, pilot):
        before = app.lines
        app.now = after(9_000)
        steps.grow()
        await pilot.pause()
        assert app.lines == before


async def test_a_step_that_failed_with_one_before_it_was_not_run():
    rows = [step("load", StepStatus.FAILED, seconds=8.0), step("notify", StepStatus.FAILED)]
    async with looking([rows[0], rows[1]._replace(started=None)]) as (app, _, _pilot):
        assert "✗ failed" in app.lines[1]
        assert "✗ not run" in app.lines[2]


async def test_one_of_many_bears_its_number_and_the_cursor_stays_with_it():
    rows = [step("load", map_index=n) for n in range(3)]
    async with looking(rows) as (app, steps, pilot):
        steps.go_to(2)
        assert "load [2]" in app.lines[3]
        steps.tell([step("extract"), *rows], BEGAN, None)
        await pilot.pause()
        assert steps.current.map_index == 2


async def test_ascii_alone_will_do():
    async with looking([DONE, GOING], ascii_only=True) as (app, _, _pilot):
        assert app.lines[2].endswith(">")
        assert all(line.isascii() for line in app.lines[1:3])
