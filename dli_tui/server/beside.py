"""What seed 000 lacks, under /api/v1/x/: for clients of ours, which ask for it once."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from starlette.requests import Request
from starlette.responses import Response

from dli_tui.client.foretelling import hold_backfill
from dli_tui.domain.capability import Capability
from dli_tui.domain.errors import ConfigurationError, DLIError
from dli_tui.domain.ids import LogRef, WorkflowKey
from dli_tui.server.contract import body_of
from dli_tui.server.desk import (
    ACCEPTED,
    CREATED,
    Desk,
    Endpoint,
    dataset_shown,
    told,
    workflow_shown,
)
from dli_tui.server.identity import Role, identity_of
from dli_tui.server.paths import text
from dli_tui.server.shapes import FromTemplateBody, RetryBody, SagaBody
from dli_tui.wire import asked, telling
from dli_tui.wire.values import count

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dli_tui.domain.value import Value

BESIDE: Final = "/api/v1/x"
_MOST_NAMES: Final = 200
_MOST_RUNS: Final = 100
_FOR: Final = {
    Role.OPERATOR: frozenset(
        {
            *(Capability.RUN, Capability.DATED_RUNS, Capability.STOP, Capability.PAUSE),
            *(Capability.BACKFILL, Capability.BACKFILL_PAUSE, Capability.RETRY),
        }
    ),
    Role.ADMIN: frozenset({Capability.REGISTER, Capability.UNREGISTER}),
}
"""What takes a role; the rest is for everybody who may look."""
_OURS: Final = frozenset({Capability.CHANGES, Capability.RECENT_RUNS})
"""What this server has itself, whatever is behind it."""
_NO_ENDPOINT: Final = "dli-tui serve doesn't pass it on"
_KEPT_BACK: Final = frozenset(
    {
        *(Capability.CONFIGURING, Capability.EVENTS),
        *(Capability.TEMPLATE_USAGE, Capability.TEMPLATE_EDITING),
    }
)
"""What has no endpoint here, whatever is behind it."""


async def capabilities(request: Request, desk: Desk) -> Response:
    """What is offered here to whoever asks, and what takes another role."""
    who, client = identity_of(request.scope), desk.client
    with suppress(DLIError):
        # Whoever asks asks once; a place that doesn't answer now offers what is known of it.
        await client.backend.met()
    denied = {
        capability: f"it takes the role {role}, and you are signed in as {who.role}"
        for role, some in _FOR.items()
        for capability in some
        if not who.role.covers(role)
    }
    standing = await desk.supervisor.standing()
    lacking = {} if standing.elsewhere is None else {Capability.SEQUENCES: standing.elsewhere}
    lacking |= dict.fromkeys(_KEPT_BACK & client.capabilities, _NO_ENDPOINT)
    offered = (client.capabilities | _OURS | standing.gives) - denied.keys() - _KEPT_BACK
    return told(
        {
            "label": client.backend.label,
            "user": who.name,
            "role": who.role,
            "capabilities": sorted(one.name for one in offered),
            "reasons": {one.name: why for one, why in (lacking | denied).items()},
            "supervises": standing.supervises,
        }
    )


async def workflow(request: Request, desk: Desk) -> Response:
    """The rows of one name: none, one, or two when CODE overrides MANUAL."""
    rows = await desk.client.rows(request.path_params["name"])
    return told({"workflows": [workflow_shown(request, row, desk) for row in rows]})


async def changes(request: Request, desk: Desk) -> Response:
    """What moved since a cursor; `whole` sends whoever asks to the list."""
    found = await desk.shelf.changes(request.query_params.get("cursor"))
    return told(
        {
            "cursor": found.cursor,
            "whole": found.whole,
            "workflows": [workflow_shown(request, row, desk) for row in found.workflows],
            "gone": [telling.key_told(key) for key in found.gone],
        }
    )


async def recent_runs(request: Request, desk: Desk) -> Response:
    """The last runs of several workflows."""
    names = _names(request.query_params.get("names", ""))
    most = count(request.query_params.get("count", "10"))
    if most is None or not 1 <= most <= _MOST_RUNS:
        raise ConfigurationError(f"'count' must be a number from 1 to {_MOST_RUNS}")
    found = await desk.client.recent_runs(names, most)
    return told(
        {
            "runs": {
                name: [telling.run_told(run, whole_ids=desk.whole_ids) for run in runs]
                for name, runs in found.items()
            }
        }
    )


async def dataset(request: Request, desk: Desk) -> Response:
    """What is known of a dataset beside its schedule."""
    info = await desk.client.dataset_info(request.path_params["name"])
    return told(dataset_shown(request, info))


async def backfills(_: Request, desk: Desk) -> Response:
    """The backfills that are under way or were lately."""
    found = map(desk.supervisor.seen, await desk.client.backfills())
    return told(
        {"backfills": [telling.backfill_told(one, whole_ids=desk.whole_ids) for one in found]}
    )


async def backfill(request: Request, desk: Desk) -> Response:
    """A backfill with each of its dates."""
    ref = desk.client.ref(request.path_params["run_id"])
    found = desk.supervisor.seen(await desk.client.backfill_status(ref))
    return told(telling.backfill_told(found, whole_ids=desk.whole_ids))


async def backfill_slots(request: Request, desk: Desk) -> Response:
    """Which dates of a backfill the place behind says that it would run, all at once."""
    wanted = asked.forecast_asked(request.path_params["name"], request.query_params)
    return told(_dumped(await desk.client.backend.backfill_slots(wanted)))


async def run_dates(request: Request, desk: Desk) -> Response:
    """The dates of a schedule on some days, as the scheduler behind has them."""
    first, last, timezone = asked.dates_asked(request.query_params)
    row = await desk.client.row(WorkflowKey(request.path_params["name"]))
    return told(_dumped(await desk.client.run_dates(row, first, last, timezone)))


async def pause_backfill(request: Request, desk: Desk) -> Response:
    """Begin no other date of a backfill."""
    run_id = request.path_params["run_id"]
    return told(telling.run_result_told(await hold_backfill(desk.client, run_id, is_held=True)))


async def unpause_backfill(request: Request, desk: Desk) -> Response:
    """Let a backfill go on."""
    run_id = request.path_params["run_id"]
    return told(telling.run_result_told(await hold_backfill(desk.client, run_id, is_held=False)))


async def steps(request: Request, desk: Desk) -> Response:
    """The steps of a run."""
    found = await desk.client.steps(request.path_params["run_id"])
    return told([telling.step_told(step) for step in found])


async def log(request: Request, desk: Desk) -> Response:
    """The lines of a step's log from a cursor on."""
    given = request.query_params
    index = given.get("map_index")
    ref = LogRef(
        desk.client.ref(request.path_params["run_id"]),
        given.get("step", ""),
        count(given.get("attempt", "1")) or 1,
        None if index is None else count(index),
    )
    return told(_dumped(await desk.client.logs(ref, given.get("cursor"))))


