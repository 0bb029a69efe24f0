"""How many requests of each kind a minute may still leave, so that the service needn't say no.

Seed 003 allows 100 a minute for templates, 50 for making workflows, 200 for executing them and
500 for everything that is looked at. Polling slows down once most of that is spent; what is left
then is for the person at the keyboard. Who comes when nothing is left is told how long to wait.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from dli_tui.domain.errors import ServerError
from dli_tui.wire.failures import Operation

if TYPE_CHECKING:
    from dli_tui.domain.clock import Clock
    from dli_tui.domain.health import RateBudget

MINUTE: Final = 60.0
TEMPLATES: Final = "templates"
CREATION: Final = "creating workflows"
EXECUTION: Final = "executing workflows"
MONITORING: Final = "looking"
LIMITS: Final = {TEMPLATES: 100, CREATION: 50, EXECUTION: 200, MONITORING: 500}
KEPT_FREE: Final = 0.25
"""This part of each budget is not polled away."""
LONGEST_PAUSE: Final = 10.0
"""A question waits no longer than that; it may be a person's."""
_KINDS: Final = {
    Operation.TEMPLATES: TEMPLATES,
    Operation.SHELVE: TEMPLATES,
    Operation.CREATE: CREATION,
    Operation.REGISTER: CREATION,
    Operation.RUN: EXECUTION,
    Operation.RETRY: EXECUTION,
}


class Budget:
    """The requests of one kind in the last minute."""

    def __init__(self, kind: str, limit: int, passed: Callable[[], float]) -> None:
        self.kind, self.limit = kind, limit
        self._passed = passed
        self._sent: deque[float] = deque()
        self._shut_until = 0.0

    @property
    def left(self) -> int:
        """How many may still leave."""
        self._forget()
        return 0 if self.shut_for > 0 else max(0, self.limit - len(self._sent))

    @property
    def shut_for(self) -> float:
        """Seconds for which the service wants to hear nothing of the kind."""
        return max(0.0, self._shut_until - self._passed())

    @property
    def full_in(self) -> float:
        """Seconds until as many may leave as ever."""
        self._forget()
        last = self._sent[-1] + MINUTE - self._passed() if self._sent else 0.0
        return max(last, self.shut_for)

    @property
    def is_tight(self) -> bool:
        """Whether so much is spent that polling has to slow down."""
        return self.left <= self.limit * KEPT_FREE

    @property
    def room(self) -> int:
        """How many may leave before polling has to slow down."""
        return max(0, self.left - int(self.limit * KEPT_FREE) - 1)

    @property
    def pause(self) -> float:
        """Seconds that a question waits, so that what is left lasts until some comes back."""
        left = self.left
        if not self.is_tight or not self._sent:
            return 0.0
        first_back = max(0.0, self._sent[0] + MINUTE - self._passed())
        return min(LONGEST_PAUSE, first_back / max(left, 1))

    @property
    def free_in(self) -> float:
        """Seconds until one more may leave."""
        self._forget()
        first = 0.0
        if len(self._sent) >= self.limit:
            first = self._sent[len(self._sent) - self.limit] + MINUTE - self._passed()
        return max(first, self.shut_for)

    def spend(self) -> None:
        """One leaves now."""
        self._sent.append(self._passed())

    def shut(self, seconds: float) -> None:
        """The service has asked to be left alone."""
        self._shut_until = self._passed() + seconds

    def _forget(self) -> None:
        horizon = self._passed() - MINUTE
        while self._sent and self._sent[0] <= horizon:
            self._sent.popleft()


class Budgets:
    """All kinds; asked before each request."""

    def __init__(
        self,
        passed: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._sleep = sleep
        self._budgets = {kind: Budget(kind, limit, passed) for kind, limit in LIMITS.items()}

    def of(self, operation: Operation) -> Budget:
        """The budget that an operation is paid from."""
        return self._budgets[_KINDS.get(operation, MONITORING)]

    async def spend(self, operation: Operation, *, write: bool) -> None:
        """Wait where it is better to; refuse where nothing is left; else count it."""
        budget = self.of(operation)
        if not write and (pause := budget.pause) > 0:
            await self._sleep(pause)
        seconds = budget.free_in
        if seconds > 0:
            raise _spent(budget, seconds, write=write)
        budget.spend()

    def told(self, clock: Clock) -> tuple[RateBudget, ...]:
        """How all of them stand."""
        from dli_tui.domain.health import RateBudget  # noqa: PLC0415 - one page needs it

        now = clock.now()
        return tuple(
            RateBudget(
                name=one.kind,
                limit=one.limit,
                remaining=one.left,
                resets_at=now + timedelta(seconds=one.full_in) if one.full_in > 0 else None,
                slowed=one.pause > 0,
            )
            for one in self._budgets.values()
        )


def _spent(budget: Budget, seconds: float, *, write: bool) -> ServerError:
    sent = "; nothing was sent" if write else ""
    told = (
        f"The service wants no requests for {budget.kind} for a while"
        if budget.shut_for > 0
        else f"The service takes {budget.limit} requests a minute for {budget.kind}, "
        "and they are spent"
    )
    error = ServerError(f"{told}{sent}", hint=f"Try again in {seconds:.0f} s.")
    error.wait_seconds = seconds
    return error
