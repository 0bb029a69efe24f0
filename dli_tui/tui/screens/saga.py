"""One saga, live: what it does and what it undoes, step by step, side by side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.binding import BindingType
from textual.widget import Widget

from dli_tui.domain.capability import Capability
from dli_tui.domain.status import SagaStatus
from dli_tui.present.besides import LaneRow, SagaRow
from dli_tui.tui import belonging, keys, late, reading
from dli_tui.tui.keys import Scope
from dli_tui.tui.looks import CANCELLING, SAGAS
from dli_tui.tui.screens.feeds import FeedScreen
from dli_tui.tui.widgets.lanes import Lanes
from dli_tui.tui.widgets.lines import Lines
from dli_tui.tui.widgets.page import Page, Text

if TYPE_CHECKING:
    from dli_tui.domain.saga import Saga
    from dli_tui.session.sagas import SagaFeed
    from dli_tui.session.session import Session
    from dli_tui.tui.app import Dashboard
    from dli_tui.tui.deeds import Asked

NEEDED: Final = {"do.publish": Capability.EVENTS}


class SagaScreen(FeedScreen["SagaFeed"]):
    """The page of one saga: how it stands, its two lanes, and the step under the cursor."""

    scope = Scope.SAGA
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings(Scope.SAGA)]
    needs = Capability.SAGAS
    needed: ClassVar = NEEDED

    def __init__(self, saga_id: str, name: str) -> None:
        super().__init__()
        self._saga_id = saga_id
        self._label = name
        self._row: SagaRow | None = None

    @property
    def crumbs(self) -> tuple[str, ...]:
        return ("Workflows", "Sagas", self._label)

    @property
    def summary(self) -> str:
        if self._row is None:
            return ""
        look = CANCELLING if self._row.cancelling else SAGAS[self._row.status]
        return f"{self.looks.glyph(look)} {self._row.word or look.word}"

    @property
    def is_final(self) -> bool:
        return self.feed is not None and self.feed.ended

    @property
    def head(self) -> Page:
        """How it stands."""
        return self.query_one("#saga", Page)

    @property
    def lanes(self) -> Lanes:
        """What it does and what it undoes."""
        return self.query_one(Lanes)

    def body(self) -> Iterable[Widget]:
        yield Page(id="saga")
        yield Lanes(self.looks, id="lanes")
        yield Page(id="step")

    def on_mount(self) -> None:
        self.set_focus(self.lanes)

    def tick(self) -> None:
        super().tick()
        if self._row is not None and not self._row.status.is_terminal:
            self._tell_head(self._row)

    # The feed

    def feed_of(self, session: Session) -> SagaFeed:
        return session.saga(self._saga_id)

    @property
    def is_known(self) -> bool:
        return self.feed is not None and self.feed.saga is not None

    def show(self) -> None:
        saga = self.feed.saga if self.feed is not None else None
        if saga is None:
            return
        showing = late.showing()
        self._row = row = showing.saga_row(saga)
        self._tell_head(row)
        current = self.lanes.current
        self.lanes.load(
            showing.lane_rows(saga), keep=current.place if current is not None else None
        )
        if not saga.steps:
            self.lanes.say(reading.no_lanes())
        self._tell_step()

    def tell_instead(self, note: Sequence[Text]) -> None:
        self.lanes.say(note)

    def _tell_head(self, row: SagaRow) -> None:
        told = reading.saga(row, self.zone("UTC"), self.now(), self.looks)
        if self.feed is not None and self.feed.expired:
            told = [reading.expired(), *told]
        self._fill(self.head, told)

    @on(Lines.CursorMoved, "#lanes")
    def _tell_step(self) -> None:
        row: LaneRow | None = self.lanes.current
        told = [] if row is None else reading.lane(row, self.zone("UTC"), self.now(), self.looks)
        self._fill(self.query_one("#step", Page), told)

    def _fill(self, page: Page, told: Sequence[Text]) -> None:
        page.tell(told)
        # A cell stays free for a bar beside the lines.
        page.styles.height = page.needed(self.size.width - 1) + page.gutter.height

    def on_resize(self) -> None:
        self.retell()

    # Commands

    def action_zoom(self) -> None:
        self.toggle_class("-zoomed")
        self.set_focus(self.lanes)

    def action_back(self) -> None:
        if self.has_class("-zoomed"):
            self.action_zoom()
        else:
            super().action_back()

    def action_copy(self) -> None:
        self.dash.copy([self._saga_id])

    def action_open_saga(self) -> None:
        belonging.open_run(self, self.feed.saga if self.feed is not None else None)

    def action_do(self, what: str) -> None:
        saga = self.feed.saga if self.feed is not None else None
        self.dash.deeds.ask(self, lambda session: deed(what, session, saga, self.dash))


def deed(what: str, session: Session, saga: Saga | None, dash: Dashboard) -> Asked:
    """Ask to start a saga, to publish an event, or to cancel this one; in words, why it can't be
    cancelled."""
    where = dash.opening.where
    if what == "run":
        start: Asked = late.saga_forms().start_saga(session, where, dash.opening.looks)
        return start
    if what == "publish":
        publish: Asked = late.saga_forms().publish(session, where)
        return publish
    if saga is None:
        return "There is no saga here to cancel"
    showing = late.showing()
    row: SagaRow = showing.saga_row(saga)
    problem = why_not_cancelled(row)
    if problem:
        return f"Can't cancel {row.name}: {problem}"
    question: Asked = late.saga_forms().cancel_saga(session, row, showing.lane_rows(saga), where)
    return question


def why_not_cancelled(row: SagaRow) -> str:
    """What speaks against asking a saga to stop; nothing where it may be."""
    if row.cancelling:
        return "it was asked to already. Wait until it turns round."
    if row.status is SagaStatus.COMPENSATING:
        return "it is undoing what it did already. Wait for its end."
    if row.status.is_terminal:
        return f"it is {SAGAS[row.status].word}. There is nothing left to stop."
    return ""
