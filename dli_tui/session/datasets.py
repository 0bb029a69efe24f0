"""What is known of datasets beside their schedules: asked once, until the row changes.

It adds to what the list says. Where it can't be had, what was known before stays, and the
list tells what is wrong with the server.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from dli_tui.domain.errors import DLIError

if TYPE_CHECKING:
    from dli_tui.client import WorkflowClient
    from dli_tui.domain.workflow import DatasetInfo, WorkflowInfo
    from dli_tui.session.surroundings import Surroundings

    Rows = tuple[WorkflowInfo, ...]

KEPT: Final = 500


class Datasets:
    """Keeps the answers for as long as the rows of the name are the same."""

    def __init__(
        self, client: WorkflowClient, rows_of: Callable[[str], Rows], around: Surroundings
    ) -> None:
        self._client, self._rows_of, self._around = client, rows_of, around
        self._known: dict[str, tuple[Rows, DatasetInfo | None]] = {}

    def known(self, name: str) -> DatasetInfo | None:
        """What was last answered of that dataset, if anything was."""
        return self._known.get(name, (None, None))[1]

    async def info(self, name: str) -> DatasetInfo | None:
        """What is known of that dataset."""
        rows = self._rows_of(name)
        asked_for, known = self._known.get(name, (None, None))
        if asked_for == rows:
            return known
        with self._around.activity.under_way():
            try:
                found = await self._client.dataset_info(name)
            except DLIError:
                return known
        self._known[name] = rows, found
        while len(self._known) > KEPT:
            del self._known[next(iter(self._known))]
        return found
