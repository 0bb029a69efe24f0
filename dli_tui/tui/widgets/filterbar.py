"""The filters in force, in words, and the line to type one in."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message

from dli_tui.present import filters
from dli_tui.present.arranging import WORST, Order
from dli_tui.tui.breakage import Contained
from dli_tui.tui.looks import Tone
from dli_tui.tui.widgets.oneline import Bit, Bits, OneLine
from dli_tui.tui.widgets.safeinput import SafeInput

if TYPE_CHECKING:
    from textual import events

    from dli_tui.present.filters import ListFilter

_ROOMY = 110
"""So wide that the order is told beside a text that is typed."""


class FilterText(SafeInput):
    """The text of the filter; the keys that leave it go back to the list."""

    leaving: ClassVar[frozenset[str]] = frozenset({"escape", "enter", "down", "up"})

    def on_key(self, event: events.Key) -> None:
        if event.key in self.leaving:
            event.stop()
            event.prevent_default()
            if event.key == "escape":
                self.value = ""
            self.post_message(FilterLine.Left())


class FilterLine(Contained, Vertical):
    """What is filtered, each part clickable, and the text as it is typed; below it, while there
    is something wrong with the text, what."""

    hint: ClassVar[str] = ""
    """What can be typed."""

    class Left(Message):
        """The text is done; the keys belong to the list again."""

    _told: tuple[Bits, Bits, Bits] = ((), (), ())

    def compose(self) -> ComposeResult:
        with Horizontal(id="filter-line"):
            yield OneLine(id="filter-words")
            yield FilterText(placeholder=self.hint, id="text", compact=True, select_on_focus=False)
        yield OneLine(id="filter-problem")

    def show(
        self, text: str, left: Bits, note: Bits, aside: Bits, problem: str | None = None
    ) -> None:
        """Show the parts, and the line to type in while it is used; `aside` where there is room."""
        below = self.query_one("#filter-problem", OneLine)
        below.display = problem is not None
        below.tell([Bit(f" {problem or ''}", Tone.LATE)])
        field = self.query_one("#text")
        field.display = bool(text) or self.screen.focused is field
        self._told = (left, note, aside)
        self._tell()

    def on_resize(self) -> None:
        self._tell()

    def _tell(self) -> None:
        left, note, aside = self._told
        width, is_typed = self.size.width, self.query_one("#text").display
        room = width - width // 3 if is_typed else width
        needed = sum(cell_len(bit.text) for bit in (*left, *note, *aside))
        is_roomy = needed < room and (not is_typed or width >= _ROOMY)
        self.query_one("#filter-words", OneLine).tell(left, (*note, *(aside if is_roomy else ())))

    def ask(self) -> None:
        """Let the person type."""
        text = self.query_one("#text", FilterText)
        text.display = True
        # Not `focus()`, which waits its turn: what is typed right after is meant for here.
        self.screen.set_focus(text)

    def put(self, text: str) -> None:
        """Show a text that is filtered by already."""
        field = self.query_one("#text", FilterText)
        with field.prevent(FilterText.Changed):
            field.value = text

    def forget(self) -> None:
        """Empty the text."""
        self.query_one("#text", FilterText).value = ""


class FilterBar(FilterLine):
    """The filters of the list."""

    hint = "name, /regex/, !not, failed, status:… tag:… owner:…"

    def tell(self, wanted: ListFilter, order: Order) -> None:
        """Show the filters in force."""
        source = str(wanted.source) if wanted.source is not None else "all"
        status = str(wanted.status) if wanted.status is not None else "all"
        bits = [
            *choice("source", source, "source", chosen=wanted.source is not None),
            *choice("status", status, "status", chosen=wanted.status is not None),
            *_flag("running", "running", on=wanted.running),
            *_flag("enabled", "enabled", on=wanted.enabled),
            *_flag("problems", "problems", on=wanted.problems),
        ]
        is_usual = order == WORST
        tone = Tone.MUTED if is_usual else Tone.RUNNING
        told = f"{order_words(order)} " if is_usual else f"sorted {order_words(order)} "
        sorted_ = [Bit(told, tone, bold=not is_usual, action="screen.sort(1)")]
        # Another order than the usual one hides what is wrong: that is told at any width.
        note, aside = ([], sorted_) if is_usual else (sorted_, [])
        self.show(wanted.text, bits, note, aside, filters.parse(wanted.text).problem)


def order_words(order: Order) -> str:
    """By what the list is sorted."""
    if order.column == "worst":
        return "calm first" if order.descending else "worst first"
    return f"by {order.column}, {'downwards' if order.descending else 'upwards'}"


def choice(label: str, value: str, action: str, *, chosen: bool) -> list[Bit]:
    """One part of a filter, and the action that goes to its next value."""
    tone = Tone.RUNNING if chosen else Tone.MUTED
    act = f"screen.{action}"
    return [Bit(f" {label} ", Tone.MUTED, action=act), Bit(value, tone, chosen, action=act)]


def _flag(label: str, action: str, *, on: bool) -> list[Bit]:
    tone = Tone.RUNNING if on else Tone.MUTED
    return [Bit("  "), Bit(label, tone, on, on, action=f"screen.{action}")]
