"""What was typed into a form: taken when it is left, put back when the same is asked again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

from textual.screen import Screen
from textual.widgets import Input

from dli_tui.domain.query import BackfillChoice, BackfillScope
from dli_tui.tui.widgets.field import Field
from dli_tui.tui.widgets.options import Options
from dli_tui.tui.widgets.toggle import Toggle

CONFIRM: Final = "confirm"
"""Never kept: who confirms does so each time."""
CHOICE: Final = "choice"
_ON: Final = "on"
_OFF: Final = "off"


def typed(form: Screen[bool]) -> dict[str, str]:
    """What somebody changed, by the names of the fields."""
    fields = {
        field.name or "": field.value
        for field in form.query(Field)
        if field.name != CONFIRM and field.is_typed
    }
    turned = {
        one.called: _ON if one.on else _OFF
        for one in form.query(Toggle)
        if one.is_turned and one.kept
    }
    chosen = {one.called: one.chosen for one in form.query(Options) if one.is_turned}
    return {**fields, **turned, **chosen}


def restore(form: Screen[bool], draft: Mapping[str, str]) -> bool:
    """Put a draft back; whether there was one."""
    for field in form.query(Field):
        field.value = draft.get(field.name or "", field.value)
    for toggle in form.query(Toggle):
        if toggle.called in draft:
            toggle.on = draft[toggle.called] == _ON
    for options in form.query(Options):
        options.chosen = draft.get(options.called, options.chosen)
    return bool(draft)


def choice_kept(choice: BackfillChoice) -> dict[str, str]:
    """The dates of a backfill for a draft: all of a choice, for a part of it is another plan."""
    only = None if choice.only is None else [moment.isoformat() for moment in choice.only]
    without = [day.isoformat() for day in choice.without]
    dates = choice.start.isoformat(), choice.end.isoformat()
    return {CHOICE: json.dumps([*dates, choice.scope, choice.parallel, without, only])}


def choice_of(draft: Mapping[str, str]) -> BackfillChoice | None:
    """The dates of a backfill that a draft has, if it has any."""
    if CHOICE not in draft:
        return None
    start, end, scope, parallel, without, only = json.loads(draft[CHOICE])
    return BackfillChoice(
        date.fromisoformat(start),
        date.fromisoformat(end),
        BackfillScope(scope),
        parallel,
        frozenset(map(date.fromisoformat, without)),
        None if only is None else frozenset(map(datetime.fromisoformat, only)),
    )


def select(form: Screen[bool]) -> None:
    """Mark what is back where the person begins: who types anew means it in place of that."""
    if isinstance(form.focused, Input):
        form.focused.select_all()
