"""A month of days to choose from: what exists on each, and what would happen there.

A day takes four cells: `+` where something would run or `-` where it was left out, its number,
and the glyph of the worst run that exists. So it can be read without any colour.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import ClassVar, Final, NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import BindingType
from textual.message import Message
from textual.strip import Strip

from dli_tui.present import months
from dli_tui.present.backfillrows import DayMark
from dli_tui.tui import keys
from dli_tui.tui.looks import RUNS, Looks, Tone
from dli_tui.tui.widgets.toned import BOLD, HIT, Toned

_DAY: Final = 4
_HEAD: Final = 2
WIDTH: Final = _DAY * 7
HEIGHT: Final = _HEAD + months.WEEKS
_NONE: Final = DayMark()


class Chosen(NamedTuple):
    """The dates that are chosen."""

    start: date
    end: date
    without: frozenset[date] = frozenset()

    def has(self, day: date) -> bool:
        """Whether a day lies in the range."""
        return self.start <= day <= self.end


class Month(Toned, can_focus=True):
    """Arrows move, space begins and ends a range, x leaves a day out."""

    BINDINGS: ClassVar[list[BindingType]] = [*keys.fixed(keys.Place.MONTH)]

    class Changed(Message):
        """Other dates are chosen."""

        def __init__(self, chosen: Chosen) -> None:
            super().__init__()
            self.chosen = chosen

    class Turned(Message):
        """Another month is in sight."""

        def __init__(self, month: Month) -> None:
            super().__init__()
            self.month = month

    def __init__(self, chosen: Chosen, today: date, looks: Looks) -> None:
        super().__init__(id="month")
        self.chosen = chosen
        self.day = chosen.end
        """The day under the cursor."""
        self.marks: Mapping[date, DayMark] = {}
        self._today = today
        self._looks = looks
        self._anchor: date | None = None
        """Where a range was begun that has no end yet."""
        self.forget_styles()

    @property
    def bounds(self) -> tuple[date, date]:
        """The first and last day in sight."""
        return months.bounds(self.day)

    @property
    def weeks(self) -> list[list[date | None]]:
        """The weeks that there is room for; the day under the cursor is always among them."""
        weeks, room = months.weeks(self.day), max(1, self.size.height - _HEAD)
        at = next(at for at, week in enumerate(weeks) if self.day in week)
        first = max(0, min(at - room // 2, len(weeks) - room))
        return weeks[first : first + room]

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self.forget_styles()

    def tell(self, marks: Mapping[date, DayMark]) -> None:
        """What there is on the days, and what would happen."""
        if marks != self.marks:
            self.marks = marks
            self.refresh()

    def choose(self, chosen: Chosen) -> None:
        """Take over dates that were chosen elsewhere."""
        if chosen != self.chosen:
            self.chosen, self._anchor = chosen, None
            if not chosen.has(self.day):
                self._go_to(chosen.end)
            self.refresh()

    # Keys

    def action_move(self, by: int) -> None:
        self._go_to(self.day + timedelta(days=by))

    def action_turn(self, by: int) -> None:
        self._go_to(months.turned(self.day, by))

    def action_mark(self) -> None:
        if self._anchor is None:
            self._anchor = self.day
            self._take(Chosen(self.day, self.day))
        else:
            self._anchor = None
            self.refresh()

    def action_leave_out(self) -> None:
        if self.chosen.has(self.day):
            self._take(self.chosen._replace(without=self.chosen.without ^ {self.day}))

    def _go_to(self, day: date) -> None:
        before, self.day = self.bounds, day
        if self._anchor is not None:
            self._take(Chosen(min(self._anchor, day), max(self._anchor, day)))
        self.refresh()
        if self.bounds != before:
            self.post_message(self.Turned(self))

    def _take(self, chosen: Chosen) -> None:
        self.chosen = chosen
        self.refresh()
        self.post_message(self.Changed(chosen))

    # The mouse

    def on_click(self, event: events.Click) -> None:
        at = event.get_content_offset_capture(self)
        if at.y == 0:
            self.action_turn(-1 if at.x < WIDTH // 2 else 1)
            return
        weeks = self.weeks
        week, place = at.y - _HEAD, at.x // _DAY
        day = weeks[week][place] if 0 <= week < len(weeks) and place < len(weeks[week]) else None
        if day is not None:
            self._go_to(day)
            self.action_mark()

    # Painting

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        return Strip(self._line(y)).adjust_cell_length(width, self.base_style)

    def _line(self, y: int) -> list[Segment]:
        base, muted = self.base_style, self.base_style + self.tone(Tone.MUTED)
        if y == 0:
            title = f"[ {months.title(self.day)} ]"
            return [Segment(f"{title:^{WIDTH}}", base + BOLD)]
        if y == 1:
            return [Segment("".join(f" {name} " for name in months.WEEKDAYS), muted)]
        weeks = self.weeks
        week = weeks[y - _HEAD] if y - _HEAD < len(weeks) else []
        return [part for day in week for part in self._day(day)]

    def _day(self, day: date | None) -> list[Segment]:
        if day is None:
            return [Segment(" " * _DAY, self.base_style)]
        mark, chosen = self.marks.get(day, _NONE), self.chosen.has(day)
        ground = self._ground(day, chosen=chosen)
        look = RUNS[mark.worst] if mark.worst is not None else None
        number = self.tone(Tone.MUTED if not mark.slots or not mark.due else Tone.PLAIN)
        missing = "." if mark.slots and mark.due else " "
        return [
            Segment(self._sign(day, mark, chosen=chosen), ground + self.tone(Tone.RUNNING) + BOLD),
            Segment(f"{day.day:>2}", ground + number),
            Segment(
                self._looks.glyph(look) if look is not None else missing,
                ground + self.tone(look.tone if look is not None else Tone.MUTED),
            ),
        ]

    def _sign(self, day: date, mark: DayMark, *, chosen: bool) -> str:
        if not chosen:
            return ">" if day == self._today else " "
        if day in self.chosen.without:
            return "-"
        return "+" if mark.starts else "="

    def _ground(self, day: date, *, chosen: bool) -> Style:
        if day == self.day and self.has_focus:
            return self.base_style + HIT
        if chosen:
            return self.base_style + self.cursor_style
        return self.base_style
