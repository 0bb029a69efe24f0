"""Which generation of the service answers, found by itself and remembered.

Three are in use. The contract of seed 003 and v1 share their address; v1 lacks templates and
steps, and is told to execute by another word. The oldest lives at /workflows and wraps each reply.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final, NamedTuple

from dli_tui.backends.http.exchange import Asked
from dli_tui.backends.pyairtable.line import Line, NoSuchRouteError
from dli_tui.backends.single_flight import SingleFlight
from dli_tui.domain.errors import AuthenticationError, ConnectionFailedError, ServerError
from dli_tui.wire.failures import Operation

TEMPLATES: Final = "/api/v1/templates"
_ROOTS: Final = ("/api/v1/workflows", "/workflows")
_THERE: Final = frozenset({400, 403, 404, 422, 429, 500, 502, 503, 504})
"""What says no, or is ill at the moment, is there all the same."""


class Routes(NamedTuple):
    """What a generation has, and where."""

    root: str
    """Where its workflows are."""
    has_steps: bool
    has_templates: bool

    @property
    def is_legacy(self) -> bool:
        """Whether it is the oldest, with words of its own for half of everything."""
        return self.root == _ROOTS[1]

    @property
    def executes(self) -> tuple[str, ...]:
        """The words that start an execution, the likeliest first."""
        return ("execute", "trigger") if self.has_steps else ("trigger", "execute")


class Place:
    """One automation service."""

    def __init__(self, line: Line, address: str, met: Callable[[Routes], None]) -> None:
        """`met` is told, once, what there is."""
        self.line, self.address, self._met = line, address, met
        self._found: Routes | None = None
        self._probe = SingleFlight(self._find)

    @property
    def known(self) -> Routes | None:
        """What was found, if somebody asked yet."""
        return self._found

    async def found(self) -> Routes:
        """What there is; asked once, and anew by the next caller while nothing answers."""
        return self._found or await self._probe()

    async def _find(self) -> Routes:
        self._found = found = await self._probed()
        self._met(found)
        return found

    async def _probed(self) -> Routes:
        for root in _ROOTS:
            if await _is_there(self.line, Asked(Operation.LIST, root, {"limit": 1})):
                break
        else:
            raise ServerError(
                f"No PyAirtable service answers at {self.address}",
                hint="Give the URL up to where /api begins.",
            )
        if root == _ROOTS[1]:
            return Routes(root, has_steps=False, has_templates=False)
        templates = {"page": 1, "page_size": 1}
        has_steps, has_templates = await asyncio.gather(
            _has(self.line, Asked(Operation.STEPS, f"{root}/executions/0/steps")),
            _has(self.line, Asked(Operation.TEMPLATES, TEMPLATES, templates)),
        )
        return Routes(root, has_steps=has_steps, has_templates=has_templates)


async def _is_there(line: Line, asked: Asked) -> bool:
    try:
        await line.ask(asked, lambda _: None)
    except NoSuchRouteError:
        return False
    return True


async def _has(line: Line, asked: Asked) -> bool:
    """Whether a part is there: one that is ill takes nothing of the others with it."""
    try:
        await line.ask(asked._replace(expected=_THERE), lambda _: None)
    except (AuthenticationError, ConnectionFailedError):
        raise
    except ServerError as problem:
        if problem.wait_seconds > 0:
            raise
        return False
    return True
