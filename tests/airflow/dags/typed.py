"""A DAG whose parameters have a schema, and a task that writes what came."""

import json
from datetime import datetime

try:
    from airflow.sdk import DAG, Param, task
except ImportError:
    from airflow import DAG
    from airflow.decorators import task
    from airflow.models.param import Param

with DAG(
    "typed_export",
    schedule=None,
    start_date=datetime(2026, 1, 1),  # noqa: DTZ001 - Airflow reads it in UTC
    catchup=False,
    is_paused_upon_creation=True,
    default_args={"owner": "data"},
    params={
        "country": Param("kr", type="string", enum=["kr", "es"]),
        "rows": Param(10, type="integer", minimum=1, maximum=1000),
        "table": Param(type="string", pattern="^[a-z_]+$"),
        "day": Param("2026-01-31", type="string", format="date"),
    },
) as typed:

    @task
    def export(**context):
        given = {"params": dict(context["params"]), "conf": context["dag_run"].conf}
        print("given", json.dumps(given, sort_keys=True))  # noqa: T201 - what a task writes

    export()
