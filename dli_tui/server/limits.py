"""Failed sign-ins are counted, by token id and by address, and too many are told to wait.

Nobody can lock anybody out: a secret is checked before anything is counted, so one that is right
always passes. What is remembered is bounded, however many addresses somebody has.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final

WINDOW: Final = 60.0
MOST_FAILURES: Final = 10
MOST_KEYS: Final = 4_096


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
