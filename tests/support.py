"""What tests of several folders share: a clock moved by hand, pages put together."""

import asyncio
from datetime import datetime, timedelta

from dli_tui.domain.query import WorkflowQuery
from dli_tui.domain.rules import in_force


class ManualClock:
    """A clock that stands still until the test moves it; waiting on it moves it too."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment

    def move(self, seconds: float) -> None:
        """Let that much time pass."""
        self.moment += timedelta(seconds=seconds)

    async def sleep(self, seconds: float) -> None:
        self.move(seconds)
        await asyncio.sleep(0)


async def row_of(backend, name):
    """The row that a bare name means."""
    return in_force(await backend.workflow(name))


async def everything(pages):
    """The items of all pages."""
    return [item async for page in pages for item in page.items]


async def rows_of(backend, **query):
    """The rows of a list, each once, as it came last."""
    rows = await everything(backend.workflows(WorkflowQuery(**query)))
    return list({row.key: row for row in rows}.values())
