"""The whole service: an automation side and a saga side on one world."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from dli_tui.domain.clock import Clock
from dli_tui.playground import stock
from dli_tui.playground.automation import Automation
from dli_tui.playground.door import Door, Entry, Keys
from dli_tui.playground.faults import Faults
from dli_tui.playground.flat import FlatOrchestrator
from dli_tui.playground.legacy import LegacyAutomation
from dli_tui.playground.makes import KEY, Generation, SagaSide
from dli_tui.playground.messages import Message, Messages
from dli_tui.playground.older import OlderAutomation
from dli_tui.playground.orchestrator import OlderOrchestrator, Orchestrator
from dli_tui.playground.saga_book import SagaBook
from dli_tui.playground.shelf import Shelf
from dli_tui.playground.templates import Templates
from dli_tui.playground.world import World


class Playground:
    """A service of one generation, beside an orchestrator of one make."""

    def __init__(
        self,
        clock: Clock,
        generation: Generation | Literal["003", "v1", "legacy"] = "003",
        sagas: SagaSide | Literal["003", "src", "flat"] = "003",
        api_key: str = KEY,
        stocked: bool = True,
    ) -> None:
        self.faults = Faults()
        self.requests: list[tuple[str, str]] = []
        """Every request that came, as (method, path)."""
        self._clock = clock
        self.world = world = World(clock, Generation(generation))
        self._shelf = Shelf(world, stock.templates(world.began) if stocked else ())
        self._book = SagaBook(world, stock.sagas(world.began) if stocked else ())
        if stocked:
            stock.fill(world)
        self._messages = Messages(world)
        self.automation = self._automation(world, api_key)
        self.orchestrator = self._orchestrator(SagaSide(sagas), api_key)

    def due(self, until: datetime) -> list[Message]:
        """The webhooks that became due since this was last asked."""
        return self._messages.due(until)

    def _automation(self, world: World, key: str) -> Door:
        match world.generation:
            case Generation.LEGACY:
                return self._door(LegacyAutomation(world).entries(), Keys(None), plain=True)
            case Generation.V1:
                keys = Keys(key, bearer=False)
                return self._door(OlderAutomation(world, self.faults).entries(), keys, plain=True)
            case Generation.NEWEST:
                entries = Automation(world, self.faults).entries()
                return self._door((*Templates(self._shelf).entries(), *entries), Keys(key))

    def _orchestrator(self, sagas: SagaSide, key: str) -> Door:
        match sagas:
            case SagaSide.NEWEST:
                return self._door(Orchestrator(self._book).entries(), Keys(key), down=True)
            case SagaSide.SRC:
                entries = OlderOrchestrator(self._book).entries()
                return self._door(entries, Keys(None), plain=True, down=True)
            case SagaSide.FLAT:
                entries = FlatOrchestrator(self._book).entries()
                return self._door(entries, Keys(None), plain=True, down=True)

    def _door(
        self, entries: Sequence[Entry], keys: Keys, *, plain: bool = False, down: bool = False
    ) -> Door:
        """An application; those that are plain in words set no limits either."""
        return Door(
            entries,
            clock=self._clock,
            keys=keys,
            limited=not plain,
            plain=plain,
            faults=self.faults,
            requests=self.requests,
            is_down=(lambda: self.faults.sagas_down) if down else (lambda: False),
        )
