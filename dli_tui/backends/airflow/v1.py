"""Airflow 2: /api/v1."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from dli_tui.backends.airflow.dialect import Dialect
from dli_tui.backends.airflow.loglines import from_pairs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from dli_tui.backends.airflow.dialect import Query
    from dli_tui.domain.log import LogLine
    from dli_tui.domain.run import WorkflowRun
    from dli_tui.wire.values import Row


class V1(Dialect):
    """A logical date that is none may not be named; logs are a repr of Python's."""

    root = "/api/v1"
    health = "/health"
    with_stale: ClassVar[Query] = {"only_active": "false"}
    newest_first = "-execution_date"
    # The date of the run that a schedule made this morning is yesterday's: by dates, one that
    # somebody started yesterday at noon would hide it.
    made_last = "-id"
    logical_date = "execution_date"
    ranged_by = "execution_date"
    page = "/dags/{dag}/grid?dag_run_id={run}"
    notes_apart = True
    tells_strangers_apart = False
    keeps_backfills = False

    def trigger(self, run_id: str, conf: Row, dated: Row, note: str) -> Row:
        return {"dag_run_id": run_id, "conf": conf, "note": note} | dated

    def place_of(self, run: WorkflowRun) -> datetime | None:
        return run.created_at or run.started_at or run.finished_at

    def lines(self, content: Any) -> Iterator[LogLine]:  # noqa: ANN401 - JSON
        return from_pairs(content)
