"""How templates are used, asked for one at a time when somebody looks, and kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dli_tui.domain.errors import DLIError

if TYPE_CHECKING:
    from dli_tui.client import WorkflowClient
    from dli_tui.domain.template import TemplateUsage
    from dli_tui.session.surroundings import Surroundings


class Usages:
    """What is known of the use of templates, by their ids."""

    def __init__(self, client: WorkflowClient, around: Surroundings) -> None:
        self._client, self._around = client, around
        self._known: dict[str, TemplateUsage | DLIError] = {}

    def known(self, template_id: str) -> TemplateUsage | DLIError | None:
        """What was told, or why it wasn't; None: nobody asked yet."""
        return self._known.get(template_id)

    def forget(self) -> None:
        """Somebody wants it anew."""
        self._known.clear()

    async def ask(self, template_id: str) -> None:
        """Find out how a template is used, unless that is known."""
        if template_id in self._known:
            return
        with self._around.activity.under_way():
            try:
                self._known[template_id] = await self._client.template_usage(template_id)
            except DLIError as problem:
                self._known[template_id] = problem
