"""What tests of the log share: rows, and an app that holds nothing but a log."""

from datetime import UTC, datetime, timedelta

from textual.app import App

from dli_tui.present.rows import LogRow
from dli_tui.tui.widgets.logview import LogView

BEGAN = datetime(2026, 11, 21, 6, tzinfo=UTC)


def row(text, level="info", at=None):
    return LogRow(text, level, at)


def numbered(count, start=0):
    """Rows that say which they are."""
    return [row(f"row {number}") for number in range(start, start + count)]


def timed(*texts):
    """Rows a second apart."""
    return [row(text, at=BEGAN + timedelta(seconds=place)) for place, text in enumerate(texts)]


class LogApp(App[None]):
    """A log, and its picture."""

    CSS = "LogView { scrollbar-gutter: stable; }"

    def compose(self):
        yield LogView(lambda at: f"{at:%H:%M:%S}")

    def on_mount(self):
        self.view.focus()

    @property
    def view(self):
        return self.query_one(LogView)

    @property
    def lines(self):
        strips = self.screen._compositor.render_strips()
        width = self.view.scrollable_content_region.width
        shown = (strip.crop(0, width) for strip in strips)
        return ["".join(part.text for part in strip).rstrip() for strip in shown]
