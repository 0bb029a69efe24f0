"""What a command is, and what a key that nobody can change is."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from dli_tui.domain.capability import Capability


class Scope(StrEnum):
    """Where a command works."""

    EVERYWHERE = "everywhere"
    LIST = "workflows"
    RUN = "run"
    HISTORY = "history"
    CONFIGURATION = "configuration"
    BACKFILL = "backfill"
    BACKFILLS = "backfills"
    TEMPLATES = "templates"
    SAGAS = "sagas"
    SAGA = "saga"
    HEALTH = "health"
    CONTEXTS = "contexts"


class Command(NamedTuple):
    """One thing that a person can do with a key."""

    id: str
    keys: str
    label: str
    help: str
    scope: Scope
    action: str
    writes: bool = False
    needs: Capability | None = None
    shown: int = 0
    """Its place in the line of keys; 0 keeps it out of there."""


class Place(StrEnum):
    """Where a key works that nobody can give to something else."""

    APP = "app"
    PANES = "panes"
    LINES = "lines"
    LOG = "log"
    QUESTION = "question"
    DOCUMENT = "document"
    NAMES = "names"
    PALETTE = "palette"
    HELP = "help"
    OPTIONS = "options"
    MONTH = "month"
    VIEWS = "views"
    COLUMNS = "columns"


class Fixed(NamedTuple):
    """What a key does that stays as it is: it moves, or belongs to what is open."""

    keys: str
    help: str
    place: Place
    action: str = ""
    """Empty where Textual has the binding, or the widget looks at the key itself."""
    priority: bool = False
    """Whether it comes before the field that is typed in."""


Own = tuple[str, str, str, str, str, int]
"""A command of one screen: id, keys, label, help, action, its place in the line of keys."""


def of(scope: Scope, *own: Own, needs: Capability | None = None) -> tuple[Command, ...]:
    """The commands of a screen, and what a place has to offer for them."""
    return tuple(
        Command(id_, keys, label, says, scope, action, needs=needs, shown=shown)
        for id_, keys, label, says, action, shown in own
    )
