"""The base of the table and of the log: a great many lines of which only the visible ones exist.

A line becomes a strip when it is painted and not before; a move of the cursor repaints two
lines, news repaint the visible lines that differ. So ten lines and a hundred thousand feel
the same. Textual's own DataTable measures every row, and stalls for seconds at that size.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar, Final, NamedTuple

from rich.cells import cell_len, chop_cells
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import BindingType
from textual.cache import LRUCache
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import var
from textual.scroll_view import ScrollView
from textual.strip import Strip

from dli_tui.tui import keys
from dli_tui.tui.breakage import contain
from dli_tui.tui.looks import Tone
from dli_tui.tui.widgets.toned import BOLD, HIT, Toned

_LEAST: Final = 8
"""Too narrow to be read wrapped."""


class Piece(NamedTuple):
    """Some text in one tone."""

    text: str
    tone: Tone = Tone.PLAIN
    bold: bool = False
    hit: bool = False
    """Whether it is what somebody searched for."""


class Lines(ScrollView, Toned, can_focus=True):
    """Lines by number; what is on them is for the widget built on this to say."""

    BINDINGS: ClassVar[list[BindingType]] = [*keys.fixed(keys.Place.LINES)]

    cursor: var[int] = var(0, init=False)

    head_height: ClassVar[int] = 0
    """Lines at the top that stay where they are."""

    class CursorMoved(Message):
        """Another line is the current one; in a table, another row."""

        def __init__(self, lines: Lines) -> None:
            super().__init__()
            self.lines = lines

        @property
        def control(self) -> Lines:
            """The widget whose cursor it is."""
            return self.lines

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, type(self)) and message.lines is self.lines

    class Chosen(CursorMoved):
        """The current line was chosen with a double click."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name for it
        super().__init__(id=id)
        self._strips: LRUCache[tuple[object, ...], tuple[object, Strip]] = LRUCache(1024)
        self.forget_styles()
        self._note: Sequence[Sequence[Piece]] = ()
        self._field: tuple[object, Region] = (None, Region())
        self.is_steered = False
        """Whether somebody has moved the cursor; until then it stays at the top."""

    # What a widget built on this says

    @property
    def count(self) -> int:
        """How many lines there are."""
        raise NotImplementedError

    def paint(self, index: int, width: int) -> Strip:
        """The line `index` on `width` cells."""
        raise NotImplementedError

    def paint_head(self, width: int) -> Strip:
        """The line that stays at the top."""
        raise NotImplementedError

    # Where we are

    @property
    def field(self) -> Region:
        """Where lines are drawn. Textual works it out of all styles, a dozen times a key."""
        known = (self.outer_size, self.show_vertical_scrollbar, self.show_horizontal_scrollbar)
        if self._field[0] != known:
            self._field = (known, self.scrollable_content_region)
        return self._field[1]

    @property
    def room(self) -> int:
        """How many lines can be seen at once."""
        return max(1, self.field.height - self.head_height)

    @property
    def top(self) -> int:
        """The first line that can be seen."""
        return self.scroll_offset.y

    @property
    def seen(self) -> range:
        """The lines that can be seen."""
        return range(self.top, min(self.count, self.top + self.room))

    def resized(self, *, width: int = 0) -> None:
        """The number of lines, or the width of the widest, is another now."""
        # Each change of this size lays the whole screen out again, so it stays the same as
        # long as everything fits.
        least = self.field.height
        self.virtual_size = Size(width, max(least, self.count + self.head_height))

    def on_resize(self, _event: events.Resize) -> None:
        self.resized()

    def watch_show_vertical_scrollbar(self, shown: bool) -> None:
        # Textual tells the bar of a scroll only while it is shown, and it may come after one.
        if shown:
            self.vertical_scrollbar.position = self.scroll_y

    # Moving

    def go_to(self, index: int) -> None:
        """Make `index` the current line, and show it."""
        self.is_steered = True
        if self.count:
            self.cursor = max(0, min(index, self.count - 1))

    def watch_cursor(self, old: int, new: int) -> None:
        self.repaint((old, new))
        self.show(new)
        self.post_message(self.CursorMoved(self))

    def show(self, index: int) -> None:
        """Scroll as little as it takes to see a line."""
        if index < self.top:
            self.scroll_lines_to(index)
        elif index >= self.top + self.room:
            self.scroll_lines_to(index - self.room + 1)

    def scroll_lines_to(self, top: int) -> None:
        """Let `top` be the first line that is seen, at once."""
        self.scroll_to(y=top, animate=False, immediate=True, force=True)

    def action_move(self, by: int) -> None:
        self.go_to(self.cursor + by)

    def action_page(self, by: int) -> None:
        self.go_to(self.cursor + by * max(1, self.room - 1))

    def action_jump(self, index: int) -> None:
        self.go_to(index if index >= 0 else self.count - 1)

    # Painting

    def render_line(self, y: int) -> Strip:
        try:
            return self._rendered(y)
        except Exception as error:  # noqa: BLE001 - a line that can't be drawn ends no screen
            contain(self, error)
            return Strip([Segment("? dli-tui broke here", Style(reverse=True))])

    def _rendered(self, y: int) -> Strip:
        width = self.field.width
        if y < self.head_height:
            return self.paint_head(width)
        index = self.top + y - self.head_height
        if index < self.count:
            return self.paint(index, width)
        note = [] if self.count else self._noted(width)
        if 0 < index <= len(note):
            return self.strip(note[index - 1], width, self.base_style)
        return Strip.blank(width, self.base_style)

    def say(self, note: Sequence[Sequence[Piece]]) -> None:
        """What to say where there are no lines: that they load, why there are none, what helps."""
        if note != self._note:
            self._note = note
            self.refresh()

    def _noted(self, width: int) -> list[tuple[Piece, ...]]:
        """What is said in place of lines, wrapped where it is longer than they are."""
        return [line for one in self._note for line in wrapped((Piece("  "), *one), width)]

    @property
    def said(self) -> str:
        """What is said in place of lines."""
        return "\n".join("".join(piece.text for piece in line) for line in self._note)

    def forget_strips(self) -> None:
        """Paint everything anew: the colours or the width are others."""
        self._strips.clear()
        self.forget_styles()
        self.refresh()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._strips.clear()
        self._field = (None, Region())
        self.forget_styles()

    def strip(self, pieces: Iterable[Piece], width: int, base: Style) -> Strip:
        """Pieces as a strip of exactly `width` cells; neighbours of one style are one segment."""
        segments: list[Segment] = []
        pending, style = "", base
        for text, tone, bold, hit in pieces:
            if text.isspace() and not hit:
                # A blank looks the same in any tone: it goes with what stands beside it.
                pending += text
                continue
            own = base + self.tone(tone)
            if bold:
                own += BOLD
            if hit:
                own += HIT
            if own != style and pending.strip():
                segments.append(Segment(pending, style))
                pending = ""
            style = own
            pending += text
        if pending:
            segments.append(Segment(pending, style))
        strip = Strip(segments)
        return strip if strip.cell_length == width else strip.adjust_cell_length(width, base)

    def line_style(self, index: int) -> Style:
        """The ground of a line: the cursor's is another."""
        if index == self.cursor and self.count:
            return self.base_style + self.cursor_style
        return self.base_style

    def repaint(self, indexes: Iterable[int]) -> None:
        """Paint some lines again, where they can be seen."""
        width, top = self.size.width, self.top
        regions = [
            Region(0, index - top + self.head_height, width, 1)
            for index in set(indexes)
            if top <= index < top + self.room
        ]
        if regions:
            self.refresh(*regions)

    # The mouse

    def on_click(self, event: events.Click) -> None:
        y = event.get_content_offset_capture(self).y
        if y < self.head_height:
            self.head_clicked(event.get_content_offset_capture(self).x)
            return
        index = self.top + y - self.head_height
        if index < self.count:
            self.go_to(index)
            if event.chain > 1:
                self.post_message(self.Chosen(self))

    def head_clicked(self, x: int) -> None:
        """Somebody clicked at `x` on the lines that stay at the top."""


def wrapped(text: Sequence[Piece], width: int) -> list[tuple[Piece, ...]]:
    """A line on as many as it takes; what goes on stands under what is said, not its label."""
    *before, last = text or (Piece(""),)
    indent = sum(cell_len(piece.text) for piece in before)
    room = width - indent
    if room < _LEAST or cell_len(last.text) <= room:
        return [tuple(text)]
    first, *rest = _broken(last.text, room)
    blank = Piece(" " * indent)
    lines = [(*before, last._replace(text=first))]
    return [*lines, *((blank, last._replace(text=part)) for part in rest)]


def _broken(text: str, room: int) -> list[str]:
    """Text in parts of at most `room` cells, broken at blanks where there are some."""
    parts: list[str] = []
    while cell_len(text) > room:
        part = chop_cells(text, room)[0]
        blank = part.rfind(" ")
        cut = blank + 1 if blank > len(part) // 2 else len(part)
        parts.append(text[:cut].rstrip())
        text = text[cut:].lstrip()
    return [*parts, text]
