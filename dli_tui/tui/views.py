"""Saved views of the list: a filter, an order and the columns, under a name. Pure.

Some stand in the config file under `[views.NAME]`, and are the same for a team; others a person
saved for himself. Of two of one name his own is meant.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from dli_tui.domain.status import SourceType, WorkflowStatus
from dli_tui.domain.text import safe_line
from dli_tui.present import arranging, words
from dli_tui.present.arranging import Order
from dli_tui.present.filters import ListFilter
from dli_tui.tui.choices import ORDERS
from dli_tui.tui.columns import ALL, known, named
from dli_tui.tui.widgets.filterbar import order_words

PREFIX: Final = "view:"
"""What the names of kept views begin with, among the choices."""
_LONGEST: Final = 40
_FLAGS: Final = ("running", "enabled", "problems")


class View(NamedTuple):
    """One way to look at the list."""

    name: str
    filter: ListFilter
    order: Order
    columns: tuple[str, ...] = ALL
    own: bool = False
    """Whether the person saved it here, rather than in the config file."""

    def told(self) -> str:
        """What it shows, in words."""
        shown = "" if self.columns == ALL else words.plural(len(self.columns), "column")
        parts = (self.filter.told() or "everything", order_words(self.order), shown)
        return ", ".join(part for part in parts if part)

    def as_word(self) -> str:
        """How it is kept."""
        return json.dumps(
            {
                "source": self.filter.source,
                "status": self.filter.status,
                "text": self.filter.text,
                **{flag: getattr(self.filter, flag) for flag in _FLAGS},
                "sort": self.order.column,
                "descending": self.order.descending,
                "columns": list(self.columns),
            }
        )


def kept(choices: Mapping[str, str]) -> dict[str, View]:
    """The views that were saved here; one that can't be read is as if it had never been."""
    found: dict[str, View] = {}
    for key, word in choices.items():
        if key.startswith(PREFIX) and word:
            try:
                settings = json.loads(word)
                view = view_of(key.removeprefix(PREFIX), settings)
            except (ValueError, RecursionError):
                continue
            found[view.name] = view._replace(own=True)
    return found


def configured(
    views: Mapping[str, Mapping[str, object]],
) -> tuple[dict[str, View], tuple[str, ...]]:
    """The views of the config file, and what is wrong with those that can't be taken over."""
    found: dict[str, View] = {}
    problems: list[str] = []
    for name, settings in views.items():
        try:
            view = view_of(name, settings)
        except ValueError as problem:
            problems.append(f"{safe_line(name, _LONGEST)}: {problem}")
        else:
            found[view.name] = view
    return found, tuple(problems)


def view_of(name: str, settings: Mapping[str, Any]) -> View:
    """A view made of settings; ValueError says what is wrong with them."""
    if not isinstance(settings, Mapping):
        raise ValueError("is no table")
    sort = settings.get("sort", "worst")
    if sort not in ORDERS:
        raise ValueError(f"sort must be one of {', '.join(ORDERS)}")
    descending = settings.get("descending", arranging.natural(sort))
    return View(
        name=safe_line(name, _LONGEST),
        filter=ListFilter(
            source=_one_of(SourceType, settings, "source"),
            status=_one_of(WorkflowStatus, settings, "status"),
            text=str(settings.get("text", "")),
            **{flag: settings.get(flag) is True for flag in _FLAGS},
        ),
        order=Order(sort, descending is True),
        columns=_columns(settings),
    )


def why_no_name(name: str) -> str:
    """What keeps a name from being one, as a sentence; empty where nothing does."""
    if not name.strip():
        return "Type a name for this view"
    if len(name) > _LONGEST or not name.isprintable():
        return f"A name has at most {_LONGEST} letters, on one line"
    return ""


def _one_of(enum: Any, settings: Mapping[str, Any], key: str) -> Any:  # noqa: ANN401 - any enum
    word = settings.get(key)
    if word in (None, "all"):
        return None
    if word not in tuple(enum):
        raise ValueError(f"{key} must be one of all, {', '.join(enum)}")
    return enum(word)


def _columns(settings: Mapping[str, Any]) -> tuple[str, ...]:
    wanted = settings.get("columns", ALL)
    if not isinstance(wanted, list | tuple) or not all(known(one) for one in wanted):
        raise ValueError(f"columns must be a list of {', '.join(ALL)}")
    return named(wanted)


def arranged(views: Iterable[View]) -> list[View]:
    """Views in the order in which they are offered: by name."""
    return sorted(views, key=lambda view: view.name.casefold())
