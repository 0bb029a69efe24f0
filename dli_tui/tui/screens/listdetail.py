"""Of the list: the pane that tells more of the row under the cursor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual import on

from dli_tui.domain.ids import WorkflowKey
from dli_tui.present.rows import WorkflowRow
from dli_tui.tui import late, sheets
from dli_tui.tui.breakage import start_worker
from dli_tui.tui.screens.base import DashboardScreen
from dli_tui.tui.widgets.lines import Lines
from dli_tui.tui.widgets.page import Page
from dli_tui.tui.widgets.table import Table

if TYPE_CHECKING:
    from dli_tui.domain.workflow import DatasetInfo

ASK_SECONDS: Final = 0.2


class DetailedScreen(DashboardScreen):
    """A list with a detail pane beside it."""

    def __init__(self) -> None:
        super().__init__()
        self._told: WorkflowKey | None = None
        """The row that the detail pane is about."""
        self._asked: WorkflowKey | None = None
        """The row for which the server was asked what the list doesn't know."""
        self._behind = False
        """Whether the cursor has moved since the detail pane was told."""

    @property
    def table(self) -> Table[WorkflowRow]:
        """The list itself."""
        return self.query_one("#workflows", Table)

    def want_runs(self) -> None:
        """Have the last runs of what can be seen fetched."""
        raise NotImplementedError

    @on(Lines.CursorMoved)
    def tell_detail_soon(self) -> None:
        """Tell of the row under the cursor after the next paint."""
        # The cursor is painted first: a key is answered at once, what it leads to follows.
        if not self._behind:
            self._behind = True
            self.call_after_refresh(self._catch_up)

    def _catch_up(self) -> None:
        self._behind = False
        self.want_runs()
        self.tell_detail()

    def tell_detail(self) -> None:
        """Tell of the row under the cursor; what takes a question comes a moment later."""
        row = self.table.current
        if row is None or self.session is None:
            self.query_one("#detail", Page).tell([])
            return
        self._tell_sheet(row, self.session.known_dataset(row.key.name))
        if row.key != self._told:
            self._told = row.key
            self.query_one("#detail", Page).scroll_lines_to(0)
        if row.key != self._asked:
            self._asked = row.key
            start_worker(self, self._tell_more, row.key, group="detail", exclusive=True)

    async def _tell_more(self, key: WorkflowKey) -> None:
        """Ask for what the list doesn't know of a dataset, once the cursor rests on it."""
        session = self.session
        if session is None:
            return
        await session.pace.sleep(ASK_SECONDS)
        known = await session.dataset_info(key.name)
        row = self.table.current
        # Meanwhile somebody may have gone to another place, with a row of the same name.
        if session is self.session and row is not None and row.key == key:
            self._tell_sheet(row, known)

    def _tell_sheet(self, row: WorkflowRow, known: DatasetInfo | None) -> None:
        session = self.session
        info = session.workflows.rows.get(row.key) if session is not None else None
        if session is None or info is None:
            return
        runs = session.workflows.recent.get(row.key.name, ())
        sheet = late.making().workflow_sheet(info, row, runs, known, self.now())
        told = sheets.workflow(sheet, self.zone(row.zone), self.now(), self.looks)
        self.query_one("#detail", Page).tell(told)
