"""How a dashboard looks at an Airflow: the list first, then what moved in it."""

import asyncio

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


async def swept(backend, cursor):
    """What moved, once a look through the whole list that is due has come to its end."""
    first = await backend.changes(cursor)
    if backend._sweeping is not None:
        await asyncio.wait([backend._sweeping])
    second = await backend.changes(first.cursor)
    rows = {row.key: row for row in (*first.workflows, *second.workflows)}
    return second._replace(workflows=tuple(rows.values()), gone=(*first.gone, *second.gone))
