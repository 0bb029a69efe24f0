"""The virtual table: what is painted, where the cursor goes, which columns have room."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from textual.app import App

from dli_tui.tui.looks import Looks
from dli_tui.tui.widgets.lines import Piece
from dli_tui.tui.widgets.table import Column, Table, laid_out

COLUMNS = (
    Column("name", "name", 20, grows=True, least=6),
    Column("kind", "kind", 4, given_up=2),
    Column("size", "size", 5, right=True, given_up=1),
)


class Thing(NamedTuple):
    key: str
    size: int = 0


class Shelf(App[None]):
    def __init__(self, count):
        super().__init__()
        self.painted = []
        self.things = [Thing(f"t{number}", number) for number in range(count)]

    def compose(self):
        yield Table(COLUMNS, self.paint, lambda row: row.key, Looks(), id="shelf")

    def paint(self, row, column, room):
        self.painted.append((row.key, column))
        return [Piece({"name": row.key, "kind": "box", "size": str(row.size)}[column])]

    def on_mount(self):
        self.table.load(self.things)
        self.table.focus()

    @property
    def table(self):
        return self.query_one("#shelf", Table)

    @property
    def lines(self):
        strips = self.screen._compositor.render_strips()
        return ["".join(part.text for part in strip).rstrip() for strip in strips]

    def rows_painted(self):
        keys = dict.fromkeys(key for key, _ in self.painted)
        self.painted.clear()
        return list(keys)


async def shown(app, pilot, *keys):
    for key in keys:
        app.simulate_key(key)
        await pilot.pause(0)
    await pilot.pause()
    return app.lines


async def test_a_hundred_thousand_rows_paint_only_what_is_seen():
    app = Shelf(100_000)
    async with app.run_test(size=(40, 12)) as pilot:
        assert "t0" in (await shown(app, pilot))[1]
        assert len(app.rows_painted()) <= 12
        lines = await shown(app, pilot, "G")
        assert "t99999" in lines[-1]
        assert len(app.rows_painted()) <= 24


async def test_a_move_of_the_cursor_paints_two_lines():
    app = Shelf(100)
    async with app.run_test(size=(40, 12)) as pilot:
        await shown(app, pilot)
        app.rows_painted()
        lines = await shown(app, pilot, "down")
        assert sorted(app.rows_painted()) == ["t0", "t1"]
        assert lines[2].startswith("›")


async def test_news_paint_only_the_lines_that_differ():
    app = Shelf(100)
    async with app.run_test(size=(40, 12)) as pilot:
        await shown(app, pilot)
        app.rows_painted()
        app.table.load([*app.things[:3], Thing("t3", 777), *app.things[4:]], keep="t0")
        lines = await shown(app, pilot)
        assert app.rows_painted() == ["t3"]
        assert lines[4].endswith("777")


@pytest.mark.parametrize("keys", [["down"] * 30, ["pagedown", "pagedown", "up"], ["G", "g", "G"]])
async def test_the_cursor_is_always_on_screen(keys):
    app = Shelf(200)
    async with app.run_test(size=(40, 12)) as pilot:
        await shown(app, pilot, *keys)
        assert app.table.cursor in app.table.seen


async def test_the_cursor_and_its_place_on_screen_stay_with_the_row():
    app = Shelf(100)
    async with app.run_test(size=(40, 12)) as pilot:
        await shown(app, pilot, *["down"] * 40)
        before = app.table.cursor - app.table.top
        app.table.load(list(reversed(app.things)), keep="t40")
        await shown(app, pilot)
        assert app.table.current.key == "t40"
        assert app.table.cursor - app.table.top == before


async def test_a_row_that_is_gone_leaves_the_cursor_where_it_was():
    app = Shelf(10)
    async with app.run_test(size=(40, 12)) as pilot:
        await shown(app, pilot, *["down"] * 9)
        app.table.load(app.things[:5], keep="t9")
        await shown(app, pilot)
        assert app.table.current.key == "t4"
        app.table.load([])
        app.table.say([[Piece("nothing here")]])
        assert "nothing here" in "\n".join(await shown(app, pilot))
        assert app.table.current is None


async def test_selected_rows_are_marked_in_words_of_one_letter():
    app = Shelf(5)
    async with app.run_test(size=(40, 12)) as pilot:
        app.table.select({"t1", "t2"})
        lines = await shown(app, pilot)
        assert [line[1] for line in lines[1:6]] == [" ", "▪", "▪", " ", " "]


async def test_words_that_time_has_changed_are_painted_again_and_no_others():
    app = Shelf(20)
    async with app.run_test(size=(40, 12)) as pilot:
        await shown(app, pilot)
        app.table.repaint_words()
        app.rows_painted()
        await shown(app, pilot)
        assert app.rows_painted() == []


@pytest.mark.parametrize(
    ("width", "kept"),
    [
        (60, ["name", "kind", "size"]),
        (18, ["name", "kind", "size"]),
        (16, ["name", "size"]),
        (9, ["name"]),
    ],
)
def test_columns_give_way_in_their_order_where_there_is_no_room(width, kept):
    assert [column.id for column, _ in laid_out(COLUMNS, width)] == kept


@pytest.mark.parametrize("width", range(8, 90))
def test_columns_never_take_more_than_there_is(width):
    taken = sum(room + 1 for _, room in laid_out(COLUMNS, width))
    assert taken <= width or len(laid_out(COLUMNS, width)) == 1


def test_names_take_what_is_left():
    rooms = {column.id: room for column, room in laid_out(COLUMNS, 80)}
    assert rooms == {"name": 80 - 4 - 5 - 3, "kind": 4, "size": 5}


async def test_wide_letters_keep_the_columns_in_line():
    app = Shelf(0)
    async with app.run_test(size=(40, 12)) as pilot:
        app.table.load([Thing("plain", 1), Thing("주문.일별", 2), Thing("주" * 40, 3)])
        lines = await shown(app, pilot)
        ends = {line[-1] for line in lines[1:4]}
        assert ends == {"1", "2", "3"}
        assert "…" in lines[3]


async def test_a_bar_that_comes_after_the_scroll_stands_where_the_lines_do():
    app = Shelf(0)
    async with app.run_test(size=(30, 10)) as pilot:
        app.table.load([Thing(f"t{number}") for number in range(40)])
        app.table.go_to(39)
        await pilot.pause(0)
        assert app.table.show_vertical_scrollbar
        assert app.table.vertical_scrollbar.position == app.table.top > 0


class Moves(Shelf):
    moves = 0

    def on_lines_cursor_moved(self):
        self.moves += 1


async def test_the_cursor_is_told_to_have_moved_only_when_another_row_is_under_it():
    app = Moves(3)
    async with app.run_test(size=(40, 12)) as pilot:
        await shown(app, pilot)
        moves = app.moves
        app.table.load([Thing("t0", 7), *app.things[1:]], keep="t0")
        await shown(app, pilot)
        assert app.moves == moves
        app.table.load(app.things[1:])
        await shown(app, pilot)
        assert app.moves == moves + 1
