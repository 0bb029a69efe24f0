"""Which run a saga belongs to, by `workflow-123-execution-789` as correlation id, or its input."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from dli_tui.domain.ids import RunRef
    from dli_tui.domain.saga import Saga
    from dli_tui.domain.workflow import WorkflowInfo

_WORDS: Final = re.compile(
    r"(?:^|[^a-z])(?:workflow[-_:](?P<workflow>\w+)[-_:])?execution[-_:](?P<run>\w+)$",
    re.IGNORECASE,
)
_GIVEN: Final = ("execution_id", "workflow_id")
"""What the input of a saga calls the two."""


class RunOfSaga(NamedTuple):
    """The run that a saga belongs to."""

    run_id: str
    workflow_id: str | None
    """The server's id of the workflow, where the saga says so."""


def run_of(saga: Saga) -> RunOfSaga | None:
    """The run of a saga, if it belongs to one."""
    found = _WORDS.search(saga.correlation_id or "")
    if found is not None:
        return RunOfSaga(found["run"], found["workflow"])
    run_id, workflow_id = (_id(saga.input_data.get(key)) for key in _GIVEN)
    return None if run_id is None else RunOfSaga(run_id, workflow_id)


def saga_of(sagas: Iterable[Saga], ref: RunRef, workflow_id: str | None) -> Saga | None:
    """The saga of a run; of several the first, which is the newest."""
    for saga in sagas:
        run = run_of(saga)
        if run is None or run.run_id != ref.run_id:
            continue
        if None in (workflow_id, run.workflow_id) or workflow_id == run.workflow_id:
            return saga
    return None


def workflow_of(run: RunOfSaga, rows: Iterable[WorkflowInfo]) -> str | None:
    """The name of the workflow that a run is of, by the server's id for it."""
    if run.workflow_id is None:
        return None
    fitting = (row.dataset_name for row in rows if row.workflow_id == run.workflow_id)
    return next(fitting, None)


def _id(raw: object) -> str | None:
    if isinstance(raw, bool) or not isinstance(raw, (int, str)):
        return None
    return str(raw) or None
