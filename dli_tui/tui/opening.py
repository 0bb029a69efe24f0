"""What the command line hands to the dashboard: how to open the session, and what to heed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, Protocol

from dli_tui.tui.looks import Looks

if TYPE_CHECKING:
    from dli_tui.session.contexts import Contexts
    from dli_tui.session.session import Session


class Where(NamedTuple):
    """The place that is looked at, as far as a person wants reminding of it."""

    name: str = "demo"
    production: bool = False
    read_only: bool = False
    typed: bool = False
    """Whether the name has to be typed out before anything is written."""


OpenSession = Callable[[Callable[[BaseException], None]], "AbstractAsyncContextManager[Session]"]


class Context(NamedTuple):
    """A place that a person has a profile for."""

    where: Where
    kind: str
    address: str
    """Where it is, for eyes; empty for the demo."""
    session: OpenSession
    """How to open it; of two that are equal, either opens the same."""

    @property
    def name(self) -> str:
        """The profile's name."""
        return self.where.name


class Draft(NamedTuple):
    """A profile to be added: its name, and its settings as the config file calls them."""

    name: str
    settings: Mapping[str, str | bool | list[str]]


class Places(Protocol):
    """The places that a person has, and what can be done about them. Nothing of it is fast."""

    @property
    def kept_in(self) -> str:
        """The config file, for eyes."""
        ...

    def contexts(self) -> Sequence[Context]:
        """All of them, in the order of the config file; a DLI error where that can't be read.
        To be called in a thread."""
        ...

    def glances(self) -> Contexts:
        """What looks at them."""
        ...

    def problems(self, draft: Draft) -> Mapping[str, str]:
        """What is wrong with a profile to be added, by setting; "" for the whole. Nothing is
        opened for that."""
        ...

    async def test(self, draft: Draft) -> str:
        """Connect as it would, and say in words how that went; a DLI error where it didn't."""
        ...

    def add(self, draft: Draft) -> str:
        """Write it to the config file, and say what else to know; to be called in a thread."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """Everything that the dashboard doesn't find out for itself."""

    session: OpenSession
    """Called in a thread after the first paint: it may import what it likes. What a task of the
    session dies of is handed to its argument."""
    where: Where = field(default_factory=Where)
    places: Places | None = None
    """The other places that a person has."""
    looks: Looks = field(default_factory=Looks)
    theme: str | None = None
    """A theme that was asked for; it wins over the remembered one."""
    keys: Mapping[str, str] = field(default_factory=dict)
    views: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    """The saved views of the config file, as they stand there."""
    zone: str = "UTC"
    """The zone of whoever looks."""
    choices: Mapping[str, str] = field(default_factory=dict)
    """What was chosen last time."""
    remember: Callable[[Mapping[str, str]], None] = lambda choices: None  # noqa: ARG005
    """Called in a thread to keep the choices."""
    keep_report: Callable[[str], str] = lambda text: ""  # noqa: ARG005
    """Keeps crash reports where only this user reads them, and says in which file; "" where it
    can't."""
    begin: str | None = None
    """A workflow, run or address to open at once."""
