"""`dli-tui health`: how a server says that it is doing, for eyes and for whoever watches it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import typer

from dli_tui.cli import output
from dli_tui.cli.codes import FAILED
from dli_tui.cli.connection import connected
from dli_tui.cli.options import Answer
from dli_tui.cli.output import Format
from dli_tui.cli.running import reading, reports_errors
from dli_tui.domain.health import Health
from dli_tui.domain.status import HealthStatus
from dli_tui.present import healthtables
from dli_tui.present.tables import Cells

_WELL: Final = frozenset({HealthStatus.HEALTHY, HealthStatus.DEGRADED})


@reports_errors
@connected
def health(ctx: typer.Context, format_: Answer = Format.TABLE) -> None:
    """Show how the server is doing. Ends 0 if it is healthy or degraded, 1 otherwise."""
    found = reading(ctx, lambda client: client.health())
    if format_ is Format.JSON:
        output.as_json(found)
    else:
        _tell(found)
    if found.status not in _WELL:
        raise typer.Exit(FAILED)


def _tell(found: Health) -> None:
    output.facts(healthtables.about(found))
    _table(healthtables.PART_COLUMNS, healthtables.parts(found))
    _table(healthtables.BUDGET_COLUMNS, budgets := healthtables.budgets(found))
    if budgets:
        output.line(healthtables.BUDGET_NOTE)
    _lines("Import errors", healthtables.import_errors(found))
    _lines("Warnings", healthtables.warnings(found))


def _table(columns: Sequence[str], rows: Sequence[Cells]) -> None:
    if rows:
        output.line()
        output.table(columns, rows)


def _lines(title: str, lines: Sequence[str]) -> None:
    if lines:
        output.line()
        output.line(f"{title}:")
        output.lines(lines)
