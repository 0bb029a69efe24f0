"""`dli-tui open NAME|RUN|URL`: goes there once the session is open, or says what wasn't found.

The first look at a slow server may take a while. Whoever has gone somewhere else meanwhile
is left alone.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from dli_tui.domain.errors import DLIError, WorkflowNotFoundError
from dli_tui.domain.ids import RunRef, WorkflowKey
from dli_tui.domain.text import safe_line
from dli_tui.present import words
from dli_tui.tui import addresses

if TYPE_CHECKING:
    from dli_tui.domain.run import WorkflowRun
    from dli_tui.session.session import Session
    from dli_tui.tui.app import Dashboard

_MOST_NAMED: Final = 4
_SEARCH: Final = "Search the list with /"


async def arrive(app: Dashboard, session: Session, said: str) -> None:
    """Go to what `said` names."""
    await _Arrival(app, session).at(addresses.read(said))


class _Arrival:
    def __init__(self, app: Dashboard, session: Session) -> None:
        self._app, self._session = app, session

    async def at(self, aim: addresses.Aim) -> None:
        try:
            if aim.link:
                await self._at_link(aim)
            elif aim.run:
                await self._at_run(aim)
            else:
                await self._at_word(aim.word)
        except DLIError as problem:
            self._say(f"{problem.message}. {problem.hint}")

    async def _at_word(self, word: str) -> None:
        """A name, else the only name that it is a part of, else a run."""
        await self._listed()
        names = {key.name for key in self._session.workflows.rows}
        fitting = sorted(name for name in names if word.casefold() in name.casefold())
        if word in names or len(fitting) == 1:
            self._go_to(word if word in names else fitting[0])
        elif (run := await self._found(RunRef(word))) is not None:
            self._open(run)
        elif fitting:
            self._say(_which(word, fitting))
        else:
            self._say(f"No workflow or run is called {_quoted(word)}. {_SEARCH}")

    async def _at_run(self, aim: addresses.Aim) -> None:
        run = await self._found(RunRef(aim.run, aim.workflow))
        if run is not None:
            self._open(run)
            return
        await self._listed()
        if self._go_to(aim.workflow):
            self._say(f"{words.name(aim.workflow)} has no run {_quoted(aim.run)}")
        else:
            self._say(f"No workflow is called {_quoted(aim.workflow)}. {_SEARCH}")

    async def _at_link(self, aim: addresses.Aim) -> None:
        """The run that it names, else the one whose log page it is, else the workflow."""
        run = await self._linked(aim)
        if run is None:
            await self._listed()
            run = self._by_log_page(aim.link)
        if run is not None:
            self._open(run)
        elif not self._go_to(aim.workflow):
            self._say(f"Nothing that is known here belongs to that link. {_SEARCH}")
        elif aim.run:
            self._say(f"{words.name(aim.workflow)} has no run {_quoted(aim.run)}")

    async def _linked(self, aim: addresses.Aim) -> WorkflowRun | None:
        if not aim.run:
            return None
        run = await self._found(RunRef(aim.run, aim.workflow or None))
        if run is None and aim.workflow and self._session.client.backend.unique_run_ids:
            # What a link calls a DAG needn't be what the workflow is called here.
            run = await self._found(RunRef(aim.run))
        return run

    def _by_log_page(self, link: str) -> WorkflowRun | None:
        workflows = self._session.workflows
        last = (row.last_run for row in workflows.rows.values() if row.last_run is not None)
        recent = (run for runs in workflows.recent.values() for run in runs)
        known = (run for runs in (last, recent) for run in runs if run.logs_url)
        return next((run for run in known if addresses.same_link(run.logs_url or "", link)), None)

    # Asking

    async def _listed(self) -> None:
        """Until every workflow is known, or none more will be."""
        workflows = self._session.workflows
        told = asyncio.Event()
        unsubscribe = workflows.subscribe(told.set)
        try:
            while not workflows.complete and not workflows.is_given_up:
                await told.wait()
                told.clear()
        finally:
            unsubscribe()

    async def _found(self, ref: RunRef) -> WorkflowRun | None:
        try:
            return await self._session.client.run_now(ref)
        except WorkflowNotFoundError:
            return None

    # Going

    @property
    def _is_awaited(self) -> bool:
        return len(self._app.screen_stack) == 1

    def _open(self, run: WorkflowRun) -> None:
        if self._is_awaited:
            self._app.open_run(run.ref, words.name(run.dataset_name))

    def _go_to(self, name: str) -> bool:
        """Whether there is such a workflow; the cursor goes to its row."""
        rows = self._session.workflows.rows_of(name)
        if rows and self._is_awaited:
            key = WorkflowKey(name, rows[0].source_type)
            # The list has been told of its last rows before, and takes them first.
            self._app.screen.call_later(self._app.go_to, key)
        return bool(rows)

    def _say(self, text: str) -> None:
        self._app.notify(safe_line(text, 300), severity="warning", markup=False)


def _which(word: str, fitting: list[str]) -> str:
    named = ", ".join(words.name(name) for name in fitting[:_MOST_NAMED])
    more = f" and {len(fitting) - _MOST_NAMED} more" if len(fitting) > _MOST_NAMED else ""
    return f"{_quoted(word)} may be {named}{more}. Say more of the name. {_SEARCH}"


def _quoted(word: str) -> str:
    return f"'{safe_line(word, 80)}'"