async def retry_plan(request: Request, desk: Desk) -> Response:
    """What a retry would run again."""
    given = request.query_params.get("steps")
    steps = () if given is None else _names(given, "steps")
    return told(_dumped(await desk.client.retry_plan(request.path_params["run_id"], steps)))


async def retry(request: Request, desk: Desk) -> Response:
    """Run failed steps again, or those that are named."""
    wanted = asked.steps_asked(await body_of(request))
    result = await desk.client.retry(request.path_params["run_id"], wanted)
    return told(telling.run_result_told(result), ACCEPTED)


async def templates(request: Request, desk: Desk) -> Response:
    """The templates that fit."""
    given = request.query_params
    found = await desk.client.templates(category=given.get("category"), search=given.get("search"))
    return told(_all(found))


async def template_categories(_: Request, desk: Desk) -> Response:
    """The shelves of templates."""
    return told(_all(await desk.client.template_categories()))


async def template(request: Request, desk: Desk) -> Response:
    """One template."""
    return told(_dumped(await desk.client.template(request.path_params["template_id"])))


async def create_from_template(request: Request, desk: Desk) -> Response:
    """Make a workflow from a template."""
    template_id = request.path_params["template_id"]
    wanted = asked.from_template_asked(template_id, await body_of(request))
    made = await desk.client.create_from_template(wanted)
    return told(telling.workflow_told(made, whole_ids=desk.whole_ids), CREATED)


async def sagas(_: Request, desk: Desk) -> Response:
    """The sagas, newest first."""
    return told(_all(await desk.client.sagas()))


async def saga(request: Request, desk: Desk) -> Response:
    """One saga with its steps."""
    return told(_dumped(await desk.client.saga(request.path_params["saga_id"])))


async def saga_types(_: Request, desk: Desk) -> Response:
    """The kinds of saga that can be started."""
    return told(_all(await desk.client.saga_types()))


async def start_saga(request: Request, desk: Desk) -> Response:
    """Start a saga."""
    made = await desk.client.start_saga(asked.saga_asked(await body_of(request)))
    return told(_dumped(made), CREATED)


async def cancel_saga(request: Request, desk: Desk) -> Response:
    """Ask a saga to stop and undo what it did."""
    return told(_dumped(await desk.client.cancel_saga(request.path_params["saga_id"])))


