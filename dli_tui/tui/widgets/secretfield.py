"""A field for what nobody is to read over a shoulder."""

from __future__ import annotations

from textual.widgets import Input

from dli_tui.tui.widgets.rowfield import RowField
from dli_tui.tui.widgets.safeinput import SafeInput


class SecretField(RowField):
    """What is typed is shown as dots."""

    def line_to_type_in(self) -> Input:
        return SafeInput(
            self._first, placeholder=self._hint, compact=True, select_on_focus=False, password=True
        )
