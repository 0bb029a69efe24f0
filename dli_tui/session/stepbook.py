"""The steps of runs that are looked at side by side: a few at a time, and only what is seen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

from dli_tui.domain.errors import Unsupported, WorkflowNotFoundError
from dli_tui.session.feed import Feed

if TYPE_CHECKING:
    from dli_tui.client import WorkflowClient
    from dli_tui.domain.ids import RunRef
    from dli_tui.domain.run import WorkflowRun
    from dli_tui.domain.step import Step
    from dli_tui.session.surroundings import Surroundings

AT_ONCE: Final = 8
"""So many come before they are shown."""
KEPT: Final = 500


class StepBook(Feed):
    """The steps of some runs, asked for once, and again when a run has moved."""

    def __init__(self, client: WorkflowClient, around: Surroundings) -> None:
        super().__init__(around)
        self.steps: Mapping[RunRef, tuple[Step, ...]] = {}
        """Replaced, never changed."""
        self.note = ""
        """Why there are no steps, where a place tells none."""
        self._client = client
        self._noted_of = client.capabilities
        """What was offered when it told none: asked again once that is something else."""
        self._known: dict[RunRef, WorkflowRun] = {}
        self._wanted: tuple[WorkflowRun, ...] = ()

    def want(self, runs: Iterable[WorkflowRun]) -> None:
        """These runs are seen now, the most important first."""
        self._wanted = tuple(runs)
        self._poller.look_again()

    @property
    def is_behind(self) -> bool:
        """Whether steps of a run that is seen are still to come."""
        return bool(self._due())

    def _every(self) -> float | None:
        return 0.0 if self._due() else None

    def _paced(self) -> float | None:
        return self._every()

    async def _ask(self) -> None:
        from dli_tui.client.bulk import each  # noqa: PLC0415 - the client's package loads models

        due = {run.ref: run for run in self._due()[:AT_ONCE]}
        outcomes = await each(due, self._client.steps)
        self.note = ""
        # A run that is gone has no steps; to ask for it again would bring the same.
        known = [one for one in outcomes if one.ok or isinstance(one.error, WorkflowNotFoundError)]
        self._keep({one.item: one.result or () for one in known}, due)
        for problem in (one.error for one in outcomes if one not in known):
            if isinstance(problem, Unsupported):
                self.note, self._noted_of = problem.message, self._client.capabilities
            elif problem is not None:
                raise problem

    def _due(self) -> list[WorkflowRun]:
        if self.note and self._noted_of == self._client.capabilities:
            return []
        return [run for run in self._wanted if self._has_moved(run)]

    def _has_moved(self, run: WorkflowRun) -> bool:
        known = self._known.get(run.ref)
        return known is None or known.twin(updated_at=None) != run.twin(updated_at=None)

    def _keep(
        self, new: Mapping[RunRef, tuple[Step, ...]], runs: Mapping[RunRef, WorkflowRun]
    ) -> None:
        steps = {**self.steps, **new}
        self._known |= {ref: runs[ref] for ref in new}
        wanted = {run.ref for run in self._wanted}
        for ref in [ref for ref in steps if ref not in wanted][: max(0, len(steps) - KEPT)]:
            del steps[ref], self._known[ref]
        self.steps = steps
