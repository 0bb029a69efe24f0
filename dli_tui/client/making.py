"""Making what stands beside schedules and runs: definitions, templates, sagas, events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dli_tui.backends.port import Backend
from dli_tui.client import checks, lost, lostmaking
from dli_tui.client.reading import Reader
from dli_tui.domain import configuration, cron, rules
from dli_tui.domain.clock import Clock
from dli_tui.domain.errors import (
    ConfigurationError,
    WorkflowPermissionError,
    WorkflowRegistrationError,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from dli_tui.domain.query import NewConfiguration, NewEvent, NewSaga
    from dli_tui.domain.saga import PublishedEvent, Saga
    from dli_tui.domain.template import NewFromTemplate, Template, TemplateDraft
    from dli_tui.domain.workflow import WorkflowInfo


class Maker(Reader):
    """Who may look, and make or change what isn't a schedule or a run."""

    def __init__(
        self, backend: Backend, *, clock: Clock | None = None, read_only: bool = False
    ) -> None:
        super().__init__(backend, clock=clock)
        self.read_only = read_only

    def require_writable(self, action: str, name: str, run_id: str = "") -> None:
        """Refuse what would change something where nothing may be changed."""
        if self.read_only:
            raise WorkflowPermissionError(
                f"Can't {action} '{run_id or name}': read-only is set",
                dataset_name=name,
                run_id=run_id,
                hint="Leave out --read-only, or use a profile without read_only.",
            )

    # Definitions

    async def configure(self, request: NewConfiguration) -> WorkflowInfo:
        """Replace what a workflow does, after a check of every step."""
        name = request.dataset_name
        self.require_writable("configure", name)
        _require_sound(request.workflow_config, name, is_template=False)
        deed = self.backend.configure(request)
        return self._completed(await lost.send(self, deed, lostmaking.configure(request)))

    # Templates

    async def create_from_template(self, request: NewFromTemplate) -> WorkflowInfo:
        """Make a workflow from a template; never beside one of the same name."""
        name = request.workflow_name
        checks.name(name, any_line=self.backend.any_names)
        self.require_writable("create", name)
        if request.cron_schedule is not None:
            cron.check(request.cron_schedule, dataset_name=name)
        # Where two may bear a name, a second one would leave that name without a meaning.
        rules.require_free(name, await self.backend.registered(name))
        deed = self.backend.create_from_template(request)
        return self._completed(await lost.send(self, deed, lostmaking.create(request)))

    async def create_template(self, draft: TemplateDraft) -> Template:
        """Make a template."""
        self.require_writable("create", draft.name)
        _require_draft(draft)
        deed = self.backend.create_template(draft)
        return await lost.send(self, deed, lostmaking.create_template(draft))

    async def update_template(self, template_id: str, draft: TemplateDraft) -> Template:
        """Change a template; what was made from it stays as it is."""
        self.require_writable("update", draft.name)
        _require_draft(draft)
        deed = self.backend.update_template(template_id, draft)
        return await lost.send(self, deed, lostmaking.update_template(template_id, draft))

    async def delete_template(self, template_id: str) -> None:
        """Remove a template; what was made from it stays."""
        self.require_writable("delete", template_id)

        async def deed() -> bool:
            await self.backend.delete_template(template_id)
            return True

        await lost.send(self, deed(), lostmaking.delete_template(template_id))

    # Sagas and events

    async def cancel_saga(self, saga_id: str) -> Saga:
        """Ask a saga to stop and undo what it did."""
        self.require_writable("cancel", saga_id)
        deed = self.backend.cancel_saga(saga_id)
        return await lost.send(self, deed, lostmaking.cancel_saga(saga_id))

    async def start_saga(self, request: NewSaga) -> Saga:
        """Start a saga; what it is given is checked as the parameters of a run are."""
        kind = request.saga_type.strip()
        if not kind:
            raise ConfigurationError("A saga needs a kind", hint="Say which saga to start.")
        given = checks.parameters(request.input_data)
        self.require_writable("start", kind)
        wanted = request._replace(saga_type=kind, input_data=given)
        return await lost.send(self, self.backend.start_saga(wanted), lostmaking.start_saga(wanted))

    async def publish(self, event: NewEvent) -> PublishedEvent:
        """Tell an event to every service that listens."""
        kind = event.event_type.strip()
        if not kind:
            raise ConfigurationError("An event needs a type", hint="Say what happened.")
        data = checks.parameters(event.data)
        self.require_writable("publish", kind)
        wanted = event._replace(event_type=kind, data=data)
        return await lost.send(self, self.backend.publish(wanted), lostmaking.publish(wanted))


def _require_draft(draft: TemplateDraft) -> None:
    if not draft.name.strip():
        raise WorkflowRegistrationError("A template needs a name", hint="Give it one.")
    if draft.default_cron_schedule is not None:
        cron.check(draft.default_cron_schedule, dataset_name=draft.name)
    _require_sound(draft.template_config, draft.name, is_template=True)


def _require_sound(config: Mapping[str, Any], name: str, *, is_template: bool) -> None:
    """DLI-801 naming the first thing that is wrong with a definition."""
    found = configuration.check(config, is_template=is_template)
    wrong = [one for one in found if one.is_wrong]
    if wrong:
        more = f", and {len(wrong) - 1} more" if len(wrong) > 1 else ""
        raise WorkflowRegistrationError(
            f"The configuration of '{name}' isn't valid: {wrong[0]}{more}",
            dataset_name=name,
            hint="Nothing was sent. Correct it and try again.",
        )
