"""One thing done to many: each has a result of its own, and one failure stops no other."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from dli_tui.domain.errors import DLIError

Item = TypeVar("Item")
Result = TypeVar("Result")

AT_ONCE: Final = 4


@dataclass(frozen=True, slots=True)
class Outcome(Generic[Item, Result]):
    """What became of one item: a result, or an error."""

    item: Item
    result: Result | None = None
    error: DLIError | None = None

    @property
    def ok(self) -> bool:
        """Whether it was done."""
        return self.error is None


async def each(
    items: Iterable[Item], call: Callable[[Item], Awaitable[Result]]
) -> tuple[Outcome[Item, Result], ...]:
    """`call` for each of `items`, a few at a time, in the order given; never one of them twice."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(item: Item) -> Outcome[Item, Result]:
        async with gate:
            try:
                return Outcome(item, result=await call(item))
            except DLIError as error:
                return Outcome(item, error=error)

    return tuple(await asyncio.gather(*(one(item) for item in dict.fromkeys(items))))
