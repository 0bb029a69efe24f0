"""Where Airflow 2 and 3 want the same thing said differently; what they answer is read alike."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Final

from dli_tui.domain.status import RunStatus

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dli_tui.domain.log import LogLine
    from dli_tui.domain.query import HistoryQuery
    from dli_tui.domain.run import WorkflowRun
    from dli_tui.wire.values import Row

Query = dict[str, str | int]

PAGE: Final = 100
"""Airflow gives no more at once, and doesn't say so."""
MOST_RUNS: Final = 1_000
"""Five times as many have been seen to bring a server down."""
STATES: Final = {
    RunStatus.PENDING: "queued",
    RunStatus.RUNNING: "running",
    RunStatus.COMPLETED: "success",
    RunStatus.FAILED: "failed",
    # A stopped run is one that failed with our note.
    RunStatus.KILLED: "failed",
}
_DAY: Final = timedelta(days=1)
_NO_TIME: Final = timedelta()


class Dialect(ABC):
    """One version of the interface."""

    root: ClassVar[str]
    health: ClassVar[str]
    with_stale: ClassVar[Query]
    """What a list is asked so that DAGs come too whose file is gone or can't be read."""
    newest_first: ClassVar[str]
    """How the runs of a history are put in order."""
    made_last: ClassVar[str]
    """The order in which the first run of a DAG is its last run."""
    logical_date: ClassVar[str]
    """What the logical date of a run is called in queries."""
    ranged_by: ClassVar[str]
    """What a history of dates is asked by: each run has it, a logical date not each run."""
    page: ClassVar[str]
    """Where a run's page is, behind the address."""
    notes_apart: ClassVar[bool]
    """Whether a note is left by a request of its own."""
    tells_strangers_apart: ClassVar[bool]
    """Whether who isn't signed in gets another answer than who may not."""
    keeps_backfills: ClassVar[bool]
    """Whether it keeps backfills going itself."""

    def runs(
        self, query: HistoryQuery, *, limit: int, offset: int, interval: timedelta = _NO_TIME
    ) -> Query:
        """A page of the runs that fit; what isn't asked for here is filtered later.

        `interval` is the longest data interval: so much later than its date may a run be made.
        """
        asked: Query = {"limit": limit, "offset": offset, "order_by": self.newest_first}
        if query.status is not None and query.status in STATES:
            asked["state"] = STATES[query.status]
        # Slots are days of a schedule's zone, which may begin a day before or after UTC's.
        if query.start_date is not None:
            asked[f"{self.ranged_by}_gte"] = _midnight(query.start_date - _DAY)
        if query.end_date is not None:
            later = 2 * _DAY + (interval if self.ranged_by != self.logical_date else _NO_TIME)
            asked[f"{self.ranged_by}_lte"] = _midnight(query.end_date + later)
        return asked

    def moved(self, since: datetime, *, limit: int, offset: int) -> Query:
        """A page of the runs that moved since a moment."""
        return {
            "updated_at_gte": since.isoformat(),
            "limit": limit,
            "offset": offset,
            "order_by": self.made_last,
        }

    def latest(self, dag_ids: Sequence[str], *, offset: int = 0) -> Row:
        """The newest runs of many DAGs."""
        return {"dag_ids": list(dag_ids), "page_offset": offset, **self.newest()}

    def between(self, dag_ids: Sequence[str], first: datetime, last: datetime) -> Row:
        """The runs of many DAGs whose logical dates lie between two moments."""
        return {
            "dag_ids": list(dag_ids),
            f"{self.logical_date}_gte": first.isoformat(),
            f"{self.logical_date}_lte": last.isoformat(),
            **self.newest(),
        }

    @abstractmethod
    def place_of(self, run: WorkflowRun) -> datetime | None:
        """Where a run stands among those of its DAG, the last of which is its last run.

        None where nothing tells: then one that wasn't known before is the last.
        """

    def newest(self) -> Row:
        """The newest runs of all DAGs."""
        return {"order_by": self.made_last, "page_limit": MOST_RUNS}

    @abstractmethod
    def trigger(self, run_id: str, conf: Row, dated: Row, note: str) -> Row:
        """The body that starts a run; `dated` has its logical date and data interval, if any."""

    @abstractmethod
    def lines(self, content: Any) -> Iterator[LogLine]:  # noqa: ANN401 - JSON
        """The lines of a log."""


def _midnight(day: date) -> str:
    return datetime.combine(day, time.min, UTC).isoformat()
