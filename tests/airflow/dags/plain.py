"""A handful of plain DAGs for the stories, for Airflow 2 and 3 alike."""

import time
from datetime import datetime, timedelta

try:
    from airflow.providers.standard.operators.python import PythonOperator
    from airflow.sdk import DAG
except ImportError:
    from airflow import DAG
    from airflow.operators.python import PythonOperator

BAD_DAY = "2026-11-03"


def work(seconds=0, fails=False, fails_on_bad_days=False, **context):
    for number in range(seconds):
        print(f"at work, second {number + 1} of {seconds}")  # noqa: T201 - what a task writes
        # The work itself: it runs within Airflow, not in a test.
        time.sleep(1)
    day = str(context.get("ds", ""))
    if fails or (fails_on_bad_days and day == BAD_DAY):
        raise ValueError("no such column: amount")


def chain(name, *, schedule=None, tags=(), **of_the_second):
    """Three tasks, one after the other."""
    retry = {"owner": "data", "retries": 0, "retry_delay": timedelta(seconds=1)}
    with DAG(
        name,
        schedule=schedule,
        start_date=datetime(2026, 11, 1),  # noqa: DTZ001 - Airflow reads it in UTC
        catchup=False,
        is_paused_upon_creation=True,
        tags=list(tags),
        default_args=retry,
    ) as made:
        first = PythonOperator(task_id="extract", python_callable=work)
        second = PythonOperator(task_id="work", python_callable=work, op_kwargs=of_the_second)
        third = PythonOperator(task_id="load", python_callable=work)
        first >> second >> third
    return made


sales = chain(
    "sales_daily",
    schedule="0 6 * * *",
    tags=("dataset:sales.daily", "source:manual", "timezone:Europe/Madrid", "team:finance"),
    seconds=2,
)
rates = chain("rates_failing", fails=True)
slow = chain("slow_export", seconds=120)
dated = chain("dated", schedule="0 0 * * *", fails_on_bad_days=True)
