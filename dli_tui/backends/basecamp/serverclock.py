"""How far a server's own times are from the truth, told by the `Date` header of its answers.

Some Basecamp servers write local time with a literal Z. What such a server tells as now lies
hours from the time in the head of the same answer, which its HTTP library writes correctly.
The offset is taken only where the server tells its own now: how long a run under way has taken so
far, when a run began that was just started from here, or the time of an error, which is local and
says so. Offsets of time zones are multiples of a quarter of an hour. Any other moment that lies in
the future proves that the clock is ahead and not by how much, as a run may have ended hours ago;
schedules begin at full quarters, so that looks like an offset too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Final

from dli_tui.wire.values import record

if TYPE_CHECKING:
    from dli_tui.domain.results import WorkflowRunResult
    from dli_tui.domain.run import WorkflowRun
    from dli_tui.domain.workflow import WorkflowInfo

_TOLERATED: Final = timedelta(minutes=2)
"""Clocks of two machines, and of two programs on one, differ by less."""
_QUARTER: Final = timedelta(minutes=15)
_CLOSE: Final = timedelta(seconds=30)
_LARGEST: Final = timedelta(hours=14, minutes=1)
"""No time zone is further from UTC."""
_OF_RUN: Final = (*("slot", "created_at", "started_at", "finished_at", "updated_at", "stopped_at"),)
_OF_ROW: Final = ("next_run", "paused_at", "registered_at", "created_at", "updated_at")
_LOCAL: Final = "%Y-%m-%d %H:%M:%S"
"""How the server writes the time of an error."""
_AS_TOLD: Final = "the server's clock is ahead: times are shown as it tells them"


class ServerClock:
    """Learns the offset, and takes it off what a server tells."""

    def __init__(self) -> None:
        self.ahead: timedelta | None = None
        """By how much its times are later than they are; None while they seem right."""
        self._is_in_future = False
        self._of_errors: timedelta | None = None
        """By how much the times of its errors are ahead: they are local whatever runs tell."""

    def refused(self, headers: Mapping[str, str], body: object) -> None:
        """An answer that is an error, which has a time of its own."""
        sent, at = _sent(headers), _time_of_error(body)
        if sent is not None and at is not None:
            self._of_errors = _zone_in(at - sent)

    def look(self, headers: Mapping[str, str], runs: Iterable[WorkflowRun]) -> None:
        """What an answer that is new tells in its head, and of runs."""
        sent = _sent(headers)
        if sent is None:
            return
        every = tuple(runs)
        now = max((moment for run in every for moment in _now_by(run)), default=None)
        if now is not None and (zone := _zone_in(now - sent)) is not None:
            self.ahead = zone
        latest = max((moment for run in every for moment in _told(run)), default=None)
        if latest is None or not _TOLERATED < latest - sent <= _LARGEST:
            return
        self._is_in_future = True
        least = latest - sent - _CLOSE
        if self.ahead is not None and self.ahead < least:
            # What was certain has been: the clocks there have changed.
            self.ahead = None
        if self.ahead is None and self._of_errors is not None and self._of_errors >= least:
            self.ahead = self._of_errors

    @property
    def is_unsure(self) -> bool:
        """Whether it is ahead, and nothing has told by how much."""
        return self._is_in_future and self.ahead is None

    def began(self, headers: Mapping[str, str], at: datetime | None) -> None:
        """A run was started from here, and the server says when."""
        sent = _sent(headers)
        if sent is None or at is None or not _TOLERATED < abs(at - sent) <= _LARGEST:
            return
        self.ahead = _zone_in(at - sent) or timedelta(seconds=round((at - sent).total_seconds()))

    def run(self, run: WorkflowRun) -> WorkflowRun:
        """A run with its times as they are, which it says; or with a word that they are wrong."""
        if self.ahead is None:
            return run.twin(clock_note=_AS_TOLD) if self._is_in_future else run
        return run.twin(**_earlier(run, _OF_RUN, self.ahead), clock_note=self._note(self.ahead))

    def row(self, row: WorkflowInfo) -> WorkflowInfo:
        """A row with its times as they are."""
        last = None if row.last_run is None else self.run(row.last_run)
        if self.ahead is None:
            return row if last is row.last_run else row.twin(last_run=last)
        return row.twin(**_earlier(row, _OF_ROW, self.ahead), last_run=last)

    def result(self, result: WorkflowRunResult) -> WorkflowRunResult:
        """The answer to a write, with its times as they are."""
        moments = ("started_at", "stopped_at", "paused_at", "unregistered_at")
        return (
            result if self.ahead is None else result.twin(**_earlier(result, moments, self.ahead))
        )

    @staticmethod
    def _note(ahead: timedelta) -> str:
        minutes = round(abs(ahead).total_seconds() / 60)
        side = "ahead" if ahead > timedelta() else "behind"
        return f"the server's is {minutes // 60}h {minutes % 60:02}m {side}: times are corrected"


def _sent(headers: Mapping[str, str]) -> datetime | None:
    try:
        sent = parsedate_to_datetime(headers["date"])
    except (KeyError, ValueError):
        return None
    return sent.replace(tzinfo=UTC) if sent.tzinfo is None else sent


def _told(run: WorkflowRun) -> Iterable[datetime]:
    """The moments of a run that can't lie in the future."""
    for moment in (run.created_at, run.started_at, run.finished_at, run.updated_at):
        if moment is not None:
            yield moment


def _now_by(run: WorkflowRun) -> Iterable[datetime]:
    """What time it is where a run is under way, if it says how long."""
    if run.status.is_running and run.started_at is not None and run.reported_seconds:
        yield run.started_at + timedelta(seconds=run.reported_seconds)


def _zone_in(offset: timedelta) -> timedelta | None:
    """The offset of a time zone that this is; None where it is none, or hardly any."""
    quarter = _QUARTER * round(offset / _QUARTER)
    is_zone = _TOLERATED < abs(offset) <= _LARGEST and abs(offset - quarter) <= _CLOSE
    return quarter if is_zone else None


def _time_of_error(body: object) -> datetime | None:
    said = (record(body) or {}).get("timestamp")
    if isinstance(said, str):
        with suppress(ValueError):
            return datetime.strptime(said, _LOCAL).replace(tzinfo=UTC)
    return None


def _earlier(model: Any, names: Iterable[str], by: timedelta) -> dict[str, datetime | None]:  # noqa: ANN401 - one of three models
    told = ((name, getattr(model, name)) for name in names)
    return {name: moment if moment is None else moment - by for name, moment in told}
