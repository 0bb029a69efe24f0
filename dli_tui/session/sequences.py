"""The backfills that this program keeps going, as long as it runs and somebody wants them to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from dli_tui.domain.errors import InternalError
from dli_tui.domain.status import RunStatus
from dli_tui.session.news import News

if TYPE_CHECKING:
    from dli_tui.client import WorkflowClient
    from dli_tui.client.sequences import DateSequence, Sleep
    from dli_tui.domain.backfill import BackfillPlan
    from dli_tui.domain.ids import RunRef
    from dli_tui.session.tasks import Tasks


class Sequences(News):
    """Begins dates one after the other; tells when one of its backfills moves or ends."""

    def __init__(self, client: WorkflowClient, tasks: Tasks, sleep: Sleep) -> None:
        super().__init__()
        self._client, self._tasks, self._sleep = client, tasks, sleep
        self._kept: dict[RunRef, DateSequence] = {}
        self._ended: list[DateSequence] = []

    @property
    def under_way(self) -> tuple[DateSequence, ...]:
        """Those that go on as long as this program does."""
        return tuple(self._kept.values())

    def keeps(self, ref: RunRef) -> bool:
        """Whether a backfill is kept going from here."""
        return ref in self._kept

    async def start(self, plan: BackfillPlan, parameters: Mapping[str, Any]) -> DateSequence:
        """Begin a backfill, exactly as planned."""
        sequence = await self._client.sequence(plan, parameters)
        self._kept[sequence.ref] = sequence
        self._tasks.start(self._keep(sequence))
        await sequence.has_begun.wait()
        if sequence.problem is not None and not sequence.begun:
            # Nothing was begun: whoever asked is told so, and nobody else.
            self._ended = [one for one in self._ended if one is not sequence]
            raise sequence.problem
        return sequence

    async def stop(self, ref: RunRef, reason: str | None) -> None:
        """Begin no other date of it, and stop the one under way."""
        await self._kept[ref].stop(reason)

    def take_ended(self) -> list[DateSequence]:
        """Those that have ended since the last time."""
        ended, self._ended = self._ended, []
        return ended

    async def _keep(self, sequence: DateSequence) -> None:
        try:
            await sequence.keep_going(self._sleep, self.tell)
        except Exception as error:  # noqa: BLE001 - it is told as ended, not as going on
            self._tasks.crashed(error)
            sequence.problem, sequence.status = InternalError.of(error), RunStatus.FAILED
        finally:
            del self._kept[sequence.ref]
            self._ended.append(sequence)
            self.tell()