async def health(_: Request, desk: Desk) -> Response:
    """How the place behind says it is doing."""
    return told(_dumped(await desk.client.health()))


def _names(given: str, key: str = "names") -> list[str]:
    try:
        names: Any = json.loads(given)
    except (ValueError, RecursionError):
        names = None
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ConfigurationError(f"'{key}' must be a JSON list of names")
    if len(names) > _MOST_NAMES:
        raise ConfigurationError(f"'{key}' may hold {_MOST_NAMES} names at once")
    return names


def _dumped(model: Value) -> Any:  # noqa: ANN401 - JSON
    return model.model_dump(mode="json")


def _all(models: Iterable[Value]) -> list[Any]:
    return [_dumped(model) for model in models]


_RUN: Final = f"{BESIDE}/runs/{text('run_id')}"
_TEMPLATE: Final = f"{BESIDE}/templates/{text('template_id')}"
_SAGA: Final = f"{BESIDE}/sagas/{text('saga_id')}"
_NAME: Final = text("name")
_BACKFILL: Final = f"{BESIDE}/backfills/{text('run_id')}"
_VIEWER, _OPERATOR, _ADMIN = Role.VIEWER, Role.OPERATOR, Role.ADMIN
_LOG: Final = ("step", "attempt", "map_index", "cursor")

EXTRAS: Final = (
    Endpoint("GET", f"{BESIDE}/capabilities", _VIEWER, capabilities, "Offer"),
    Endpoint("GET", f"{BESIDE}/changes", _VIEWER, changes, "Changes", filters=("cursor",)),
    Endpoint("GET", f"{BESIDE}/workflows/{_NAME}", _VIEWER, workflow, "Rows"),
    Endpoint("GET", f"{BESIDE}/datasets/{_NAME}", _VIEWER, dataset, "DatasetInfo?"),
    Endpoint("GET", f"{BESIDE}/backfills", _VIEWER, backfills, "Backfills"),
    Endpoint("GET", _BACKFILL, _VIEWER, backfill, "Backfill"),
    Endpoint("POST", f"{_BACKFILL}/pause", _OPERATOR, pause_backfill, "Result"),
    Endpoint("POST", f"{_BACKFILL}/unpause", _OPERATOR, unpause_backfill, "Result"),
    Endpoint(
        "GET",
        f"{BESIDE}/forecasts/{_NAME}",
        _VIEWER,
        backfill_slots,
        "BackfillForecast",
        filters=("start_date", "end_date", "scope", "timezone"),
    ),
    Endpoint(
        "GET",
        f"{BESIDE}/dates/{_NAME}",
        _VIEWER,
        run_dates,
        "RunDates",
        filters=("start_date", "end_date", "timezone"),
    ),
    Endpoint(
        "GET", f"{BESIDE}/runs", _VIEWER, recent_runs, "RecentRuns", filters=("names", "count")
    ),
    Endpoint("GET", f"{_RUN}/steps", _VIEWER, steps, "[Step]"),
    Endpoint("GET", f"{_RUN}/log", _VIEWER, log, "LogChunk", filters=_LOG),
    Endpoint("GET", f"{_RUN}/retry", _VIEWER, retry_plan, "RetryPlan", filters=("steps",)),
    Endpoint("POST", f"{_RUN}/retry", _OPERATOR, retry, "Result", RetryBody),
    Endpoint(
        "GET",
        f"{BESIDE}/templates",
        _VIEWER,
        templates,
        "[Template]",
        filters=("category", "search"),
    ),
    Endpoint(
        "GET", f"{BESIDE}/templates/categories", _VIEWER, template_categories, "[TemplateCategory]"
    ),
    Endpoint(
        "POST",
        f"{_TEMPLATE}/workflows",
        _ADMIN,
        create_from_template,
        "WorkflowInfo",
        FromTemplateBody,
    ),
    Endpoint("GET", _TEMPLATE, _VIEWER, template, "Template"),
    Endpoint("GET", f"{BESIDE}/sagas", _VIEWER, sagas, "[Saga]"),
    Endpoint("POST", f"{BESIDE}/sagas", _OPERATOR, start_saga, "Saga", SagaBody),
    Endpoint("GET", f"{BESIDE}/sagas/types", _VIEWER, saga_types, "[SagaType]"),
    Endpoint("POST", f"{_SAGA}/cancel", _OPERATOR, cancel_saga, "Saga"),
    Endpoint("GET", _SAGA, _VIEWER, saga, "Saga"),
    Endpoint("GET", f"{BESIDE}/health", _VIEWER, health, "Health"),
)
