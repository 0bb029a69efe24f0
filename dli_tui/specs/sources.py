"""Which source is in force for each name, when that changed, and what is said of it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

from dli_tui.domain.clock import as_utc
from dli_tui.domain.schedule import NotificationTarget
from dli_tui.domain.status import SourceType
from dli_tui.specs.catalogue import Entry, place_of
from dli_tui.specs.store.local import ENDING

MOST_TARGETS: Final = 5
"""As many as the DAG factory allows."""
_SLACK: Final = "slack"


class Seen(NamedTuple):
    """What was seen of one document."""

    etag: str
    is_removed: bool


Known = Mapping[str, Seen]
"""By their keys."""


class Change(NamedTuple):
    """A name whose source in force is another than before."""

    name: str
    before: SourceType
    now: SourceType


class Notice(NamedTuple):
    """What is told of a change, and to whom."""

    change: Change
    by: str | None
    at: datetime
    targets: tuple[NotificationTarget, ...]

    def payload(self, target: NotificationTarget) -> dict[str, Any]:
        """The body of a message to that target."""
        name, before, now = self.change
        told: dict[str, Any] = {
            "event_type": "source_changed",
            "workflow_id": name,
            "from": before.name,
            "to": now.name,
            "by": self.by,
            "timestamp": as_utc(self.at).strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        if target.type != _SLACK:
            return told
        # Slack shows the text and leaves the rest alone.
        return {**told, "text": f"{name}: {now.name} is in force now, {before.name} was before"}


def parts_of(key: str) -> tuple[str, SourceType] | None:
    """The name and the source of the document at a key."""
    name = key.rpartition("/")[2].removesuffix(ENDING)
    return next(((name, one) for one in SourceType if place_of(name, one) == key), None)


def in_force(known: Known) -> dict[str, SourceType]:
    """The source that counts for each name: CODE where there is one."""
    found: dict[str, SourceType] = {}
    for key, seen in known.items():
        parts = parts_of(key)
        if parts is None or seen.is_removed:
            continue
        name, source = parts
        if source is SourceType.CODE or name not in found:
            found[name] = source
    return found


def changes(before: Known, now: Known) -> tuple[Change, ...]:
    """Where CODE took over from MANUAL or gave it back; what came or went altogether is neither."""
    then = in_force(before)
    return tuple(
        Change(name, then[name], source)
        for name, source in sorted(in_force(now).items())
        if then.get(name, source) is not source
    )


def notice_of(change: Change, entries: Mapping[str, Entry], now: datetime) -> Notice | None:
    """What is to be told, None where the spec in force makes no sense.

    `entries` holds what is in force, and that of CODE where it says who removed it.
    """
    spec = entries[place_of(change.name, change.now)].spec
    if spec is None:
        return None
    code = entries.get(place_of(change.name, SourceType.CODE))
    header = None if code is None or code.document is None else code.document.header
    targets = [one for one in spec.notifications.on_source_change if one.url]
    return Notice(
        change,
        None if header is None else header.by,
        now if header is None else header.at,
        tuple(targets[:MOST_TARGETS]),
    )
