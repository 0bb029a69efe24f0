"""Airflow 3: /api/v2."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Final

from dli_tui.backends.airflow.dialect import Dialect
from dli_tui.backends.airflow.loglines import from_events
from dli_tui.domain.status import RunType

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from dli_tui.backends.airflow.dialect import Query
    from dli_tui.domain.log import LogLine
    from dli_tui.domain.query import HistoryQuery
    from dli_tui.domain.run import WorkflowRun
    from dli_tui.wire.values import Row

_NO_TIME: Final = timedelta()


class V2(Dialect):
    """A logical date has to be named, if only as none; logs are events."""

    root = "/api/v2"
    health = "/monitor/health"
    with_stale: ClassVar[Query] = {"exclude_stale": "false"}
    newest_first = "-run_after"
    made_last = "-run_after"
    logical_date = "logical_date"
    ranged_by = "run_after"
    page = "/dags/{dag}/runs/{run}"
    notes_apart = False
    tells_strangers_apart = True
    keeps_backfills = True

    def runs(
        self, query: HistoryQuery, *, limit: int, offset: int, interval: timedelta = _NO_TIME
    ) -> Query:
        asked = super().runs(query, limit=limit, offset=offset, interval=interval)
        if query.run_type is RunType.SCHEDULED:
            asked["run_type"] = "scheduled"
        if query.run_type is RunType.ADHOC:
            asked["run_type"] = "manual"
        if query.run_type is RunType.BACKFILL:
            # In the ids of its own backfills, and of those that we keep.
            asked["run_id_pattern"] = "backfill"
        return asked

    def trigger(self, run_id: str, conf: Row, dated: Row, note: str) -> Row:
        return {"dag_run_id": run_id, "conf": conf, "logical_date": None, "note": note} | dated

    def place_of(self, run: WorkflowRun) -> datetime | None:
        # A run that Airflow makes itself stands where it was due, however late it was made.
        is_own_backfill = run.run_type is RunType.BACKFILL and run.raw_run_type is None
        is_due = run.run_type is RunType.SCHEDULED or is_own_backfill
        due = (run.data_interval_end or run.slot) if is_due else None
        return due or run.created_at or run.started_at

    def lines(self, content: Any) -> Iterator[LogLine]:  # noqa: ANN401 - JSON
        return from_events(content)
