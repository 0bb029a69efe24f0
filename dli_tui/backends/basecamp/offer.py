"""What a Basecamp server has beyond seed 000: asked once, the first time that it matters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from dli_tui.backends.basecamp.serverclock import ServerClock
from dli_tui.backends.http.client import Http
from dli_tui.backends.http.exchange import Asked, decoded
from dli_tui.backends.single_flight import SingleFlight
from dli_tui.domain.capability import Capability
from dli_tui.domain.errors import DLIError
from dli_tui.domain.status import HealthStatus
from dli_tui.wire.beside import Offer, offer_of
from dli_tui.wire.failures import Operation
from dli_tui.wire.health import ANSWERS, health_of, without_ill_parts

if TYPE_CHECKING:
    from dli_tui.domain.health import Health
    from dli_tui.domain.run import WorkflowRun

BESIDE: Final = "/api/v1/x"
"""Where our own server keeps what 000 lacks."""
HEALTH: Final = "/api/v1/health"
PLAIN: Final = frozenset(
    {
        Capability.REGISTER,
        Capability.UNREGISTER,
        Capability.RUN,
        Capability.BACKFILL,
        Capability.BACKFILL_PARALLEL,
        Capability.SECOND_RUNS,
        Capability.SEQUENCES,
        Capability.STOP,
        Capability.PAUSE,
    }
)
"""What seed 000 alone offers."""

_ABSENT: Final = frozenset({400, 403, 404, 405, 410, 501})
"""How servers answer a path that they don't have."""
_ONLY_PLAIN: Final = "it speaks the plain contract, which has no such thing"
_NOT_YET: Final = "it hasn't said yet what it offers"


class Offers:
    """What the server offers, as far as it has been asked."""

    def __init__(self, http: Http, clock: ServerClock) -> None:
        self.offer: Offer | None = None
        """What a server of ours says; None: nobody asked yet, or it is plain."""
        self._http, self._clock = http, clock
        self._asked = False
        self.has_health = False
        """Whether a plain server tells how it is doing."""
        self._question = SingleFlight(self._ask)

    @property
    def is_ours(self) -> bool:
        """Whether it is known to have what 000 lacks."""
        return self.offer is not None

    async def found(self) -> Offer | None:
        """What a server of ours offers; None for a plain one. Fails while none answers."""
        return self.offer if self._asked else await self._question()

    async def learn_times(self, headers: Mapping[str, str], runs: Sequence[WorkflowRun]) -> None:
        """See in an answer how far the server's clock is off.

        Where it is ahead by nobody knows how much, its refusal to tell an offer has a time that
        tells that.
        """
        self._clock.look(headers, runs)
        if self._clock.is_unsure and not self._asked:
            with suppress(DLIError):
                await self.found()
            self._clock.look(headers, runs)

    def forget(self) -> None:
        """Ask anew when it matters next."""
        self._asked = False

    def why_not(self, capability: Capability) -> str | None:
        """Why something isn't offered, where that is known, as the end of a sentence."""
        if not self._asked:
            return _NOT_YET
        if self.offer is None:
            return _ONLY_PLAIN
        return self.offer.reasons.get(capability)

    async def health(self) -> Health | None:
        """What a plain server says of itself, beside the contract; None where it says nothing."""
        asked = Asked(Operation.HEALTH, HEALTH, expected=_ABSENT | ANSWERS)
        answer = await self._http.read(asked, bytes)
        if answer.status in _ABSENT:
            return None
        found = health_of(answer.status, decoded(answer.value))
        is_report = found.components or found.status is not HealthStatus.UNKNOWN
        return found.twin(status=without_ill_parts(found)) if is_report else None

    async def _ask(self) -> Offer | None:
        asked = Asked(Operation.GET, f"{BESIDE}/capabilities", expected=_ABSENT)
        answer = await self._http.read(asked, bytes)
        if answer.status in _ABSENT:
            self.offer = None
            # What stands in a refusal may be anything, a web page too.
            with suppress(DLIError):
                self._clock.refused(answer.headers, decoded(answer.value))
            with suppress(DLIError):
                self.has_health = await self.health() is not None
        else:
            self.offer = offer_of(decoded(answer.value))
        self._asked = True
        return self.offer
