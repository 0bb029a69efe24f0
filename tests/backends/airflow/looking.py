"""How a dashboard looks at an Airflow: the list first, then what moved in it."""

from dli_tui.domain.query import WorkflowQuery
from dli_tui.domain.workflow import WorkflowInfo


async def listed(backend, query=None):
    """Every row of the list, each as it came last."""
    rows: dict[str, WorkflowInfo] = {}
    async for page in backend.workflows(query or WorkflowQuery()):
        rows |= {row.dataset_name: row for row in page.items}
    return rows


async def begun(backend):
    """A cursor, and the list that was asked for after it, as the dashboard does."""
    cursor = await backend.cursor()
    return cursor, await listed(backend)
