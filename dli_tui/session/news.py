"""Somebody is told that there is something new, and looks for himself what it is."""

from __future__ import annotations

from collections.abc import Callable


class News:
    """Tells its subscribers. What they do is cheap and never waits."""

    def __init__(self) -> None:
        self._subscribers: dict[object, Callable[[], None]] = {}

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call `callback` at every news from now on; the answer ends that."""
        ticket = object()
        self._subscribers[ticket] = callback

        def unsubscribe() -> None:
            self._subscribers.pop(ticket, None)

        return unsubscribe

    def tell(self) -> None:
        """Something is new."""
        # One who is told may leave, or bring another.
        for callback in tuple(self._subscribers.values()):
            callback()
