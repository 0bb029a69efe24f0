"""What goes wrong on purpose: an answer that is a failure, that comes late, that never comes."""

from __future__ import annotations

from typing import NamedTuple


class AnswerLostError(ConnectionError):
    """What was asked was done, and nobody hears of it."""


class Fault(NamedTuple):
    """What becomes of a request."""

    status: int | None = None
    lost: bool = False
    seconds: float = 0.0
    retry_after: int | None = None


class _Set(NamedTuple):
    fault: Fault
    method: str | None
    path: str


class Faults:
    """Set ahead; each is used up by the next request that it fits.

    It fits by its method, and by a part of its path; without them it fits any.
    """

    def __init__(self) -> None:
        self._set: list[_Set] = []
        self.slow_seconds = 0.0
        """So late comes every answer."""
        self.sagas_down = False
        """Nothing but 503 from the orchestrator."""

    def answer(
        self,
        status: int,
        times: int = 1,
        *,
        method: str | None = None,
        path: str = "",
        retry_after: int | None = None,
    ) -> None:
        """Have that status answered, without anything being done."""
        fault = Fault(status=status, retry_after=retry_after)
        self._set += [_Set(fault, method, path)] * times

    def lose(self, times: int = 1, *, method: str | None = None, path: str = "") -> None:
        """Have it done, and the line cut before the answer."""
        self._set += [_Set(Fault(lost=True), method, path)] * times

    def delay(
        self, seconds: float, times: int = 1, *, method: str | None = None, path: str = ""
    ) -> None:
        """Have the answer come so much later."""
        self._set += [_Set(Fault(seconds=seconds), method, path)] * times

    def take(self, method: str, path: str) -> Fault:
        """What becomes of this request; it is used up."""
        for one in self._set:
            if one.method in {None, method} and one.path in path:
                self._set.remove(one)
                return one.fault._replace(seconds=one.fault.seconds + self.slow_seconds)
        return Fault(seconds=self.slow_seconds)
