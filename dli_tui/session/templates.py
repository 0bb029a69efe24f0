"""The templates of a place and their shelves, as they were last told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dli_tui.session.feed import Feed

if TYPE_CHECKING:
    from dli_tui.client import WorkflowClient
    from dli_tui.domain.template import Template, TemplateCategory
    from dli_tui.session.surroundings import Surroundings

TEMPLATES_SECONDS: Final = 30.0
"""Templates seldom change; how often they are used does."""


class TemplatesFeed(Feed):
    """Every template; whoever looks filters them himself."""

    def __init__(self, client: WorkflowClient, around: Surroundings) -> None:
        super().__init__(around)
        self.templates: tuple[Template, ...] = ()
        self.categories: tuple[TemplateCategory, ...] = ()
        self.loading = True
        """No answer has come yet."""
        self._client = client

    async def _ask(self) -> None:
        templates = await self._client.templates()
        self.categories = await self._client.template_categories()
        self.templates, self.loading = templates, False

    def _every(self) -> float | None:
        return TEMPLATES_SECONDS
