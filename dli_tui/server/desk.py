"""What the endpoints share: the client behind them, the list as it is handed out, the answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from dli_tui.server.identity import Role, identity_of
from dli_tui.server.masking import masked_dataset, masked_workflow, sees_keys
from dli_tui.server.shelf import encoded
from dli_tui.wire import telling

if TYPE_CHECKING:
    from dli_tui.client import WorkflowClient
    from dli_tui.domain.value import Value
    from dli_tui.domain.workflow import DatasetInfo, WorkflowInfo
    from dli_tui.server.scans import Scans
    from dli_tui.server.shelf import Shelf
    from dli_tui.server.supervising import Supervisor
    from dli_tui.wire.values import Row

OK, CREATED, ACCEPTED, UNCHANGED = 200, 201, 202, 304
JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Desk:
    """Where requests are worked on."""

    client: WorkflowClient
    shelf: Shelf
    supervisor: Supervisor
    scans: Scans

    @property
    def whole_ids(self) -> bool:
        """Whether an id alone tells a run from every other."""
        return self.client.backend.unique_run_ids


def workflow_shown(request: Request, row: WorkflowInfo, desk: Desk) -> Row:
    """A row of the list, as whoever asks may read it."""
    whole = telling.workflow_told(row, whole_ids=desk.whole_ids)
    return whole if sees_keys(identity_of(request.scope).role) else masked_workflow(whole)


def dataset_shown(request: Request, info: DatasetInfo | None) -> Row | None:
    """What is known of a dataset, as whoever asks may read it."""
    if info is None:
        return None
    return masked_dataset(telling.dataset_told(info), identity_of(request.scope).role)


Handler = Callable[[Request, Desk], Awaitable[Response]]


class Endpoint(NamedTuple):
    """One thing that can be asked for, and what it takes to ask."""

    method: str
    path: str
    role: Role
    handler: Handler
    told: str
    """What is answered: a model's name; `[name]`: a list of such; `name?`: it may be null."""
    takes: type[Value] | None = None
    """The body of a write."""
    filters: tuple[str, ...] = ()
    """What can stand in the query."""


def told(value: object, status: int = OK) -> Response:
    """An answer that nobody keeps."""
    headers = {"cache-control": "no-store"}
    return Response(encoded(value), status, headers, media_type=JSON)
