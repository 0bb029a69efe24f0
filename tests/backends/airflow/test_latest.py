"""Packed runs come back as they were, and what ten thousand DAGs need fits into a dashboard."""

import tracemalloc
from datetime import timedelta

from dli_tui.backends.airflow.book import KEPT, Book
from dli_tui.backends.airflow.convert import dag_of, run_of
from dli_tui.backends.airflow.latest import Latest
from dli_tui.domain.sequence import KEY
from dli_tui.domain.status import RunStatus, RunType
from tests.backends.airflow.fake import NOW, FakeAirflow
from tests.support_backends import run

DAGS = 200
MOST_BYTES = 5_000
"""Of one DAG with ten runs: ten thousand are 50 MB, beside the 70 that an empty dashboard takes."""


def test_runs_come_back_as_they_were():
    runs = (
        run("r3", status=RunStatus.RUNNING, started_at=NOW, parameters={KEY: {"slots": [1]}}),
        run("r2", run_type=RunType.BACKFILL, slot=NOW - timedelta(microseconds=1), raw_status="x"),
        run("r1", reported_seconds=1.5, parameters={"date": "2026-11-21", "deep": [{"a": None}]}),
    )
    latest = Latest.of(runs)
    assert latest.runs == runs
    assert [one.reported_seconds for one in latest.runs] == [None, None, 1.5]
    assert (latest.newest, latest.active) == (runs[0], 1)
    assert Latest.of(runs[:1]).runs == runs[:1]
    assert Latest.of(()).runs == ()


def test_a_dag_with_ten_runs_takes_little_memory():
    airflow = FakeAirflow()
    for number in range(DAGS):
        airflow.dag(f"team.area.d{number:05}", runs=KEPT, tags=("team:data", "prod"))
    book, page = Book(), "https://airflow.example.com/dags/{}/runs/{}".format
    tracemalloc.start()
    try:
        book.take(filter(None, map(dag_of, airflow.dags.values())))
        for dag_id, dag in book.dags.items():
            told = (one for (its, _), one in airflow.runs.items() if its == dag_id)
            runs = (run_of(one, dag, page) for one in told)
            book.set_runs(dag_id, list(filter(None, runs)))
        shown = list(book.rows())
        taken, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(shown) == DAGS
    assert taken / DAGS < MOST_BYTES
