"""How the server is doing: its parts, its numbers, what it couldn't read, what may be asked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType
from textual.containers import Horizontal
from textual.widget import Widget

from dli_tui.domain.capability import Capability
from dli_tui.present.besides import HealthSheet
from dli_tui.tui import keys, late, reading
from dli_tui.tui.keys import Scope
from dli_tui.tui.looks import HEALTH
from dli_tui.tui.screens.feeds import FeedScreen
from dli_tui.tui.widgets.page import Page, Text

if TYPE_CHECKING:
    from dli_tui.session.health import HealthFeed
    from dli_tui.session.session import Session


class HealthScreen(FeedScreen["HealthFeed"]):
    """One page to read, or two side by side where there is room."""

    scope = Scope.HEALTH
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings(Scope.HEALTH)]
    needs = Capability.HEALTH

    def __init__(self) -> None:
        super().__init__()
        self._sheet: HealthSheet | None = None

    @property
    def crumbs(self) -> tuple[str, ...]:
        return ("Workflows", "Health")

    @property
    def summary(self) -> str:
        if self._sheet is None:
            return ""
        look = HEALTH[self._sheet.status]
        return f"{self.looks.glyph(look)} {look.word}"

    @property
    def report(self) -> Page:
        """The parts, and whatever has no page of its own."""
        return self.query_one("#report", Page)

    @property
    def numbers(self) -> Page:
        """The numbers, where there is room for a second page."""
        return self.query_one("#numbers", Page)

    def body(self) -> Iterable[Widget]:
        yield Horizontal(Page(id="report"), Page(id="numbers"))

    def on_mount(self) -> None:
        self.set_focus(self.report)

    def tick(self) -> None:
        super().tick()
        self.retell()

    # The feed

    def feed_of(self, session: Session) -> HealthFeed:
        return session.health()

    @property
    def is_known(self) -> bool:
        return self.feed is not None and self.feed.health is not None

    def show(self) -> None:
        session, health = self.session, self.feed.health if self.feed is not None else None
        if session is None or self.feed is None or health is None:
            return
        self._sheet = sheet = late.showing().health_sheet(health)
        now = self.now()
        left = reading.report(sheet, now, self.looks)
        known = (
            ("this page", self.feed.freshness),
            ("the list", session.workflows.freshness),
            ("watched runs", session.watching.freshness),
        )
        own = reading.ages(known, session.pace.passed())
        right = [*reading.numbers(sheet, now, self.looks), (), *own]
        if self.numbers.display:
            self.numbers.tell(right)
            self.report.tell(left)
        else:
            self.report.tell([*left, (), *right])

    def tell_instead(self, note: Sequence[Text]) -> None:
        self.report.tell(note)

    def on_resize(self) -> None:
        self.call_after_refresh(self.retell)

    # Commands

    def action_copy(self) -> None:
        shown = [self.report.words, self.numbers.words if self.numbers.display else ""]
        self.dash.copy(["\n".join(part for part in shown if part)], is_document=True)
