"""One workflow's row, asked for on its own: some lists leave out what a workflow does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dli_tui.session.feed import Feed

if TYPE_CHECKING:
    from dli_tui.client import WorkflowClient
    from dli_tui.domain.ids import WorkflowKey
    from dli_tui.domain.workflow import WorkflowInfo
    from dli_tui.session.surroundings import Surroundings

DEFINITION_SECONDS: Final = 30.0
"""A definition changes when somebody changes it."""


class DefinitionFeed(Feed):
    """The row of one workflow, with all that the server tells of it."""

    def __init__(self, client: WorkflowClient, key: WorkflowKey, around: Surroundings) -> None:
        super().__init__(around)
        self.key = key
        self.info: WorkflowInfo | None = None
        self._client = client

    async def _ask(self) -> None:
        self.info = await self._client.row(self.key)

    def _every(self) -> float | None:
        return DEFINITION_SECONDS
