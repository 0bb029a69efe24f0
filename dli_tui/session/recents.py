"""The latest runs of the rows that somebody sees: many names a question, one question at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable, Iterable, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Final

from dli_tui.domain.errors import DLIError

if TYPE_CHECKING:
    from dli_tui.client import WorkflowClient
    from dli_tui.domain.run import WorkflowRun
    from dli_tui.session.surroundings import Surroundings

    Mark = tuple[Hashable, ...]

RUNS: Final = 10
MOST_NAMES: Final = 100
KEPT: Final = 300
"""Rows seen longer ago than so many others are asked for again when they are seen again; the runs
of one take 20 KB."""


class Recents:
    """Fetches what is wanted and isn't known, or no longer true.

    `mark` tells how the last runs of a name's rows stand: once that differs, what was fetched
    is old.
    `fetched` is called with the names whose `runs` are others than before, or are forgotten.
    """

    def __init__(
        self,
        client: WorkflowClient,
        mark: Callable[[str], Mark],
        fetched: Callable[[Iterable[str]], None],
        around: Surroundings,
    ) -> None:
        self.runs: Mapping[str, tuple[WorkflowRun, ...]] = {}
        self._client, self._mark, self._fetched = client, mark, fetched
        self._around = around
        self._marks: dict[str, Mark] = {}
        self._wanted: dict[str, None] = {}
        self._unchecked: dict[str, None] = {}
        """Wanted names whose marks may differ from those of what was fetched."""
        self._failed = False
        self._wake = asyncio.Event()

    def start(self) -> None:
        """Begin to fetch."""
        self._around.tasks.start(self._go_on())

    def want(self, names: Iterable[str]) -> None:
        """These are the names that somebody sees now."""
        before, self._wanted = self._wanted, dict.fromkeys(islice(dict.fromkeys(names), KEPT))
        old = before.keys() - self._unchecked.keys()
        self._unchecked = {name: None for name in self._wanted if name not in old}
        self._wake.set()

    def look_again(self) -> None:
        """The rows were answered for: some may have moved, and what failed may work now."""
        self._failed = False
        self._unchecked = self._wanted.copy()
        self._wake.set()

    async def _go_on(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            with self._around.activity.under_way():
                while names := self._due():
                    await self._fetch(names)

    def _due(self) -> tuple[str, ...]:
        """The next names to ask for; none after a failure, until the rows are answered for."""
        if self._failed:
            return ()
        due: list[str] = []
        for name in list(self._unchecked):
            if len(due) == MOST_NAMES:
                break
            del self._unchecked[name]
            mark = self._mark(name)
            if mark and self._marks.get(name) != mark:
                due.append(name)
        return tuple(due)

    async def _fetch(self, names: tuple[str, ...]) -> None:
        # A run that moves while the answer is under way makes the answer old: that is seen when
        # its name is checked once more.
        marks = {name: self._mark(name) for name in names}
        try:
            found = await self._client.recent_runs(names, RUNS)
        except DLIError:
            # The list itself says what is wrong with the server.
            self._failed = True
            return
        except Exception as error:  # noqa: BLE001 - the next answer of the list tries again
            self._around.tasks.crashed(error)
            self._failed = True
            return
        new = {name: tuple(found.get(name, ())) for name in names}
        changed = [name for name in names if self.runs.get(name) != new[name]]
        changed += self._keep(new, marks)
        self._unchecked |= dict.fromkeys(names)
        if changed:
            self._fetched(changed)

    def _keep(self, new: dict[str, tuple[WorkflowRun, ...]], marks: dict[str, Mark]) -> list[str]:
        """Remember these; the names that are forgotten in exchange, of which none is wanted."""
        runs = {name: known for name, known in self.runs.items() if name not in new} | new
        self._marks |= marks
        wanted = set(self._wanted)
        unwanted = [name for name in runs if name not in wanted]
        forgotten = unwanted[: max(0, len(runs) - KEPT)]
        for name in forgotten:
            del runs[name], self._marks[name]
        self.runs = runs
        return forgotten
