"""The automation service before 003, as it was recorded: v1.

It has no templates and tells no steps; an execution is triggered; a status in an update is passed
over in silence, so what pauses a workflow is `is_enabled`; one that isn't there can't be updated
with a 500; and a list by a status that there isn't is the whole list.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from dli_tui.playground import rows
from dli_tui.playground.automation import CHANGED, NEW, ONE, Automation, recorded, workflow_id
from dli_tui.playground.door import Entry
from dli_tui.playground.moments import naive, offset
from dli_tui.playground.rates import Rate
from dli_tui.playground.reading import body_of
from dli_tui.playground.records import Execution, Workflow
from dli_tui.playground.refusals import RefusedError

_NOT_FOUND: Final = 404
_PARTS: Final = {
    "database": "Database connection successful",
    "redis": "Redis connection successful",
    "file_storage": "Upload directory accessible",
    "scheduler": "Workflow scheduler running",
}


class OlderAutomation(Automation):
    """The endpoints of a world, as v1 has them."""

    def of_generation(self) -> Sequence[Entry]:
        """What 003 calls otherwise."""
        return (Entry("POST", f"{ONE}/trigger", self.execute, Rate.EXECUTION),)

    async def health(self, _: Request) -> Response:
        """How it is: its parts, and no numbers."""
        parts = {name: {"status": "healthy", "message": says} for name, says in _PARTS.items()}
        return JSONResponse(
            {
                "service": "PyAirtable Automation Services",
                "version": "1.0.0",
                "timestamp": naive(self.world.now()),
                "status": "healthy",
                "components": parts,
            }
        )

    def status(self, request: Request, known: Sequence[str]) -> str | None:
        """The status that is asked for, unless there is no such status."""
        status = request.query_params.get("status")
        return status if status in known else None

    async def create(self, request: Request) -> Response:
        """A new workflow, enabled whatever was said."""
        given = recorded(await body_of(request, *NEW))
        given.pop("is_enabled", None)
        made = self.world.create(given.pop("name"), given.pop("config"), **given)
        return JSONResponse(self.row(made))

    async def update(self, request: Request) -> Response:
        """A workflow with other values, but for its status."""
        given = recorded(await body_of(request, *CHANGED))
        try:
            made = self.world.update(workflow_id(request), **given)
        except RefusedError as wrong:
            raise _as_it_says(wrong) from None
        return JSONResponse(self.row(made))

    def row(self, workflow: Workflow) -> rows.Row:
        """A workflow, as it is told."""
        return rows.workflow_row(workflow, self.world.count(workflow.id), offset)

    def execution_rows(self, found: Sequence[Execution]) -> list[rows.Row]:
        """Executions, as they are told."""
        now = self.world.now()
        return [rows.older_execution_row(one, now, offset) for one in found]


def _as_it_says(wrong: RefusedError) -> RefusedError:
    """How it fails at what isn't there: as if it had broken itself."""
    if wrong.status != _NOT_FOUND:
        return wrong
    return RefusedError(500, "Failed to update workflow: ", wrong.code)
