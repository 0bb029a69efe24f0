"""What a screen holds of templates, sagas and health: plain tuples, safe to show.

As in `rows`: `name` and `words` are for eyes, `raw` is what is sent. `showing` fills them from
the models; what is only chosen from them is done here.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

from dli_tui.domain.status import HealthStatus, SagaStatus, StepStatus

MASK: Final = "***"
"""What stands in place of a secret."""
UNDER_WAY: Final = frozenset({SagaStatus.PENDING, SagaStatus.RUNNING})
"""As long as a saga is one of these, it can be asked to stop."""


class TemplateRow(NamedTuple):
    """One line of the templates."""

    raw: str
    name: str
    category: str
    """Its raw name, for comparing."""
    shelf: str
    """The category's name for people."""
    tags: str
    labels: tuple[str, ...]
    """The tags, each as it is shown."""
    steps: int
    uses: int
    version: str
    found_by: str
    """Name, description and tags in small letters, for a search."""


class TemplateStepRow(NamedTuple):
    """One step of a template; settings are `label = value`."""

    name: str
    kind: str
    settings: tuple[str, ...]


class OpenField(NamedTuple):
    """Something that a template leaves open."""

    raw: str
    name: str
    default: str
    """As somebody would have typed it; empty: none."""
    says: str
    """What it is for, where the template says so."""
    steps: str
    """The steps that it goes into."""
    is_secret: bool
    is_needed: bool
    """Whether there is no workflow without it."""


class TemplateSheet(NamedTuple):
    """All that is known of one template."""

    row: TemplateRow
    description: str
    steps: tuple[TemplateStepRow, ...]
    fields: tuple[OpenField, ...]
    trigger: str
    takes_uploads: bool
    """Whether an upload of a file starts its workflows, unless told otherwise."""
    extensions: str
    """Of which files, with commas; empty: of any."""
    cron: str
    """The raw schedule that it suggests; empty: none."""
    schedule: str
    """The same in words, where there are some."""
    is_scheduled: bool
    """Whether that schedule fires, unless told otherwise."""
    is_public: bool
    created: datetime | None
    updated: datetime | None


class SagaRow(NamedTuple):
    """One line of the sagas, and the head of a saga's page."""

    raw: str
    name: str
    kind: str
    status: SagaStatus
    word: str
    """The server's own word where ours says nothing."""
    cancelling: bool
    """Whether it was asked to stop and doesn't go back yet."""
    done: int
    total: int
    undone: int | None
    """None: the server doesn't tell how its compensations ended."""
    to_undo: int
    created: datetime | None
    started: datetime | None
    finished: datetime | None
    error: str
    correlation: str
    tenant: str
    inputs: tuple[str, ...]
    """What it was given, each as `key = value`."""
    found_by: str


class LaneRow(NamedTuple):
    """One step of a saga: what does it, and what undoes it."""

    place: int
    name: str
    service: str
    command: str
    compensation: str
    status: StepStatus
    undoing: StepStatus | None
    """None: it was not called for."""
    error: str
    started: datetime | None
    finished: datetime | None


class SagaKind(NamedTuple):
    """A kind of saga that can be started."""

    raw: str
    name: str
    says: str
    required: tuple[str, ...]
    optional: tuple[str, ...]


class PartRow(NamedTuple):
    """One part of a server."""

    name: str
    status: HealthStatus
    says: str
    heartbeat: datetime | None


class BrokenRow(NamedTuple):
    """A definition that the server couldn't read, or one that it doesn't like."""

    name: str
    says: tuple[str, ...]
    """Its lines: a traceback can't be read in one."""
    at: datetime | None


class BudgetRow(NamedTuple):
    """How many requests of one sort are left."""

    name: str
    limit: int
    left: int
    resets: datetime | None
    slowed: bool = False
    """Whether polling goes slower to spare it."""


class HealthSheet(NamedTuple):
    """A report as a whole."""

    status: HealthStatus
    service: str
    at: datetime | None
    parts: tuple[PartRow, ...]
    metrics: tuple[tuple[str, str], ...]
    broken: tuple[BrokenRow, ...] | None
    """What it couldn't read; None: it doesn't tell."""
    warned: tuple[BrokenRow, ...]
    budgets: tuple[BudgetRow, ...]


class Usage(NamedTuple):
    """How a template is used."""

    facts: tuple[tuple[str, str], ...]
    charts: tuple[UsageChart, ...]


class UsageChart(NamedTuple):
    """Something that a server counts over time."""

    name: str
    first: str
    last: str
    """What the first and the last of the bars stand for."""
    counts: tuple[float, ...]


def templates_fitting(
    rows: Sequence[TemplateRow], category: str | None, search: str, tag: str | None = None
) -> list[TemplateRow]:
    """Those of a category and a tag that a search finds, shelf by shelf."""
    wanted = search.casefold().split()
    fitting = (
        row
        for row in rows
        if category in (None, row.category)
        and (tag is None or tag in row.labels)
        and all(part in row.found_by for part in wanted)
    )
    return sorted(fitting, key=lambda row: (row.shelf.casefold(), row.name.casefold()))


def sagas_fitting(rows: Sequence[SagaRow], status: SagaStatus | None, search: str) -> list[SagaRow]:
    """Those of a status that a search finds, in the order in which they came."""
    wanted = search.casefold().split()
    return [
        row
        for row in rows
        if status in (None, row.status) and all(part in row.found_by for part in wanted)
    ]
