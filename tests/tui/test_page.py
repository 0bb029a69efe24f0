"""A page of words: long lines are wrapped under what they say, and it scrolls."""

from __future__ import annotations

import pytest
from textual.app import App

from dli_tui.tui.widgets.lines import Piece, wrapped
from dli_tui.tui.widgets.page import Page


class Sheet(App[None]):
    def compose(self):
        yield Page(id="page")

    @property
    def page(self):
        return self.query_one("#page", Page)

    @property
    def lines(self):
        strips = self.screen._compositor.render_strips()
        return ["".join(part.text for part in strip).rstrip() for strip in strips]


def text(*words):
    return tuple(Piece(word) for word in words)


def told(lines):
    return ["".join(piece.text for piece in line) for line in lines]


def test_what_goes_on_stands_under_what_is_said():
    assert told(wrapped(text("error ", "one two three four five six"), 21)) == [
        "error one two three",
        "      four five six",
    ]


@pytest.mark.parametrize("words", ["x" * 50, "주문" * 20, "a" * 13 + " " + "b" * 30])
@pytest.mark.parametrize("width", [10, 17, 40])
def test_nothing_is_lost_and_nothing_is_too_wide(words, width):
    from rich.cells import cell_len  # noqa: PLC0415

    lines = told(wrapped(text(words), width))
    assert "".join(lines).replace(" ", "") == words.replace(" ", "")
    assert max(cell_len(line) for line in lines) <= width


def test_an_empty_line_stays_one():
    assert len(wrapped((), 20)) == 1


async def test_it_scrolls_with_the_usual_keys():
    app = Sheet()
    async with app.run_test(size=(30, 6)) as pilot:
        app.page.tell([text(f"line {number}") for number in range(30)])
        app.page.focus()
        await pilot.pause()
        for key, first in (
            ("down", "line 1"),
            ("G", "line 24"),
            ("g", "line 0"),
            ("pagedown", "line 5"),
        ):
            app.simulate_key(key)
            await pilot.pause()
            assert app.lines[0].startswith(first)


async def test_a_shorter_page_is_seen_from_its_beginning():
    app = Sheet()
    async with app.run_test(size=(30, 6)) as pilot:
        app.page.tell([text(f"line {number}") for number in range(30)])
        app.page.focus()
        await pilot.pause()
        app.simulate_key("G")
        await pilot.pause()
        app.page.tell([text("only")])
        await pilot.pause()
        assert app.lines[:2] == ["only", ""]
        assert app.page.words == "only"
