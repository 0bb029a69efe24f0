"""The filters in force, in words, and the line to type one in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message

from dli_tui.present import filters
from dli_tui.tui.looks import Tone
from dli_tui.tui.widgets.oneline import Bit, OneLine
from dli_tui.tui.widgets.safeinput import SafeInput

if TYPE_CHECKING:
    from textual import events

    from dli_tui.present.arranging import Order
    from dli_tui.present.filters import ListFilter

_ROOMY = 110
"""So wide that the order is told beside a text that is typed."""
_HELP = "name, /regex/, !not, owner:… team:… last:failed"


class FilterText(SafeInput):
    """The text of the filter; the keys that leave it go back to the list."""

    def on_key(self, event: events.Key) -> None:
        if event.key in ("escape", "enter", "down", "up"):
            event.stop()
            event.prevent_default()
            if event.key == "escape":
                self.value = ""
            self.post_message(FilterBar.Left())


class FilterBar(Horizontal):
    """What is filtered, each part clickable, and the text as it is typed."""

    class Left(Message):
        """The text is done; the keys belong to the list again."""

    def compose(self) -> ComposeResult:
        yield OneLine(id="filter-words")
        yield FilterText(placeholder=_HELP, id="text", compact=True, select_on_focus=False)

    def tell(self, wanted: ListFilter, order: Order) -> None:
        """Show the filters in force."""
        source = str(wanted.source) if wanted.source is not None else "all"
        status = str(wanted.status) if wanted.status is not None else "all"
        bits = [
            *_choice("source", source, "source", chosen=wanted.source is not None),
            *_choice("status", status, "status", chosen=wanted.status is not None),
            *_flag("running", "running", on=wanted.running),
            *_flag("enabled", "enabled", on=wanted.enabled),
            *_flag("problems", "problems", on=wanted.problems),
        ]
        problem = filters.parse(wanted.text).problem
        right = [Bit(f"{problem} ", Tone.LATE)] if problem else []
        text = self.query_one("#text")
        text.display = bool(wanted.text) or self.screen.focused is text
        if not text.display or self.size.width >= _ROOMY:
            words = order_words(order)
            right.append(Bit(f"{words} ", Tone.MUTED, action="screen.sort(1)"))
        self.query_one("#filter-words", OneLine).tell(bits, right)

    def ask(self) -> None:
        """Let the person type."""
        text = self.query_one("#text", FilterText)
        text.display = True
        # Not `focus()`, which waits its turn: what is typed right after is meant for here.
        self.screen.set_focus(text)

    def forget(self) -> None:
        """Empty the text."""
        self.query_one("#text", FilterText).value = ""


def order_words(order: Order) -> str:
    """By what the list is sorted."""
    if order.column == "worst":
        return "calm first" if order.descending else "worst first"
    return f"by {order.column}, {'downwards' if order.descending else 'upwards'}"


def _choice(label: str, value: str, action: str, *, chosen: bool) -> list[Bit]:
    tone = Tone.RUNNING if chosen else Tone.MUTED
    act = f"screen.{action}"
    return [Bit(f" {label} ", Tone.MUTED, action=act), Bit(value, tone, chosen, action=act)]


def _flag(label: str, action: str, *, on: bool) -> list[Bit]:
    tone = Tone.RUNNING if on else Tone.MUTED
    return [Bit("  "), Bit(label, tone, on, on, action=f"screen.{action}")]
