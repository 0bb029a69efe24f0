"""On whose behalf something is done, where one program serves many people.

The dashboard and the commands act for the person in front of them; a server acts for whoever
signed in, and says so around each request. What keeps a record of a deed asks here first.
"""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

_NAME: Final[ContextVar[str | None]] = ContextVar("dli_tui_acting_for", default=None)


@contextmanager
def acting_for(name: str | None) -> Iterator[None]:
    """What is done in this block is done for `name`; None: for whoever runs the program."""
    token = _NAME.set(name)
    try:
        yield
    finally:
        _NAME.reset(token)


def acting_name() -> str | None:
    """For whom things are done now, if it isn't whoever runs the program."""
    return _NAME.get()


def acting_user() -> str:
    """Who does it: whoever a server acts for, else the user of this machine."""
    try:
        return acting_name() or getpass.getuser()
    except (KeyError, OSError):  # a container's user need not have a name
        return "dli-tui"
