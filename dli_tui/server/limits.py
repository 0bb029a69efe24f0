"""What is limited for each caller: failed sign-ins, refused writes, and what is under way at once.

Failed sign-ins are counted by token id and by address. Nobody can lock anybody else out: a secret
is checked before anything is counted, so one that is right always passes. What is remembered is
bounded, however many addresses somebody has.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final

WINDOW: Final = 60.0
MOST_FAILURES: Final = 10
MOST_KEYS: Final = 4_096


MOST_REFUSED: Final = 200
"""Refused writes of one person that may come at once."""
REFUSED_EACH_SECOND: Final = 1.0
"""How fast that budget fills up again."""
MOST_UNDER_WAY: Final = 16
"""Writes of one person that may be under way at once."""


class RefusedWrites:
    """A budget for each person: a refusal costs a line of the audit log, which others need."""

    def __init__(self, ticks: Callable[[], float]) -> None:
        self._ticks = ticks
        self._spent: OrderedDict[str, tuple[float, float]] = OrderedDict()
        """By sender: how many are spent, and when that was worked out."""

    def wait(self, sender: str) -> int:
        """How many seconds until the next write may be refused; 0 while there are few."""
        over = self._now_spent(sender) - (MOST_REFUSED - 1)
        return math.ceil(over / REFUSED_EACH_SECOND) if over > 0 else 0

    def refused(self, sender: str) -> None:
        """Note one more."""
        self._spent[sender] = self._now_spent(sender) + 1, self._ticks()
        self._spent.move_to_end(sender)
        if len(self._spent) > MOST_KEYS:
            self._spent.popitem(last=False)

    def _now_spent(self, sender: str) -> float:
        spent, at = self._spent.get(sender, (0.0, 0.0))
        return max(0.0, spent - (self._ticks() - at) * REFUSED_EACH_SECOND)


class UnderWay:
    """How many requests of each person are worked on now."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._count: dict[str, int] = {}

    @contextmanager
    def one_more(self, sender: str) -> Iterator[bool]:
        """Count a request as long as it is worked on; False where that is too many."""
        count = self._count.get(sender, 0)
        if count >= self._most:
            yield False
            return
        self._count[sender] = count + 1
        try:
            yield True
        finally:
            self._count[sender] -= 1
            if not self._count[sender]:
                del self._count[sender]


class FailedSignIns:
    """How often sign-ins failed of late."""

    def __init__(self, ticks: Callable[[], float]) -> None:
        self._ticks = ticks
        # Apart, so that made-up ids don't push addresses out.
        self._addresses = _Counts()
        self._ids = _Counts()

    def failed(self, address: str, token_id: str | None) -> int:
        """Note one more; how many seconds to wait before the next, 0 while that is fine."""
        now = self._ticks()
        waits = [self._addresses.add(owner_of(address), now)]
        if token_id is not None:
            waits.append(self._ids.add(token_id, now))
        return math.ceil(max(waits))


class _Counts:
    def __init__(self) -> None:
        self._windows: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def add(self, key: str, now: float) -> float:
        """One more for `key`; the seconds until its window ends, 0 while there are few."""
        ends, count = self._windows.pop(key, (0.0, 0))
        if now >= ends:
            ends, count = now + WINDOW, 0
        self._windows[key] = ends, count + 1
        if len(self._windows) > MOST_KEYS:
            self._windows.popitem(last=False)
        return ends - now if count >= MOST_FAILURES else 0.0


def owner_of(address: str) -> str:
    """Who an address belongs to: with IPv6, one connection has a whole network of them."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    return str(ip_network((found, 64), strict=False)) if isinstance(found, IPv6Address) else address
