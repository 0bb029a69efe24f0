"""Who asked to hear when CODE takes over from MANUAL, or gives it back, hears it once.

What was seen is kept in the folder that Airflow reads, so that neither a new start nor a second
one who watches the same folder tells it again. It is kept before anything is sent: should a
program be killed in between, somebody hears nothing, but nobody hears it twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from dli_tui.domain.clock import Clock
from dli_tui.domain.errors import DLIError
from dli_tui.domain.schedule import NotificationTarget
from dli_tui.domain.status import SourceType
from dli_tui.specs.catalogue import Entry, place_of, read_entries
from dli_tui.specs.reach import target_of, why_not_a_url
from dli_tui.specs.sources import Change, Known, Notice, Seen, changes, notice_of, parts_of
from dli_tui.specs.store.objects import Objects
from dli_tui.specs.store.store import SpecStore
from dli_tui.specs.syncindex import alone, recall, remember

SEEN: Final = ".dli-tui-sources.json"
LOCK: Final = ".dli-tui-sources.lock"
LONGEST: Final = 60.0
"""Seconds for all messages of one look: whoever watches has a folder to look after."""
_AT_ONCE: Final = 16

Say = Callable[[str], None]


class Outside(NamedTuple):
    """What is beyond the store: who sends, what MANUAL may reach, and where problems are told."""

    post: Callable[[str, Mapping[str, Any]], Awaitable[None]]
    """Sends that to that address, once; a domain error where it didn't arrive."""
    allowed: tuple[str, ...]
    say: Say


class SourceNews:
    """One store, and what was seen of it."""

    def __init__(
        self,
        objects: Objects,
        folder: Path,
        clock: Clock,
        outside: Outside,
        *,
        seconds: float = LONGEST,
    ) -> None:
        self._store, self._where = SpecStore(objects, clock), objects.where
        self._folder, self._clock = folder.absolute(), clock
        self._outside, self._seconds = outside, seconds

    async def look(self, *, allow_empty: bool = False) -> None:
        """Tell what changed since the last look; the first look of all only looks."""
        for_whom = await self._taken(allow_empty=allow_empty)
        await self._tell(for_whom)

    async def _taken(self, *, allow_empty: bool) -> tuple[Notice, ...]:
        """What is to be told, which from now on counts as told."""
        # Who lists before it has the lock may take a moment that is over for news.
        async with alone(self._folder, self._clock, LOCK):
            before = await asyncio.to_thread(self._recalled)
            now, read = await self._looked(before, allow_empty=allow_empty)
            notices = await self._notices(changes(before, now), now, read)
            if now != before:
                await asyncio.to_thread(self._remember, now)
        return notices

    async def _looked(
        self, before: Known, *, allow_empty: bool
    ) -> tuple[dict[str, Seen], dict[str, Entry]]:
        """What there is now, and of it what had to be read."""
        now: dict[str, Seen] = {}
        read: dict[str, Entry] = {}
        listed = {source: await self._store.etags(source) for source in SourceType}
        for source, etags in listed.items():
            known = {key: seen for key, seen in before.items() if _source(key) is source}
            if known and not etags and not allow_empty:
                # As with the files of a folder: nothing at all, where there was something, is
                # rather a store that isn't well.
                now |= known
                continue
            same = {key: seen for key, seen in known.items() if etags.get(key) == seen.etag}
            fresh = {key: etag for key, etag in etags.items() if key not in same}
            entries = await read_entries(self._store, source, fresh)
            now |= same
            now |= {key: Seen(one.etag, one.is_removed) for key, one in entries.items()}
            read |= entries
        return now, read

    async def _notices(
        self, found: Iterable[Change], now: Known, read: Mapping[str, Entry]
    ) -> tuple[Notice, ...]:
        notices = []
        for change in found:
            key = place_of(change.name, change.now)
            entries = dict(read)
            if key not in entries:
                entries |= await read_entries(self._store, change.now, {key: now[key].etag})
            notice = notice_of(change, entries, self._clock.now()) if key in entries else None
            if notice is None:
                self._say(change, "nobody is told, as its spec can't be read")
            elif notice.targets:
                notices.append(notice)
        return tuple(notices)

    async def _tell(self, notices: Iterable[Notice]) -> None:
        messages = [(one, target) for one in notices for target in one.targets]
        waiting = iter(messages)
        done: list[NotificationTarget] = []

        async def some(mine: Iterator[tuple[Notice, NotificationTarget]]) -> None:
            for notice, target in mine:
                await self._tell_one(notice, target)
                done.append(target)

        try:
            async with asyncio.timeout(self._seconds), asyncio.TaskGroup() as senders:
                for _ in range(min(_AT_ONCE, len(messages))):
                    senders.create_task(some(waiting))
        except TimeoutError:
            left = len(messages) - len(done)
            self._outside.say(
                f"{left} of {len(messages)} messages about sources in force were given up after"
                f" {self._seconds:g} s"
            )

    async def _tell_one(self, notice: Notice, target: NotificationTarget) -> None:
        url = target.url or ""
        why = why_not_a_url(url, notice.change.now, self._outside.allowed)
        if why is None:
            try:
                await self._outside.post(url, notice.payload(target))
            except DLIError as problem:
                why = problem.message
            else:
                self._say(notice.change, f"{target_of(url).place} was told")
                return
        self._say(notice.change, f"not told: {why}")

    def _say(self, change: Change, what: str) -> None:
        self._outside.say(f"{change.name}: {change.now.name} is in force now; {what}")

    def _recalled(self) -> dict[str, Seen]:
        told = recall(self._folder, SEEN)
        if told is None or told.get("store") != self._where:
            return {}
        found = told.get("documents")
        pairs = found.items() if isinstance(found, dict) else ()
        return {key: Seen(*pair) for key, pair in pairs if _is_seen(pair)}

    def _remember(self, now: Known) -> None:
        documents = {key: list(now[key]) for key in sorted(now)}
        remember(self._folder, SEEN, {"store": self._where, "documents": documents})


def _source(key: str) -> SourceType | None:
    parts = parts_of(key)
    return None if parts is None else parts[1]


def _is_seen(pair: object) -> bool:
    match pair:
        case [str(), bool()]:
            return True
    return False
