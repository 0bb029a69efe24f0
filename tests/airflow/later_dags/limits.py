"""DAGs whose runs wait: for the date before, for another run, or for a pool without a slot."""

from datetime import datetime

import pendulum

try:
    from airflow.providers.standard.operators.empty import EmptyOperator
    from airflow.providers.standard.operators.python import PythonOperator
    from airflow.sdk import DAG
except ImportError:
    from airflow import DAG
    from airflow.operators.empty import EmptyOperator
    from airflow.operators.python import PythonOperator
from airflow.timetables.interval import CronDataIntervalTimetable

CLOSED = "closed"
"""A pool without a slot: what waits for it waits until somebody ends it, and costs nothing."""


def dag(name, schedule, start, **more):
    return DAG(
        name,
        schedule=schedule,
        start_date=start,
        is_paused_upon_creation=True,
        default_args={"owner": "data"},
        **({"catchup": False} | more),
    )


def waiting():
    """A task that never begins."""
    PythonOperator(task_id="waits", python_callable=print, pool=CLOSED)


with dag("after_the_last", "0 6 * * *", pendulum.datetime(2026, 3, 2, tz="UTC")) as after_the_last:
    EmptyOperator(task_id="step", depends_on_past=True)

with dag(
    "one_at_a_time",
    CronDataIntervalTimetable("0 6 * * *", timezone="UTC"),
    pendulum.now("UTC").subtract(days=9).start_of("day"),
    catchup=True,
    max_active_runs=1,
) as one_at_a_time:
    waiting()

for number in range(5):
    # Schedules that make one run by themselves, at most, and one that makes none.
    schedule = None if number == 0 else f"0 {number} 1 1 *"
    with dag(f"of_others_{number}", schedule, datetime(2026, 1, 1)) as made:  # noqa: DTZ001
        waiting()
    globals()[f"of_others_{number}"] = made
