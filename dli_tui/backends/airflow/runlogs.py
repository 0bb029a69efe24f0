"""A task's log, followed: each time only what came since, by Airflow's own continuation."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from typing import TYPE_CHECKING, Any, Final

from dli_tui.backends.http.exchange import Asked, decoded, segment
from dli_tui.domain.log import LogChunk
from dli_tui.wire.failures import Operation
from dli_tui.wire.values import first, record, text

if TYPE_CHECKING:
    from dli_tui.backends.airflow.dialect import Query
    from dli_tui.backends.airflow.place import Airflow
    from dli_tui.domain.ids import LogRef

_BEGINNING: Final = "0"
_END: Final = "end"


async def chunk(airflow: Airflow, run: str, ref: LogRef, cursor: str | None) -> LogChunk:
    """The lines of one try since `cursor`; `run` is where its run is."""
    if cursor == _END:
        return LogChunk(cursor=_END, complete=True)
    dialect = (await airflow.found()).dialect
    query: Query = {"full_content": "false"}
    if ref.map_index is not None:
        query["map_index"] = ref.map_index
    if cursor is not None and cursor != _BEGINNING:
        query["token"] = cursor
    path = f"{dialect.root}{run}/taskInstances/{segment(ref.step)}/logs/{ref.attempt}"
    asked = Asked(
        Operation.LOGS,
        path,
        query,
        headers={"Accept": "application/json"},
        dataset_name=ref.run.workflow or "",
        run_id=ref.run.run_id,
    )
    told = record((await airflow.http.read(asked, decoded)).value) or {}
    lines = tuple(dialect.lines(told.get("content")))
    token = first(told, text, "continuation_token")
    if token is None or is_end(token):
        return LogChunk(lines=lines, cursor=_END, complete=True)
    return LogChunk(lines=lines, cursor=token, complete=False)


def is_end(token: str) -> bool:
    """Whether a continuation says that nothing more will come."""
    body = token.partition(".")[0]
    try:
        told: Any = json.loads(urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    except ValueError:
        return False
    return (record(told) or {}).get("end_of_log") is True
