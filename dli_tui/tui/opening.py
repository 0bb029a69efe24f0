"""What the command line hands to the dashboard: how to open the session, and what to heed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from dli_tui.tui.looks import Looks

if TYPE_CHECKING:
    from dli_tui.session.session import Session


class Where(NamedTuple):
    """The place that is looked at, as far as a person wants reminding of it."""

    name: str = "demo"
    production: bool = False
    read_only: bool = False
    typed: bool = False
    """Whether the name has to be typed out before anything is written."""


OpenSession = Callable[[Callable[[BaseException], None]], "AbstractAsyncContextManager[Session]"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """Everything that the dashboard doesn't find out for itself."""

    session: OpenSession
    """Called in a thread after the first paint: it may import what it likes. What a task of the
    session dies of is handed to its argument."""
    where: Where = field(default_factory=Where)
    looks: Looks = field(default_factory=Looks)
    theme: str | None = None
    """A theme that was asked for; it wins over the remembered one."""
    keys: Mapping[str, str] = field(default_factory=dict)
    zone: str = "UTC"
    """The zone of whoever looks."""
    choices: Mapping[str, str] = field(default_factory=dict)
    """What was chosen last time."""
    remember: Callable[[Mapping[str, str]], None] = lambda choices: None  # noqa: ARG005
    """Called in a thread to keep the choices."""
    begin: str | None = None
    """A workflow, run or address to open at once."""
