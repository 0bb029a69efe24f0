"""A log: a hundred thousand lines that are searched, filtered, wrapped and followed.

What is read stays where it is: only who stands at the end goes along with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import ClassVar, Final, NamedTuple

from rich.cells import cell_len
from textual import events
from textual.binding import BindingType
from textual.message import Message
from textual.strip import Strip

from dli_tui.present.rows import LogRow
from dli_tui.tui import keys
from dli_tui.tui.logrows import LEAST_WIDTH, Hits, Level, LogRows
from dli_tui.tui.looks import LEVELS, Tone
from dli_tui.tui.widgets.lines import Lines, Piece

_SHIFT: Final = 16
_ABOVE_ERROR: Final = 3
"""Lines of context that are left to see over the first error."""


class _Read(NamedTuple):
    """The row that was read before rows were hidden, and what was shown instead."""

    number: int
    height: int
    cursor: int
    top: int


class LogView(Lines):
    """Rows of a log; what is on screen is all that is ever laid out."""

    BINDINGS: ClassVar[list[BindingType]] = [*keys.fixed(keys.Place.LOG)]

    class Told(Message, bubble=True):
        """What the line above the log says has changed."""

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, type(self))

    def __init__(
        self,
        stamp: Callable[[datetime], str],
        *,
        id: str | None = None,  # noqa: A002 - Textual's own name for it
        letters: bool = False,
    ) -> None:
        super().__init__(id=id)
        self.following = True
        self._letters = letters
        """Whether the level of a line is a letter too."""
        self._log = LogRows(letters=letters)
        self._wrapped = False
        self._left = 0
        self._stamp = stamp
        self._read: _Read | None = None

    # Rows

    @property
    def rows(self) -> Sequence[LogRow]:
        """Every row, whatever is filtered."""
        return self._log.rows

    @property
    def count(self) -> int:
        return self._log.lines

    @property
    def current(self) -> LogRow | None:
        """The row under the cursor."""
        return self._log.at(self._place) if self.count else None

    @property
    def _place(self) -> int:
        """Where the cursor's row stands among those that are kept."""
        return self._log.place_on(self.cursor)

    def start_over(self) -> None:
        """Another log begins."""
        level, needle, width = self._log.level, self._log.needle, self._log.width
        self._log = LogRows(letters=self._letters)
        self._log.level, self._log.needle, self._log.width = level, needle, width
        self.following, self._left, self._read = True, 0, None
        self.set_reactive(Lines.cursor, 0)
        self.resized()
        self.scroll_lines_to(0)
        self.forget_strips()

    def append(self, rows: Sequence[LogRow]) -> None:
        """More lines were written."""
        before = self.count
        self._log.append(rows)
        self.resized()
        if self.following:
            self._to_end()
        elif before < self.top + self.room:
            self.refresh()
        self.post_message(self.Told())

    # Following

    def follow(self, *, on: bool) -> None:
        """Stay at the end as lines come, or stand still."""
        self.following = on
        if on:
            self._to_end()
        self.post_message(self.Told())

    def _to_end(self) -> None:
        self._read = None
        self.set_reactive(Lines.cursor, max(0, self.count - 1))
        self.scroll_lines_to(max(0, self.count - self.room))
        self.refresh()

    def go_to(self, index: int) -> None:
        super().go_to(index)
        self._follow_if(at_end=self.cursor >= self.count - 1)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        # The wheel scrolls without the cursor: who scrolls back reads, and isn't carried away.
        if self.top + self.room < self.count:
            self._follow_if(at_end=False)

    def _follow_if(self, *, at_end: bool) -> None:
        if at_end != self.following:
            self.following = at_end
            self.post_message(self.Told())

    def to_first_error(self, since: int = 0) -> bool:
        """Show the first error from a row on, with a little of what came before it, if there is."""
        place = self._log.first_error(since)
        if place is None:
            return False
        line = self._log.line_of(place)
        self.go_to(line)
        self.scroll_lines_to(max(0, min(line - _ABOVE_ERROR, self.count - self.room)))
        self._follow_if(at_end=False)
        return True

    # Looks

    @property
    def level(self) -> Level:
        """Which lines are shown."""
        return self._log.level

    @property
    def wrapped(self) -> bool:
        """Whether long lines go on below, or are cut."""
        return self._wrapped

    def show_level(self, level: Level) -> None:
        """Show only lines of some weight."""
        self._arrange(lambda: self._log.show_level(level))

    def wrap(self, *, on: bool) -> None:
        """Wrap long lines, or let them be cut."""
        self._wrapped, self._left = on, 0
        self._arrange(lambda: self._log.wrap(self._cells if on else 0))

    @property
    def _cells(self) -> int:
        return max(LEAST_WIDTH, self.field.width)

    def _arrange(self, change: Callable[[], None]) -> None:
        """Change what is kept; the row that is read stays at its height on the screen."""
        number, height = self._reading()
        change()
        self.resized()
        self.forget_strips()
        if self.following:
            self._to_end()
        else:
            line = self._log.line_of(self._log.place_of(number)) if self.count else 0
            # Standing on the last line now is nobody's wish to go along with the end.
            self.set_reactive(Lines.cursor, line)
            self.scroll_lines_to(max(0, min(line - height, self.count - self.room)))
            self._read = _Read(number, height, line, self.top)
        self.post_message(self.Told())

    def _reading(self) -> tuple[int, int]:
        """The row that is read, and its height on the screen.

        Where a level hides it, it is read again as soon as it is shown again: looking at the
        errors for a moment, even where there are none, costs nobody his place.
        """
        read = self._read
        if read is not None and (read.cursor, read.top) == (self.cursor, self.top):
            return read.number, read.height
        return (self._log.number(self._place) if self.count else 0), self.cursor - self.top

    def action_shift(self, by: int) -> None:
        """Scroll sideways, as far as something is written there."""
        if self._wrapped or not self.count:
            return
        if by < 0 or any(self._goes_on(self._log.at(place)) for place in self.seen):
            self._shift_to(max(0, self._left + by * _SHIFT))

    def _goes_on(self, row: LogRow) -> bool:
        """Whether a row has more to the right than can be seen."""
        lead = 0 if self._left else self._log.lead_of(row)
        return lead + cell_len(row.text[self._left :]) > self._cells

    def _shift_to(self, left: int) -> None:
        if left != self._left:
            self._left = left
            self.forget_strips()

    def on_resize(self, _event: events.Resize) -> None:
        if self._wrapped and self._log.width != self._cells:
            self._arrange(lambda: self._log.wrap(self._cells))
        if self.following:
            self._to_end()
        else:
            self.show(self.cursor)

    # Searching

    @property
    def needle(self) -> str:
        """What is searched."""
        return self._log.needle

    @property
    def hits(self) -> Hits:
        """Which hit the cursor is at or past, and how many there are."""
        return self._log.hits(self._place)

    def search(self, needle: str) -> None:
        """Find `needle` in any case, and go to the first hit from here on."""
        self._log.search(needle)
        self._to_hit(0)
        self.forget_strips()
        self.post_message(self.Told())

    def hit(self, by: int) -> bool:
        """Go to the next hit, or the one before, round the end; whether there is one."""
        return self._to_hit(by)

    def _to_hit(self, by: int) -> bool:
        place = self._log.hit_from(self._place, by) if self.count else None
        if place is None:
            return False
        self.go_to(self._log.line_of(place))
        self._show_column(place)
        self.post_message(self.Told())
        return True

    def _show_column(self, place: int) -> None:
        """Scroll sideways to a hit that stands further to the right than can be seen."""
        if self._wrapped:
            return
        row = self._log.at(place)
        at = row.text.casefold().find(self.needle)
        end = at + len(self.needle)
        stamp = self._log.lead_of(row)
        if self._left == 0 and stamp + end <= self._cells:
            return
        if stamp + end <= self._cells:
            self._shift_to(0)
        elif not self._left <= at <= end <= self._left + self._cells:
            self._shift_to(max(0, at - _SHIFT))

    # Painting

    def paint(self, index: int, width: int) -> Strip:
        place = self._log.place_on(index)
        row = self._log.at(place)
        slot = (index, width, index == self.cursor, self._left, self.has_focus)
        known = self._strips.get(slot)
        if known is None or known[0] is not row:
            pieces = self._pieces(place, index - self._log.line_of(place))
            known = self._strips[slot] = (row, self.strip(pieces, width, self.line_style(index)))
        return known[1]

    def _pieces(self, place: int, part: int) -> Iterator[Piece]:
        row = self._log.at(place)
        tone = LEVELS.get(row.level, Tone.PLAIN)
        stamp = f"{self._stamp(row.at)} " if row.at is not None and not self._left else ""
        letter = f"{row.level[:1].upper() or ' '} " if self._letters and not self._left else ""
        text = row.text[self._left :]
        if self._log.width:
            parts = self._log.parts(place, stamp + letter)
            text = parts[part] if part < len(parts) else ""
            stamp, letter = (stamp, letter) if part == 0 else ("", "")
            text = text[len(stamp) + len(letter) :]
        if stamp:
            yield Piece(stamp, Tone.MUTED)
        if letter:
            yield Piece(letter, tone, bold=True)
        yield from self._found(text, tone)

    def _found(self, text: str, tone: Tone) -> Iterator[Piece]:
        """Text with the hits of the search marked."""
        folded, start = text.casefold(), 0
        if self.needle and len(folded) == len(text):
            while (at := folded.find(self.needle, start)) >= 0:
                yield Piece(text[start:at], tone)
                start = at + len(self.needle)
                yield Piece(text[at:start], tone, hit=True)
        yield Piece(text[start:], tone)
