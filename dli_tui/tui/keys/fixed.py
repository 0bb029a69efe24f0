"""Keys that nobody can change: those that move, and those of what is open over a screen."""

from __future__ import annotations

from typing import Final

from dli_tui.tui.keys.command import Fixed, Place

FIXED: Final[tuple[Fixed, ...]] = (
    Fixed("down,j", "A line down", Place.LINES, "move(1)"),
    Fixed("up,k", "A line up", Place.LINES, "move(-1)"),
    Fixed("pagedown,ctrl+f", "A page down", Place.LINES, "page(1)"),
    Fixed("pageup,ctrl+b", "A page up", Place.LINES, "page(-1)"),
    Fixed("home,g", "Go to the top", Place.LINES, "jump(0)"),
    Fixed("end,G", "Go to the end", Place.LINES, "jump(-1)"),
    Fixed("tab", "Go to the next pane", Place.PANES),
    Fixed("shift+tab", "Go to the pane before", Place.PANES),
    Fixed("left,h", "Scroll a log to the left", Place.LOG, "shift(-1)"),
    Fixed("right", "Scroll a log to the right", Place.LOG, "shift(1)"),
    Fixed("ctrl+q", "Quit", Place.APP),
    Fixed("ctrl+c", "Copy what the mouse marked", Place.APP),
    Fixed("enter", "Do what the line of keys says", Place.QUESTION),
    Fixed("ctrl+s", "The same, from any field", Place.QUESTION, "submit"),
    Fixed("escape", "Cancel; what was typed is kept as a draft", Place.QUESTION, "leave"),
    Fixed("pagedown", "Read on in the plan", Place.QUESTION, "page(1)"),
    Fixed("pageup", "Read back in the plan", Place.QUESTION, "page(-1)"),
    Fixed("tab", "Go to the next field", Place.QUESTION),
    Fixed("space", "Turn what is on or off", Place.QUESTION),
    Fixed("enter", "Do it, or go there", Place.PALETTE),
    Fixed("down,ctrl+n", "The next line", Place.PALETTE, "move(1)", priority=True),
    Fixed("up,ctrl+p", "The line before", Place.PALETTE, "move(-1)", priority=True),
    Fixed("pagedown", "Ten lines on", Place.PALETTE, "move(10)", priority=True),
    Fixed("pageup", "Ten lines back", Place.PALETTE, "move(-10)", priority=True),
    Fixed("escape", "Close it", Place.PALETTE, "leave"),
    Fixed("escape,q,question_mark,enter", "Close the help", Place.HELP, "leave"),
    Fixed("space,right,l", "The next one", Place.OPTIONS, "turn(1)"),
    Fixed("left,h", "The one before", Place.OPTIONS, "turn(-1)"),
    Fixed("left,h", "A day back", Place.MONTH, "move(-1)"),
    Fixed("right,l", "A day on", Place.MONTH, "move(1)"),
    Fixed("up,k", "A week back", Place.MONTH, "move(-7)"),
    Fixed("down,j", "A week on", Place.MONTH, "move(7)"),
    Fixed("left_square_bracket", "The month before", Place.MONTH, "turn(-1)"),
    Fixed("right_square_bracket", "The next month", Place.MONTH, "turn(1)"),
    Fixed("space", "Begin the range here; again: end it here", Place.MONTH, "mark"),
    Fixed("x", "Leave this day out, or take it in again", Place.MONTH, "leave_out"),
)
