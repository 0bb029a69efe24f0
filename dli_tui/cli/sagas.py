"""`dli-tui saga list|show|start|cancel|publish`: sagas, and the events that services tell."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from dli_tui.cli import output
from dli_tui.cli.answers import SagaListResult
from dli_tui.cli.connection import connected
from dli_tui.cli.options import Answer, Params, Rehearsal, Yes, data_in, pairs_of
from dli_tui.cli.output import Format
from dli_tui.cli.running import reading, reports_errors, require_offered, writing
from dli_tui.client import WorkflowClient
from dli_tui.domain.capability import Capability
from dli_tui.domain.errors import ConfigurationError, WorkflowExecutionError
from dli_tui.domain.query import NewEvent, NewSaga
from dli_tui.domain.saga import Saga
from dli_tui.domain.status import SagaStatus
from dli_tui.present import sagatables, words

Id = Annotated[str, typer.Argument(metavar="ID", help="The saga's id.")]
Correlation = Annotated[
    str | None,
    typer.Option("--correlation-id", metavar="ID", help="What ties it to a run or a saga."),
]


@reports_errors
@connected
def list_sagas(
    ctx: typer.Context,
    status: Annotated[
        SagaStatus | None, typer.Option("--status", case_sensitive=False, help="Where they stand.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="How many at most.")] = 20,
    format_: Answer = Format.TABLE,
) -> None:
    """List the sagas, newest first. UNDONE counts the steps that are to be undone."""
    found = reading(ctx, lambda client: client.sagas())
    fitting = tuple(one for one in found if status in (None, one.status))
    shown = fitting[:limit]
    if format_ is Format.JSON:
        output.as_json(SagaListResult(sagas=shown, total_count=len(fitting)))
        return
    errors = [f"  {words.word(one.error_message)}" if one.error_message else None for one in shown]
    output.table(sagatables.COLUMNS, sagatables.sagas(shown), errors)
    output.line()
    output.line(sagatables.footer(len(shown), len(fitting)))


@reports_errors
@connected
def show(ctx: typer.Context, saga_id: Id, format_: Answer = Format.TABLE) -> None:
    """Show one saga: of each step what was done, and what was undone."""
    _tell(reading(ctx, lambda client: client.saga(saga_id)), format_)


@reports_errors
@connected
def start(
    ctx: typer.Context,
    kind: Annotated[str, typer.Argument(metavar="TYPE", help="Which saga.")],
    data: Annotated[
        str | None, typer.Option("--data", metavar="JSON", help="What it is given, an object.")
    ] = None,
    param: Params = None,
    correlation_id: Correlation = None,
    tenant_id: Annotated[
        str | None, typer.Option("--tenant-id", metavar="ID", help="On whose behalf it works.")
    ] = None,
    dry_run: Rehearsal = False,
    yes: Yes = False,
    format_: Answer = Format.TABLE,
) -> None:
    """Start a saga; --data and -p together are what it is given."""
    given = _joined({} if data is None else data_in(data), pairs_of(param))
    request = NewSaga(kind, given, correlation_id, tenant_id)
    if dry_run:
        reading(ctx, lambda client: _startable(client, request))
        _tell_request(request, format_)
        return
    saga = writing(ctx, lambda client: client.start_saga(request), yes=yes)
    if format_ is Format.JSON:
        output.as_json(saga)
        return
    output.line(f"Saga started: {words.name(saga.saga_id)}")
    output.line(f"  Follow it: dli-tui saga show {words.name(saga.saga_id)}")


@reports_errors
@connected
def cancel(
    ctx: typer.Context, saga_id: Id, yes: Yes = False, format_: Answer = Format.TABLE
) -> None:
    """Ask a saga to stop and to undo what it did."""
    saga = writing(ctx, lambda client: client.cancel_saga(saga_id), yes=yes)
    if format_ is Format.JSON:
        output.as_json(saga)
        return
    # Some services say "cancelled" at once, though no saga ever becomes that.
    output.line(f"Cancel requested: {words.name(saga_id)}")
    output.line(f"  Follow it: dli-tui saga show {words.name(saga_id)}")


@reports_errors
@connected
def publish(
    ctx: typer.Context,
    kind: Annotated[str, typer.Argument(metavar="TYPE", help="What happened.")],
    data: Annotated[
        str, typer.Option("--data", metavar="JSON", help="What is told of it, an object.")
    ],
    aggregate_type: Annotated[
        str | None,
        typer.Option("--aggregate-type", metavar="TYPE", help="The kind of thing it is about."),
    ] = None,
    aggregate_id: Annotated[
        str | None, typer.Option("--aggregate-id", metavar="ID", help="Which one of them.")
    ] = None,
    correlation_id: Correlation = None,
    dry_run: Rehearsal = False,
    yes: Yes = False,
    format_: Answer = Format.TABLE,
) -> None:
    """Tell an event to every service that listens. Nothing takes it back."""
    event = NewEvent(kind, data_in(data), aggregate_type, aggregate_id, correlation_id)
    if dry_run:
        reading(ctx, lambda client: require_offered(client, Capability.EVENTS))
        _tell_request(event, format_)
        return
    told = writing(ctx, lambda client: client.publish(event), yes=yes)
    if format_ is Format.JSON:
        output.as_json(told)
        return
    by = f" ({words.name(told.event_id)})" if told.event_id else ""
    output.line(f"Event published: {words.word(told.event_type)}{by}")


def _joined(data: dict[str, Any], pairs: dict[str, Any]) -> dict[str, Any]:
    twice = next((key for key in pairs if key in data), None)
    if twice is not None:
        raise ConfigurationError(
            f"'{twice}' is in --data and in -p", hint="Keep one of the two. Nothing was sent."
        )
    return {**data, **pairs}


async def _startable(client: WorkflowClient, request: NewSaga) -> None:
    """Refuse to rehearse a saga that the server would refuse, as far as it tells what it wants."""
    await require_offered(client, Capability.SAGAS)
    kinds = {one.name: one for one in await client.saga_types()}
    kind = kinds.get(request.saga_type)
    if kinds and kind is None:
        raise WorkflowExecutionError(
            f"There is no saga '{request.saga_type}'", hint=f"It can be: {', '.join(kinds)}."
        )
    lacks = [one for one in kind.required_fields if one not in request.input_data] if kind else ()
    if lacks:
        raise WorkflowExecutionError(
            f"Saga '{request.saga_type}' lacks {', '.join(lacks)}",
            hint=f"Give it: {' '.join(f'-p {one}=…' for one in lacks)}",
        )


def _tell(saga: Saga, format_: Format) -> None:
    if format_ is Format.JSON:
        output.as_json(saga)
        return
    output.facts(sagatables.about(saga))
    if saga.steps:
        output.line()
        output.table(sagatables.LANE_COLUMNS, *sagatables.lanes(saga.steps))


def _tell_request(request: NewSaga | NewEvent, format_: Format) -> None:
    """What would be sent, by the names that it has on its way."""
    wanted = {key: value for key, value in request._asdict().items() if value is not None}
    if format_ is Format.JSON:
        output.document(wanted)
        return
    output.facts(sagatables.request(wanted))
    output.line("No request was sent.")
