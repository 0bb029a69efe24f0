"""Airflow itself behind the port, 2.x and 3.x: any DAG is a workflow."""
