"""One run, followed to its end: status, steps, and what the past says of how long it takes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from dli_tui.domain.errors import DLIError, Unsupported
from dli_tui.domain.status import RunStatus, SourceType
from dli_tui.session.feed import Feed

if TYPE_CHECKING:
    from dli_tui.client import WorkflowClient
    from dli_tui.domain.ids import RunRef
    from dli_tui.domain.run import WorkflowRun
    from dli_tui.domain.step import Step
    from dli_tui.insight.durations import Durations
    from dli_tui.session.surroundings import Surroundings

RUN_SECONDS: Final = 2.0
SLOWEST_SECONDS: Final = 10.0
QUIET_POLLS: Final = 5
"""After so many without a change, it is asked for half as often."""
UNKNOWN_FOR: Final = 600.0
UNKNOWN_SECONDS: Final = 60.0
LAST_LOOKS: Final = 2
"""The first answer that says it is over may lack what is written at the end."""
_TELLING: Final = 20


class RunFeed(Feed):
    """A run as it stands."""

    def __init__(
        self,
        client: WorkflowClient,
        ref: RunRef,
        zone_of: Callable[[str, SourceType | None], str],
        around: Surroundings,
    ) -> None:
        super().__init__(around)
        self.ref = ref
        self.run: WorkflowRun | None = None
        self.steps: tuple[Step, ...] = ()
        self.steps_note = ""
        """Why there are no steps, where a place has none."""
        self.past: Durations | None = None
        self.ended = False
        """Over, and looked at once more; nothing is asked until somebody wants it."""
        self._client, self._zone_of, self._pace = client, zone_of, around.pace
        self._noted_of = client.capabilities
        """What was offered when there were no steps: asked again once that is something else."""
        self._quiet = 0
        self._looks = 0
        self._unknown_since: float | None = None
        self._past_asked = False

    @property
    def timezone(self) -> str:
        """The zone of its workflow, where the row is known."""
        if self.run is None:
            return self._zone_of(self.ref.workflow or "", None)
        return self._zone_of(self.run.dataset_name, self.run.source_type)

    def refresh(self) -> asyncio.Future[None]:
        """Ask at once; after the end too, since a retry may have begun it again."""
        self._looks = 0
        self._past_asked = self.past is not None
        return super().refresh()

    async def _ask(self) -> None:
        before = self._shown()
        self.run = run = await self._client.run_now(self.ref)
        self.steps = await self._steps_now()
        self._quiet = self._quiet + 1 if self._shown() == before else 0
        self._judge(run.status)
        if not self._past_asked:
            self._past_asked = True
            # The run is there already; its past may take a while.
            self.tell()
            self.past = await self._past_of(run.dataset_name)

    def _every(self) -> float | None:
        if self._looks:
            return RUN_SECONDS if self._looks < LAST_LOOKS else None
        since = self._unknown_since
        if since is not None and self._pace.passed() - since >= UNKNOWN_FOR:
            return UNKNOWN_SECONDS
        return min(SLOWEST_SECONDS, RUN_SECONDS * 2.0 ** min(self._quiet // QUIET_POLLS, 10))

    def _judge(self, status: RunStatus) -> None:
        """What a status says of whether, and how, to go on."""
        if status.is_terminal:
            self._looks += 1
            self.ended = self.ended or self._looks >= LAST_LOOKS
        else:
            self._looks, self.ended = 0, False
        if status is not RunStatus.UNKNOWN:
            self._unknown_since = None
        elif self._unknown_since is None:
            self._unknown_since = self._pace.passed()

    async def _steps_now(self) -> tuple[Step, ...]:
        if self.steps_note and self._noted_of == self._client.capabilities:
            return ()
        try:
            steps = await self._client.steps(self.ref)
        except Unsupported as error:
            self.steps_note, self._noted_of = error.message, self._client.capabilities
            return ()
        self.steps_note = ""
        return steps

    async def _past_of(self, workflow: str) -> Durations | None:
        from dli_tui.insight.durations import durations  # noqa: PLC0415 - loads the models

        try:
            found = await self._client.recent_runs([workflow], _TELLING)
        except DLIError:
            # The run is what somebody came to see; without a past it has no estimate.
            return None
        return durations(found.get(workflow, ()))

    def _shown(self) -> tuple[WorkflowRun | None, tuple[Step, ...]]:
        """What is known, without the heartbeat, which says nothing of how far the run is."""
        return self.run and self.run.twin(updated_at=None), self.steps
