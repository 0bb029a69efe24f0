"""What a workflow does: its configuration as YAML, and what is to be said of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType
from textual.containers import Horizontal
from textual.widget import Widget

from dli_tui.tui import keys, late
from dli_tui.tui.keys import Scope
from dli_tui.tui.listing import unlisted
from dli_tui.tui.screens.feeds import FeedScreen
from dli_tui.tui.widgets.page import Page, Text

if TYPE_CHECKING:
    from dli_tui.domain.ids import WorkflowKey
    from dli_tui.present.rows import WorkflowRow
    from dli_tui.session.definition import DefinitionFeed
    from dli_tui.session.session import Session


class ConfigurationScreen(FeedScreen["DefinitionFeed"]):
    """A page to read, with remarks beside it where there is room, and else above it."""

    scope = Scope.CONFIGURATION
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings(Scope.CONFIGURATION)]

    def __init__(self, key: WorkflowKey, name: str) -> None:
        super().__init__()
        self._key = key
        self._label = name
        self._text = ""
        self._is_masked = False

    @property
    def crumbs(self) -> tuple[str, ...]:
        return ("Workflows", self._label, "Configuration")

    @property
    def targets(self) -> tuple[WorkflowRow, ...]:
        return (self.dash.listing.row_of(self._key) or unlisted(self._key, self._label),)

    @property
    def definition(self) -> Page:
        """The YAML."""
        return self.query_one("#definition", Page)

    @property
    def remarks(self) -> Page:
        """What is to be said of it, where there is room for a second page."""
        return self.query_one("#remarks", Page)

    def body(self) -> Iterable[Widget]:
        yield Horizontal(Page(id="definition"), Page(id="remarks"))

    def on_mount(self) -> None:
        self.set_focus(self.definition)

    # The feed

    def feed_of(self, session: Session) -> DefinitionFeed:
        return session.definition(self._key)

    @property
    def is_known(self) -> bool:
        return self.feed is not None and self.feed.info is not None

    def show(self) -> None:
        info = self.feed.info if self.feed is not None else None
        if info is None:
            return
        told = late.definition_sheets().configuration(info.workflow_config, self.looks)
        self._text, self._is_masked = told.text, told.is_masked
        if self.remarks.display:
            self.remarks.tell(told.remarks)
            self.definition.tell(told.lines)
        else:
            self.definition.tell([*told.remarks, (), *told.lines])

    def tell_instead(self, note: Sequence[Text]) -> None:
        self.definition.tell(note)

    def on_resize(self) -> None:
        self.call_after_refresh(self.retell)

    # Commands

    def action_copy(self) -> None:
        self.dash.copy([self._text] if self._text else [], is_document=True)
        if self._is_masked:
            self.say(f"Secrets are left out of the copy; {self.key('do.edit')} has them")
