"""As much of an Airflow as a DAG is made of, which keeps what it was told."""

from types import SimpleNamespace


class Dag:
    def __init__(self, **told):
        self.told, self.tasks, self.doc_md = told, {}, None
        self.dag_id = told["dag_id"]

    def add_task(self, task):
        self.tasks[task.task_id] = task

    def validate(self):
        if self.dag_id == "refused":
            raise AirflowError("no such thing")


class Operator:
    def __init__(self, **told):
        self.told, self.after = told, []
        self.task_id = told["task_id"]

    def set_downstream(self, other):
        self.after.append(other.task_id)


class AirflowError(Exception):
    pass


class SkipError(Exception):
    pass


def stub(only=None):
    return SimpleNamespace(
        DAG=Dag,
        BaseOperator=Operator,
        AirflowException=AirflowError,
        Param=lambda default, **schema: (default, schema),
        AirflowSkipException=SkipError,
        start_date=None,
        timetable=lambda cron, timezone: (cron, timezone),
        get_parsing_context=lambda: SimpleNamespace(dag_id=only),
    )
