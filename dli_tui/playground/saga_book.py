"""All sagas there are at the moment, and what somebody does to them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from dli_tui.playground import kinds
from dli_tui.playground.course import Stop
from dli_tui.playground.refusals import RefusedError
from dli_tui.playground.sagas import (
    KEPT,
    OPEN,
    Part,
    Plot,
    Stand,
    Started,
    new_id,
    plot_of,
    stand_of,
)
from dli_tui.playground.world import World

_NOT_FOUND: Final = "SAGA_NOT_FOUND"


class SagaBook:
    """The sagas of a world: of its executions, and those that were started by themselves."""

    def __init__(self, world: World, started: Iterable[Started] = ()) -> None:
        self.world = world
        self._started = list(started)
        self._undone: dict[str, datetime] = {}

    def all(self) -> list[Stand]:
        """Those that haven't expired, newest first."""
        now = self.world.now()
        found = (stand_of(plot, now) for plot in self._plots(now))
        kept = [one for one in found if one.ended is None or now < one.ended + KEPT]
        return sorted(kept, key=lambda one: one.asked, reverse=True)

    def _plots(self, now: datetime) -> Iterable[Plot]:
        for execution in self.world.all_executions():
            # Far the most ended long ago. What undoing them took is less than what they are kept.
            if now < execution.course.ended + 2 * KEPT:
                yield self._with_deeds(plot_of(execution))
        for one in self._started:
            yield self._with_deeds(one.plot)

    def _with_deeds(self, plot: Plot) -> Plot:
        return plot._replace(undone_from=self._undone.get(plot.id))

    def one(self, saga_id: str, spelled: Callable[[str], str] = str) -> Stand:
        """The one of that id, in the spelling of whoever asks."""
        for stand in self.all():
            if spelled(stand.id) == saga_id:
                return stand
        raise RefusedError(404, "SAGA not found", _NOT_FOUND)

    def start(
        self,
        kind: kinds.Kind,
        given: Mapping[str, Any],
        correlation: str | None = None,
        tenant: str | None = None,
    ) -> Stand:
        """Begin one of a kind."""
        parts = kinds.parts_of(kind, given)
        return self._begin(
            kind=kind.name,
            parts=parts,
            input_data=given,
            correlation=correlation,
            tenant=tenant,
            fails_at=kinds.fails_at(parts, given),
        )

    def start_parts(
        self, pattern: str, parts: tuple[Part, ...], given: Mapping[str, Any], fails: int | None
    ) -> Stand:
        """Begin one whose steps are given."""
        return self._begin(kind=pattern, parts=parts, input_data=given, fails_at=fails)

    def _begin(self, *, correlation: str | None = None, **fields: Any) -> Stand:  # noqa: ANN401 - fields of the record
        now, words = self.world.now(), ("started", len(self._started))
        begun = Started(
            id=new_id(*words),
            asked=now,
            correlation=correlation or new_id("correlation", *words),
            **fields,
        )
        self._started.append(begun)
        return stand_of(begun.plot, now)

    def cancel(self, saga_id: str) -> None:
        """Have it undone, unless it is over or on its way back."""
        stand = self.one(saga_id)
        if stand.status not in OPEN:
            raise RefusedError(
                400,
                f"Cannot cancel SAGA in status: SagaStatus.{stand.status.upper()}",
                "SAGA_NOT_CANCELLABLE",
            )
        self.stop(stand)

    def stop(self, stand: Stand) -> None:
        """End one that is open; the execution that it belongs to ends with it."""
        if stand.execution_id is not None:
            self.world.stop(stand.execution_id)
            return
        now = self.world.now()
        for place, one in enumerate(self._started):
            if one.id == stand.id:
                self._started[place] = replace(one, events=(*one.events, Stop(now)))

    def undo(self, stand: Stand) -> None:
        """Have one undone that was completed."""
        self._undone[stand.id] = self.world.now()
