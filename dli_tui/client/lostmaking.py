"""Looks for lost writes of what stands beside the schedules: templates, sagas, definitions."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from dli_tui.client.lost import SLACK, Look, Perhaps, at, fits, told
from dli_tui.domain import rules
from dli_tui.domain.errors import WorkflowNotFoundError
from dli_tui.domain.ids import WorkflowKey
from dli_tui.domain.status import SagaStatus
from dli_tui.domain.template import TemplateDraft

if TYPE_CHECKING:
    from dli_tui.client.reading import Reader
    from dli_tui.domain.query import NewConfiguration, NewEvent, NewSaga
    from dli_tui.domain.saga import PublishedEvent, Saga
    from dli_tui.domain.template import NewFromTemplate, Template
    from dli_tui.domain.workflow import WorkflowInfo

_WENT_BACK: Final = frozenset(
    {SagaStatus.COMPENSATING, SagaStatus.COMPENSATED, SagaStatus.CANCELLED}
)

_NO_KINDS: Final = frozenset({"saga", "orchestration", "choreography"})
"""What stands in place of a kind where none is told."""


def create(request: NewFromTemplate) -> Look[WorkflowInfo]:
    """A workflow from a template, by its row."""
    name = request.workflow_name

    async def ask(reader: Reader, since: datetime) -> WorkflowInfo | Perhaps | None:
        row = rules.in_force(await reader.backend.workflow(name))
        if row is None:
            return None
        made = row.registered_at or row.created_at
        if made is None or made < since - SLACK:
            return Perhaps(f"there is a workflow '{name}' now, perhaps yours")
        return row.twin(warning=told(name))

    return Look(f"create '{name}'", f"get {name}", ask)


def configure(request: NewConfiguration) -> Look[WorkflowInfo]:
    """What a workflow does, by its row."""
    name = request.dataset_name

    async def ask(reader: Reader, _since: datetime) -> WorkflowInfo | None:
        row = await reader.row(WorkflowKey(name))
        is_so = row.workflow_config == dict(request.workflow_config)
        return row.twin(warning=told(name)) if is_so else None

    return Look(f"configure '{name}'", f"get {name}", ask)


def create_template(draft: TemplateDraft) -> Look[Template]:
    """A new template, by its name and when it was made; else by all that it holds.

    What it holds a server may write down in another way.
    """

    async def ask(reader: Reader, since: datetime) -> Template | Perhaps | None:
        # Every server means something else by a search.
        for found in await reader.templates():
            made = found.created_at
            is_new = made is not None and made >= since - SLACK
            is_so = made is None and TemplateDraft.of(found) == draft
            if found.name == draft.name and (is_new or is_so):
                return Perhaps(f"there is such a template now, perhaps yours: {found.id}")
        return None

    return Look(f"create template '{draft.name}'", "", ask)


def update_template(template_id: str, draft: TemplateDraft) -> Look[Template]:
    """A changed template, by what it holds."""

    async def ask(reader: Reader, _since: datetime) -> Template | None:
        found = await reader.template(template_id)
        return found if TemplateDraft.of(found) == draft else None

    return Look(f"update template '{template_id}'", "", ask)


def delete_template(template_id: str) -> Look[bool]:
    """The end of a template, by whether it is there."""

    async def ask(reader: Reader, _since: datetime) -> bool | None:
        try:
            await reader.template(template_id)
        except WorkflowNotFoundError:
            return True
        return None

    return Look(f"delete template '{template_id}'", "", ask)


def start_saga(request: NewSaga) -> Look[Saga]:
    """A saga, by those that began since."""
    kind = request.saga_type

    async def ask(reader: Reader, since: datetime) -> Perhaps | None:
        for saga in await reader.sagas():
            begun = saga.created_at or saga.started_at
            is_new = begun is None or begun >= since - SLACK
            if is_new and _may_be(saga, request):
                return Perhaps(f"a saga began{at(begun)}, perhaps yours: {saga.saga_id}")
        return None

    return Look(f"start saga '{kind}'", "", ask)


def _may_be(saga: Saga, request: NewSaga) -> bool:
    """Whether a saga may be the one that was asked for; what it doesn't tell speaks against none.

    An orchestrator may give a correlation id of its own, and the flat one tells no kinds.
    """
    if request.correlation_id not in (None, saga.correlation_id):
        return saga.correlation_id is None and saga.saga_type in _NO_KINDS
    if saga.saga_type in _NO_KINDS:
        return True
    return saga.saga_type == request.saga_type and fits(saga.input_data, request.input_data)


def cancel_saga(saga_id: str) -> Look[Saga]:
    """The end of a saga, by whether it goes back."""

    async def ask(reader: Reader, _since: datetime) -> Saga | None:
        found = await reader.saga(saga_id)
        return found if found.cancel_requested or found.status in _WENT_BACK else None

    return Look(f"cancel saga '{saga_id}'", "", ask)


def publish(event: NewEvent) -> Look[PublishedEvent]:
    """An event: who heard it can't be seen from here."""

    async def ask(_reader: Reader, _since: datetime) -> Perhaps:
        return Perhaps("whether the event was told can't be seen from here")

    return Look(f"publish '{event.event_type}'", "", ask)
