"""What was typed into a form: taken when it is left, put back when the same is asked again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from textual.screen import Screen

from dli_tui.tui.widgets.field import Field
from dli_tui.tui.widgets.toggle import Toggle

CONFIRM: Final = "confirm"
"""Never kept: who confirms does so each time."""
_ON: Final = "on"


def typed(form: Screen[bool]) -> dict[str, str]:
    """What somebody changed, by the names of the fields."""
    fields = {
        field.name or "": field.value
        for field in form.query(Field)
        if field.name != CONFIRM and field.is_typed
    }
    return {**fields, **{one.called: _ON for one in form.query(Toggle) if one.on}}


def restore(form: Screen[bool], draft: Mapping[str, str]) -> bool:
    """Put a draft back; whether there was one."""
    for field in form.query(Field):
        field.value = draft.get(field.name or "", field.value)
    for toggle in form.query(Toggle):
        toggle.on = toggle.called in draft
    return bool(draft)
