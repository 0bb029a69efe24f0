"""What runs inside Airflow: `dli-tui airflow install` copies `dli_dags.py` into a DAGs folder.

Nothing of ours is installed there, so nothing here imports the rest, or is imported by it.
"""
