"""Templates: what workflows can be made of, shelf by shelf, and a form that makes one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.widget import Widget

from dli_tui.domain.capability import Capability
from dli_tui.domain.errors import DLIError
from dli_tui.present import besides, words
from dli_tui.present.besides import TemplateRow, TemplateSheet
from dli_tui.tui import keys, late, reading
from dli_tui.tui.breakage import start_worker
from dli_tui.tui.choices import following
from dli_tui.tui.keys import Scope
from dli_tui.tui.looks import Tone
from dli_tui.tui.screens.feeds import FeedList
from dli_tui.tui.screens.pictured import REST_SECONDS
from dli_tui.tui.widgets.filterbar import FilterLine, choice
from dli_tui.tui.widgets.lines import Lines, Piece
from dli_tui.tui.widgets.page import Page, Text
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
    needed: ClassVar = {
        "do.edit": Capability.TEMPLATE_EDITING,
        "do.add": Capability.TEMPLATE_EDITING,
        "do.unregister": Capability.TEMPLATE_EDITING,
    }
    noun = "template"

    def __init__(self) -> None:
        super().__init__()
        self._category: str | None = None
        self._tag: str | None = None
        self._shelves: dict[str, str] = {}
        """The categories with their counts, by their raw names."""
        self._read: str | None = None
        """The template that has the page for itself."""
        self._asked_of = ""
        """Of which template it is being asked how it is used."""
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
            categories = self.feed.categories
            shown = showing.shelves(categories)
            self._shelves = showing.counted(categories, self.known)
            self._made = (self.known, [showing.template_row(one, shown) for one in self.known])
        return self._made[1]

    def fitting(self, rows: Sequence[TemplateRow]) -> Sequence[TemplateRow]:
        return besides.templates_fitting(rows, self._category, self.search, self._tag)

    def show(self) -> None:
        super().show()
        there = {row.raw for row in self.rows()}
        if self.has_class("-zoomed") and self._read is not None and self._read not in there:
            # What was read is deleted: the next one isn't read unasked, and isn't deleted by D.
            self.action_zoom()
        self._tell_detail()

    # Detail

    @on(Lines.CursorMoved, "#templates")
    def _cursor_moved(self) -> None:
        self.detail.scroll_lines_to(0)
        # What was about to be asked of another one isn't wanted any more.
        self.workers.cancel_group(self, "detail")
        self._asked_of = ""
        self._tell_detail()

    def _tell_detail(self) -> None:
        sheet = self._sheet()
        if sheet is None:
            self.detail.tell([])
            return
        used = self._used(sheet.row.raw)
        self.detail.tell(reading.template(sheet, self.zone("UTC"), self.now(), used))

    def _used(self, template_id: str) -> Sequence[Text]:
        """How a template is used, as far as that is known; it is asked once the cursor rests."""
        session = self.session
        offered = session is not None and Capability.TEMPLATE_USAGE in session.capabilities
        if session is None or not offered or not self.detail.display:
            return ()
        known = session.usages.known(template_id)
        if known is None:
            if self._asked_of != template_id:
                self._asked_of = template_id
                ask = self._ask_usage
                start_worker(self, ask, session, template_id, group="detail", exclusive=True)
            return ()
        if isinstance(known, DLIError):
            return reading.no_usage(f"{known.code} {words.word(known.message)}")
        told = late.showing().usage(known)
        return reading.usage(told, self.detail.field.width, self.looks)

    async def _ask_usage(self, session: Session, template_id: str) -> None:
        await session.pace.sleep(REST_SECONDS)
        await session.usages.ask(template_id)
        self._asked_of = ""
        self._tell_detail()

    def on_resize(self) -> None:
        self.call_after_refresh(self._tell_detail)

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
        row: TemplateRow | None = self.table.current
        self._read = row.raw if row is not None else None
        self.set_focus(self.detail if self.has_class("-zoomed") else self.table)
        self.call_after_refresh(self._tell_detail)

    def action_back(self) -> None:
        if self.has_class("-zoomed"):
            self.action_zoom()
        else:
            super().action_back()

    def action_category(self) -> None:
        self._category = following((None, *self._shelves), self._category)
        self.refilter()

    def action_tag(self) -> None:
        tags = dict.fromkeys(tag for row in self.rows() for tag in row.labels)
        self._tag = following((None, *sorted(tags, key=str.casefold)), self._tag)
        self.refilter()

    def action_copy(self) -> None:
        template = self._template()
        self.dash.copy([template.name] if template is not None else [])

    def action_do(self, deed: str) -> None:
        match deed:
            case "edit" | "add":
                self._edit(deed)
            case "unregister":
                self.dash.deeds.ask(self, self._ask_to_delete)
            case _:
                self.dash.deeds.ask(self, self._ask_to_make)

    def _ask_to_make(self, session: Session) -> Asked:
        template, sheet = self._template(), self._sheet()
        if template is None or sheet is None:
            return "There is no template here to make a workflow from"
        opening = self.dash.opening
        asked: Asked = late.forms().from_template(
            session, template, sheet, opening.where, opening.zone
        )
        return asked

    def _ask_to_delete(self, session: Session) -> Asked:
        row: TemplateRow | None = self.table.current
        if row is None:
            return "There is no template here to delete"
        asked: Asked = late.forms().delete_template(session, row, self.dash.opening.where)
        return asked

    def _edit(self, deed: str) -> None:
        """Take the template under the cursor to the editor, or a new one."""
        template, session = self._template(), self.dash.deeds.writable(self)
        if session is None:
            return
        if deed == "add":
            late.editing().new_template(self.dash, session)
        elif template is None:
            self.say("There is no template here to change", wrong=True)
        else:
            late.editing().template(self.dash, session, template.id)

    def action_refresh(self) -> None:
        if self.session is not None:
            self.session.usages.forget()
        super().action_refresh()

    # Filters

    def clear(self) -> None:
        self._category = self._tag = None

    @property
    def told_choice(self) -> str:
        shelf = f"category {self._shelves.get(self._category, '')}" if self._category else ""
        tag = f"tag {self._tag}" if self._tag else ""
        return ", ".join(part for part in (shelf, tag) if part)

    def tell_filters(self) -> None:
        shelf = self._shelves.get(self._category or "", "all")
        bits = [
            *choice("category", shelf, "category", chosen=self._category is not None),
            *choice("tag", self._tag or "all", "tag", chosen=self._tag is not None),
        ]
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
