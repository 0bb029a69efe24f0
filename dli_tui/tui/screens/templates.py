"""Templates: what workflows can be made of, shelf by shelf, and a form that makes one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.widget import Widget

from dli_tui.domain.capability import Capability
from dli_tui.present import besides, words
from dli_tui.present.besides import TemplateRow, TemplateSheet
from dli_tui.tui import keys, late, reading
from dli_tui.tui.choices import following
from dli_tui.tui.keys import Scope
from dli_tui.tui.looks import Tone
from dli_tui.tui.screens.feeds import FeedList
from dli_tui.tui.widgets.filterbar import FilterLine, choice
from dli_tui.tui.widgets.lines import Lines, Piece
from dli_tui.tui.widgets.page import Page
from dli_tui.tui.widgets.table import Column, Table

if TYPE_CHECKING:
    from dli_tui.domain.template import Template
    from dli_tui.session.session import Session
    from dli_tui.session.templates import TemplatesFeed
    from dli_tui.tui.deeds import Asked

COLUMNS: Final = (
    Column("shelf", "category", 18, least=15),
    Column("name", "template", 28, grows=True),
    Column("steps", "steps", 5, right=True, given_up=1),
    Column("uses", "used", 6, right=True),
    Column("version", "version", 8, given_up=3),
    Column("tags", "tags", 24, least=12, given_up=2),
)


class _Filters(FilterLine):
    hint = "name, description, tag"


class TemplatesScreen(FeedList["TemplatesFeed"]):
    """All templates, with a detail pane where there is room."""

    scope = Scope.TEMPLATES
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings(Scope.TEMPLATES)]
    needs = Capability.TEMPLATES
    noun = "template"

    def __init__(self) -> None:
        super().__init__()
        self._category: str | None = None
        self._shelves: dict[str, str] = {}
        self._made: tuple[object, Sequence[TemplateRow]] = (None, ())

    @property
    def crumbs(self) -> tuple[str, ...]:
        return ("Workflows", "Templates")

    @property
    def detail(self) -> Page:
        """All that is known of one template."""
        return self.query_one("#detail", Page)

    def body(self) -> Iterable[Widget]:
        yield _Filters()
        yield Horizontal(
            Table(
                COLUMNS, _cell, lambda row: row.raw, self.looks, id="templates", selectable=False
            ),
            Page(id="detail"),
            id="split",
        )

    # The feed

    def feed_of(self, session: Session) -> TemplatesFeed:
        return session.templates()

    @property
    def is_known(self) -> bool:
        return self.feed is not None and not self.feed.loading

    @property
    def known(self) -> tuple[Template, ...]:
        return self.feed.templates if self.feed is not None else ()

    def rows(self) -> Sequence[TemplateRow]:
        if self._made[0] is not self.known and self.feed is not None:
            showing = late.showing()
            self._shelves = shown = showing.shelves(self.feed.categories)
            self._made = (self.known, [showing.template_row(one, shown) for one in self.known])
        return self._made[1]

    def fitting(self, rows: Sequence[TemplateRow]) -> Sequence[TemplateRow]:
        return besides.templates_fitting(rows, self._category, self.search)

    def show(self) -> None:
        super().show()
        self._tell_detail()

    # Detail

    @on(Lines.CursorMoved, "#templates")
    def _cursor_moved(self) -> None:
        self.detail.scroll_lines_to(0)
        self._tell_detail()

    def _tell_detail(self) -> None:
        sheet = self._sheet()
        told = [] if sheet is None else reading.template(sheet, self.zone("UTC"), self.now())
        self.detail.tell(told)

    def _sheet(self) -> TemplateSheet | None:
        """What is known of the template under the cursor."""
        template = self._template()
        if template is None:
            return None
        sheet: TemplateSheet = late.showing().template_sheet(template, self.table.current)
        return sheet

    def _template(self) -> Template | None:
        """The template under the cursor."""
        row: TemplateRow | None = self.table.current
        return next((one for one in self.known if row is not None and one.id == row.raw), None)

    # Commands

    @on(Lines.Chosen, "#templates")
    def action_open(self) -> None:
        if self.table.current is not None and not self.has_class("-zoomed"):
            self.action_zoom()

    def action_zoom(self) -> None:
        self.toggle_class("-zoomed")
        self.set_focus(self.detail if self.has_class("-zoomed") else self.table)

    def action_back(self) -> None:
        if self.has_class("-zoomed"):
            self.action_zoom()
        else:
            super().action_back()

    def action_category(self) -> None:
        self._category = following((None, *self._shelves), self._category)
        self.refilter()

    def action_copy(self) -> None:
        template = self._template()
        self.dash.copy([template.name] if template is not None else [])

    def action_do(self, deed: str) -> None:
        """The only deed here makes a workflow from the template under the cursor."""
        self.dash.deeds.ask(self, self._ask)

    def _ask(self, session: Session) -> Asked:
        sheet = self._sheet()
        if sheet is None:
            return "There is no template here to make a workflow from"
        asked: Asked = late.forms().from_template(session, sheet, self.dash.opening.where)
        return asked

    # Filters

    def clear(self) -> None:
        self._category = None

    @property
    def told_choice(self) -> str:
        return f"category {self._shelves.get(self._category, '')}" if self._category else ""

    def tell_filters(self) -> None:
        chosen = self._category is not None
        shelf = self._shelves.get(self._category or "", "all")
        bits = choice("category", shelf, "category", chosen=chosen)
        self.query_one(FilterLine).show(self.search, bits, (), ())


def _cell(row: TemplateRow, column: str, _room: int) -> list[Piece]:
    match column:
        case "shelf":
            return [Piece(row.shelf, Tone.MUTED)]
        case "name":
            return [Piece(row.name)]
        case "steps":
            return [Piece(f"{row.steps}", Tone.MUTED)]
        case "uses":
            return [Piece(f"{row.uses:,}")]
        case "version":
            return [Piece(row.version or words.NOTHING, Tone.MUTED)]
        case _:
            return [Piece(row.tags or words.NOTHING, Tone.MUTED)]
