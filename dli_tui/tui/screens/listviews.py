"""Of the list: the views that are saved of it, and which columns it shows."""

from __future__ import annotations

from collections.abc import Sequence

from dli_tui.present import words
from dli_tui.present.filters import ListFilter
from dli_tui.tui.listing import Listing
from dli_tui.tui.screens.base import DashboardScreen
from dli_tui.tui.views import View
from dli_tui.tui.widgets.table import Table


class ViewedScreen(DashboardScreen):
    """A list that can be looked at in saved ways."""

    listing: Listing

    def take_up(self, filtered: ListFilter) -> None:
        """Filter by this, whatever was filtered before, and arrange anew."""
        raise NotImplementedError

    def use_columns(self, columns: Sequence[str]) -> None:
        """Show these columns."""
        raise NotImplementedError

    def action_views(self) -> None:
        from dli_tui.tui.modals.views import ViewsScreen, Wish  # noqa: PLC0415 - rarely asked

        choices = self.dash.choices
        now = View("", self.listing.filter, self.listing.order, choices.columns)

        def wished(wish: Wish | None) -> None:
            if wish is not None and wish.save:
                self.dash.choose_view(wish.view)
                self.say(f"Saved the view {words.word(wish.view.name)}")
            elif wish is not None:
                self._show(wish.view)

        self.dash.push_screen(
            ViewsScreen(self.dash.views, now, self.dash.forget_view, self.looks), wished
        )

    def _show(self, view: View) -> None:
        self.listing.order = view.order
        self.dash.choose(self.dash.choices._replace(order=view.order, columns=view.columns))
        self.use_columns(view.columns)
        self.take_up(view.filter)
        self.say(f"This is the view {words.word(view.name)}: {view.told()}")

    def action_columns(self) -> None:
        from dli_tui.tui.modals.columns import ColumnsScreen  # noqa: PLC0415 - rarely asked

        def chosen(columns: tuple[str, ...] | None) -> None:
            if columns is not None:
                self.dash.choose(self.dash.choices._replace(columns=columns))
                self.use_columns(columns)

        room = self.query_one("#workflows", Table).room_for_columns
        self.dash.push_screen(ColumnsScreen(self.dash.choices.columns, self.looks, room), chosen)
