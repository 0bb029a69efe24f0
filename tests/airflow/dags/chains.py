"""How a plain DAG is made for Airflow 2 and 3 alike: three tasks, one after the other."""

import time
from datetime import timedelta

import pendulum

try:
    from airflow.providers.standard.operators.empty import EmptyOperator
    from airflow.providers.standard.operators.python import PythonOperator
    from airflow.sdk import DAG
except ImportError:
    from airflow import DAG
    from airflow.operators.empty import EmptyOperator
    from airflow.operators.python import PythonOperator

BAD_DAYS = ("2026-10-06", "2026-11-03")


def work(seconds=0, fails=False, fails_on_bad_days=False, **context):
    for number in range(seconds):
        print(f"at work, second {number + 1} of {seconds}")  # noqa: T201 - what a task writes
        # The work itself: it runs within Airflow, not in a test.
        time.sleep(1)
    day = str(context.get("ds", ""))
    if fails or (fails_on_bad_days and day in BAD_DAYS):
        raise ValueError("no such column: amount")


def chain(
    name, *, schedule=None, tags=(), owner="data", zone="UTC", seconds=0, later=0, **of_the_second
):
    """Three tasks, one after the other; those with nothing to do are no process of their own."""
    of_the_first, in_the_middle = {"seconds": seconds}, {"seconds": later, **of_the_second}
    retry = {"owner": owner, "retries": 0, "retry_delay": timedelta(seconds=1)}
    with DAG(
        name,
        schedule=schedule,
        start_date=pendulum.datetime(2026, 1, 1, tz=zone),
        catchup=False,
        is_paused_upon_creation=True,
        tags=list(tags),
        default_args=retry,
    ) as made:
        second = PythonOperator(task_id="work", python_callable=work, op_kwargs=in_the_middle)
        if seconds:
            first = PythonOperator(task_id="extract", python_callable=work, op_kwargs=of_the_first)
            third = PythonOperator(task_id="load", python_callable=work)
        else:
            first, third = EmptyOperator(task_id="extract"), EmptyOperator(task_id="load")
        first >> second >> third
    return made
