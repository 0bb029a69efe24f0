"""How a server is doing, as the command prints it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from dli_tui.domain.health import Health
from dli_tui.present import words
from dli_tui.present.besides import BrokenRow
from dli_tui.present.showing import health_sheet
from dli_tui.present.tables import Cells

PART_COLUMNS: Final = ("PART", "STATUS", "HEARTBEAT", "SAYS")
BUDGET_COLUMNS: Final = ("REQUESTS", "LEFT", "OF", "FULL AGAIN")
BUDGET_NOTE: Final = "Counted by this command alone; whoever shares its key uses them up too."


def about(health: Health) -> Iterator[tuple[str, str | None]]:
    """The server as a whole, and the numbers that it gives."""
    sheet = health_sheet(health)
    yield "Status", sheet.status
    yield "Service", sheet.service
    yield "At", None if sheet.at is None else words.moment(sheet.at, seconds=True)
    for name, number in sheet.metrics:
        yield name[:1].upper() + name[1:], number


def parts(health: Health) -> list[Cells]:
    """Its parts as cells."""
    return [
        (
            one.name,
            one.status,
            words.moment(one.heartbeat, seconds=True),
            one.says or words.NOTHING,
        )
        for one in health_sheet(health).parts
    ]


def budgets(health: Health) -> list[Cells]:
    """What may still be asked, as cells."""
    return [
        (one.name, f"{one.left:,}", f"{one.limit:,}", words.moment(one.resets, seconds=True))
        for one in health_sheet(health).budgets
    ]


def import_errors(health: Health) -> list[str]:
    """What it couldn't read, each with its lines below it."""
    return list(_told(health_sheet(health).broken or ()))


def warnings(health: Health) -> list[str]:
    """What it doesn't like of the workflows that it has."""
    return list(_told(health_sheet(health).warned))


def _told(rows: Iterable[BrokenRow]) -> Iterator[str]:
    for row in rows:
        yield row.name if row.at is None else f"{row.name} ({words.moment(row.at)})"
        yield from (f"  {line}" for line in row.says)
