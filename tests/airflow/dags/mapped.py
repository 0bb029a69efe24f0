"""A task for each of three shares, in a group: one fails at its first try, or at every one."""

from datetime import datetime, timedelta

try:
    from airflow.providers.standard.operators.empty import EmptyOperator
    from airflow.sdk import DAG, TaskGroup, task
except ImportError:
    from airflow import DAG
    from airflow.decorators import task
    from airflow.operators.empty import EmptyOperator
    from airflow.utils.task_group import TaskGroup

MANY = 200


def mapped(name, *, retries, fails_at):
    """Shares, a copy of a task for each of them, and what comes after."""
    with DAG(
        name,
        schedule=None,
        start_date=datetime(2026, 11, 1),  # noqa: DTZ001 - Airflow reads it in UTC
        catchup=False,
        is_paused_upon_creation=True,
        default_args={"owner": "data"},
    ) as made:

        @task
        def shares():
            return [1, 2, 3]

        @task(retries=retries, retry_delay=timedelta(seconds=1))
        def convert(share, **context):
            tried = context["ti"].try_number
            print(f"share {share}, try {tried}")  # noqa: T201 - what a task writes
            if share == 2 and tried in fails_at:
                raise ValueError(f"no rate for share {share}")

        @task
        def load():
            print("loaded")  # noqa: T201 - what a task writes

        found = shares()
        with TaskGroup("by_share"):
            converted = convert.expand(share=found)
        converted >> load()
    return made


class Share(EmptyOperator):  # type: ignore[misc] # Airflow isn't there for mypy
    """Nothing to do, which the scheduler sees by itself: 200 processes would take minutes."""

    def __init__(self, *, share, **more):
        super().__init__(**more)
        self.share = share


def crowd(name):
    """A task with very many copies between two others."""
    with DAG(
        name,
        schedule=None,
        start_date=datetime(2026, 11, 1),  # noqa: DTZ001 - Airflow reads it in UTC
        catchup=False,
        is_paused_upon_creation=True,
        default_args={"owner": "data"},
    ) as made:
        shares = Share.partial(task_id="share").expand(share=list(range(MANY)))
        EmptyOperator(task_id="begin") >> shares >> EmptyOperator(task_id="end")
    return made


many = crowd("shares_many")
good = mapped("shares_mapped", retries=1, fails_at=(1,))
bad = mapped("shares_broken", retries=0, fails_at=(1, 2))
