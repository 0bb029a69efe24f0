"""What a saga does and what it undoes stand beside each other, a step a line."""

from __future__ import annotations

import pytest
from textual.app import App

from dli_tui.domain.status import StepStatus
from dli_tui.present.besides import LaneRow
from dli_tui.tui.looks import Looks
from dli_tui.tui.widgets.lanes import Lanes

DONE, RUNNING, FAILED = StepStatus.COMPLETED, StepStatus.RUNNING, StepStatus.FAILED


def lane(place, status, undoing=None, **more):
    known = dict.fromkeys(("service", "command", "compensation", "error"), "")
    return LaneRow(
        place=place, name=f"step {place}", status=status, undoing=undoing, started=None,
        finished=None, **{**known, **more},
    )  # fmt: skip


ROWS = [
    lane(0, DONE, RUNNING, service="stock", command="Reserve", compensation="Release"),
    lane(1, FAILED, command="Charge", compensation="Refund"),
]


class LanesApp(App[None]):
    """Nothing but the lanes."""

    def __init__(self, looks):
        super().__init__()
        self.looks = looks

    def compose(self):
        yield Lanes(self.looks)


def app_of(looks=None):
    return LanesApp(looks or Looks())


def lines(app):
    table = app.query_one(Lanes)
    return [table.render_line(y).text.rstrip() for y in range(3)]


@pytest.mark.parametrize("width", [80, 140])
async def test_both_lanes_are_in_sight_at_every_width(width):
    app = app_of()
    async with app.run_test(size=(width, 10)):
        app.query_one(Lanes).load(ROWS)
        head, first, second = lines(app)
        assert head.index("doing >>") < head.index("|") < head.index("<< undoing")
        assert first.index("✓ completed") < first.index("|") < first.index("► running")
        assert first.index("Reserve") < first.index("|") < first.index("Release")
        assert second.index("✗ failed") < second.index("|") < second.index("Refund")
        assert "► running" not in second, "nothing was done, so nothing is undone"
        assert ("stock" in first) is (width > 80)


async def test_glyphs_are_ascii_where_that_is_wanted():
    app = app_of(Looks(ascii=True))
    async with app.run_test(size=(100, 10)):
        app.query_one(Lanes).load(ROWS)
        assert "+ completed" in lines(app)[1]
        assert all(line.isascii() for line in lines(app))
