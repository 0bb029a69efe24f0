"""A task's log, followed: each time only what came since, by Airflow's own continuation."""

from __future__ import annotations

import json
import zlib
from base64 import urlsafe_b64decode
from typing import TYPE_CHECKING, Any, Final

from dli_tui.backends.http.exchange import Answer, Asked, decoded, segment
from dli_tui.domain.log import LogChunk, LogLine
from dli_tui.wire.failures import Operation
from dli_tui.wire.values import first, record, text

if TYPE_CHECKING:
    from dli_tui.backends.airflow.dialect import Query
    from dli_tui.backends.airflow.place import Airflow
    from dli_tui.domain.ids import LogRef

_BEGINNING: Final = "0"
_END: Final = "end"
_LONGEST: Final = 10_000
_ABSENT: Final = frozenset({404})


Told = tuple[tuple[LogLine, ...], str | None]
"""Lines, and the token of those to come."""


async def chunk(airflow: Airflow, run: str, ref: LogRef, cursor: str | None) -> LogChunk:
    """The lines of one try since `cursor`; `run` is where its run is."""
    if cursor == _END:
        return LogChunk(cursor=_END, complete=True)
    token = None if cursor == _BEGINNING else cursor
    expected = _ABSENT if ref.attempt == 1 and token is None else frozenset[int]()
    answer = await _asked(airflow, run, ref, token, expected=expected)
    if answer.status in expected:
        # 3.x numbers what hasn't begun as try 0, says of it that there is no log, and knows no try
        # 1 of it yet; of what nobody knows there is no try 0 either.
        await _asked(airflow, run, ref._replace(attempt=0), None)
        return LogChunk(cursor=_BEGINNING, complete=False)
    lines, token = answer.value
    if token is None or is_end(token):
        return LogChunk(lines=lines, cursor=_END, complete=True)
    return LogChunk(lines=lines, cursor=token, complete=False)


async def _asked(
    airflow: Airflow,
    run: str,
    ref: LogRef,
    token: str | None,
    *,
    expected: frozenset[int] = frozenset(),
) -> Answer[Told]:
    dialect = (await airflow.found()).dialect
    query: Query = {"full_content": "false"}
    if ref.map_index is not None:
        query["map_index"] = ref.map_index
    if token is not None:
        query["token"] = token

    def parse(content: bytes) -> Told:
        # Megabytes of lines take a while: where the answer is long, this is done in a thread.
        told = record(decoded(content)) or {}
        return tuple(dialect.lines(told.get("content"))), first(told, text, "continuation_token")

    asked = Asked(
        Operation.LOGS,
        f"{dialect.root}{run}/taskInstances/{segment(ref.step)}/logs/{ref.attempt}",
        query,
        headers={"Accept": "application/json"},
        dataset_name=ref.run.workflow or "",
        run_id=ref.run.run_id,
        expected=expected,
    )
    return await airflow.http.read(asked, parse)


def is_end(token: str) -> bool:
    """Whether a continuation says that nothing more will come."""
    is_packed = token.startswith(".")
    body = token.removeprefix(".").partition(".")[0]
    try:
        told: Any = urlsafe_b64decode(body + "=" * (-len(body) % 4))
        if is_packed:
            told = zlib.decompressobj().decompress(told, _LONGEST)
        told = json.loads(told)
    except (ValueError, zlib.error):
        return False
    return (record(told) or {}).get("end_of_log") is True
