"""Places of objects for the tests, and writers who meet right before they write."""

import asyncio
from datetime import UTC, datetime

from obstore.store import MemoryStore

from dli_tui.domain.acting import acting_for
from dli_tui.domain.clock import SystemClock
from dli_tui.specs.store.bucket import Bucket
from dli_tui.specs.store.local import Folder
from dli_tui.specs.store.objects import Objects
from dli_tui.specs.store.store import SpecStore
from tests.support import ManualClock

NAME = "web.clicks"
NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def spec(name=NAME, words="as it began"):
    """The text of a spec."""
    return f"version: v1\nname: {name}\nowner: data@example.com\ndescription: '{words}'\n"


def folder(tmp_path):
    # Who waits for a lock waits for somebody real.
    return lambda: Folder(tmp_path, SystemClock())


def memory(tmp_path):
    kept = MemoryStore()
    return lambda: Bucket("memory://", kept)


class Meeting(Objects):
    """Writers wait for each other before they write: each has seen the same."""

    def __init__(self, inner, barrier):
        super().__init__(inner.where)
        self._inner, self._barrier = inner, barrier

    async def etags(self, folder):
        return await self._inner.etags(folder)

    async def get(self, key):
        return await self._inner.get(key)

    async def put(self, key, data, *, over):
        await self._barrier.wait()
        return await self._inner.put(key, data, over=over)


def store_of(objects, clock=None):
    return SpecStore(objects, clock or ManualClock(NOW))


async def at_once(open_objects, *deeds):
    """What comes of each deed, done by somebody of its own, all at the same moment."""
    barrier = asyncio.Barrier(len(deeds))

    async def one(number, deed):
        with acting_for(f"writer-{number}"):
            return await deed(store_of(Meeting(open_objects(), barrier)))

    called = (one(number, deed) for number, deed in enumerate(deeds))
    return await asyncio.gather(*called, return_exceptions=True)
