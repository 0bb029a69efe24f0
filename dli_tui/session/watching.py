"""Runs that somebody started and left: when one ends, he is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple

from dli_tui.domain.errors import WorkflowNotFoundError
from dli_tui.session.feed import Feed

if TYPE_CHECKING:
    from dli_tui.client import WorkflowClient
    from dli_tui.client.bulk import Outcome
    from dli_tui.domain.errors import DLIError
    from dli_tui.domain.ids import RunRef
    from dli_tui.domain.run import WorkflowRun
    from dli_tui.session.surroundings import Surroundings

WATCH_SECONDS: Final = 5.0
MISSES: Final = 5
"""A server may take a moment to know a run that it was just told to start."""


class _Watched(NamedTuple):
    label: str
    misses: int = 0


class Watching(Feed):
    """The runs that are watched, and those that have ended since somebody took them."""

    for_eyes: ClassVar[bool] = False
    """A bell is for somebody who looks elsewhere."""

    def __init__(self, client: WorkflowClient, around: Surroundings) -> None:
        super().__init__(around)
        self._ended: list[WorkflowRun] = []
        self._lost: list[str] = []
        self._client = client
        self._watched: dict[RunRef, _Watched] = {}

    @property
    def labels(self) -> dict[RunRef, str]:
        """The runs that are watched, each with what it is called."""
        return {ref: watched.label for ref, watched in self._watched.items()}

    def watch(self, ref: RunRef, label: str) -> None:
        """Tell when that run ends."""
        self._watched[ref] = _Watched(label)
        self._poller.look_again()
        self.tell()

    def unwatch(self, ref: RunRef) -> None:
        """It no longer matters."""
        if self._watched.pop(ref, None) is not None:
            self.tell()

    def is_watched(self, ref: RunRef) -> bool:
        """Whether somebody waits for its end."""
        return ref in self._watched

    def take_ended(self) -> list[WorkflowRun]:
        """The runs that have ended since the last time."""
        ended, self._ended = self._ended, []
        return ended

    def take_lost(self) -> list[str]:
        """What the runs are called of which no end can be told: nobody knows them any more."""
        lost, self._lost = self._lost, []
        return lost

    async def _ask(self) -> None:
        from dli_tui.client.bulk import each  # noqa: PLC0415 - the client's package loads models

        # What is known of one run doesn't wait for the others: a problem is raised at the end.
        outcomes = await each(self._watched, self._client.run_now)
        problems = [problem for outcome in outcomes if (problem := self._note(outcome))]
        if problems:
            raise problems[0]

    def _every(self) -> float | None:
        return WATCH_SECONDS if self._watched else None

    def _note(self, outcome: Outcome[RunRef, WorkflowRun]) -> DLIError | None:
        """What an answer says of a run that is still watched; a problem is given back."""
        ref, run, error = outcome.item, outcome.result, outcome.error
        watched = self._watched.get(ref)
        if watched is None:
            return None
        if isinstance(error, WorkflowNotFoundError):
            self._miss(ref, watched)
            return None
        if run is not None and run.status.is_terminal:
            del self._watched[ref]
            self._ended.append(run)
        return error

    def _miss(self, ref: RunRef, watched: _Watched) -> None:
        if watched.misses + 1 < MISSES:
            self._watched[ref] = watched._replace(misses=watched.misses + 1)
        else:
            del self._watched[ref]
            self._lost.append(watched.label)
