"""What a screen holds of the world: plain tuples, safe to show, with raw ids beside the words.

Standard library only, so that a screen can be drawn before any model is loaded. `making`
fills them from the models. A field called `name` or `label` is for eyes; `key`, `ref`, `raw`
are what is sent.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final, NamedTuple

from dli_tui.domain.ids import RunRef, WorkflowKey
from dli_tui.domain.status import RunStatus, SourceType, StepStatus, WorkflowStatus

BAD: Final = frozenset({RunStatus.FAILED, RunStatus.TIMEOUT})
"""How a run ends that somebody has to look at; a stop was somebody's wish."""


class Mark(NamedTuple):
    """One of the last runs, as much as a strip of glyphs and bars needs."""

    ref: RunRef
    status: RunStatus
    started: datetime | None = None
    seconds: float | None = None
    slot: datetime | None = None
    """Its logical date, if it has one."""


class WorkflowRow(NamedTuple):
    """One line of the list."""

    key: WorkflowKey
    name: str
    source: SourceType
    status: WorkflowStatus
    state: str
    """The status in words, with the server's own where it says more."""
    last: RunStatus | None = None
    last_known: bool = True
    """Whether one without a last run has never run."""
    last_word: str = ""
    """The server's own word for the last run where ours says nothing."""
    last_ref: RunRef | None = None
    last_at: datetime | None = None
    """When the last run ended, or began while it is under way."""
    seconds: float | None = None
    """How long the last run took; None while it runs."""
    began: datetime | None = None
    """When the run under way began."""
    done: int = 0
    steps: int = 0
    """Steps of the run under way: done, and in all; 0 where nobody knows."""
    running: bool = False
    next_at: datetime | None = None
    computed: bool = False
    """Whether the next run was worked out here."""
    due: datetime | None = None
    """The first slot without a run, where one can be told."""
    owner: str = ""
    team: str = ""
    zone: str = "UTC"
    """The zone in which its times are shown."""
    zone_known: bool = True
    """Whether that is the zone of its schedule."""
    unreadable: str = ""
    import_error: str = ""
    """Why its definition can't be loaded, where it stands still because of that."""
    overdue_at: datetime | None = None
    """When the run under way will have taken longer than nineteen of twenty did."""
    overridden_by: str = ""
    tags: tuple[str, ...] = ()
    marks: tuple[Mark, ...] = ()
    """The last runs, oldest first."""


class WorkflowSheet(NamedTuple):
    """What the detail pane says of one workflow."""

    row: WorkflowRow
    cron: str
    """Empty: it runs by hand only, or its schedule is unknown."""
    schedule: str
    """The schedule in words; empty where it can't be said shortly and truly."""
    fires: tuple[datetime, ...]
    marks: tuple[Mark, ...]
    usual_seconds: float | None
    """The median of the successes among the last runs; None under five."""
    error: str
    facts: tuple[tuple[str, str], ...]
    """Label and words: owner, team, description, retry, spec, who paused it and why."""
    schedule_known: bool = True
    zone_fitted: bool = False
    """Whether the zone was worked out from the dates of its runs."""
    at_run_limit: bool = False


class RunSheet(NamedTuple):
    """The head of a run's page."""

    ref: RunRef
    name: str
    workflow: str
    key: WorkflowKey
    status: RunStatus
    word: str
    done: int
    failed: int
    total: int
    current: str
    created: datetime | None
    started: datetime | None
    finished: datetime | None
    seconds: float | None
    likely: datetime | None
    latest: datetime | None
    """When it will end: usually, and nine times of ten; None where the past tells too little."""
    overdue: bool
    past: int
    """How many past successes are known."""
    error: str
    url: str
    """Where its log can be read in a browser: http or https, else empty."""
    facts: tuple[tuple[str, str], ...]
    """Label and words: who started it, slot, parameters, why it was stopped."""
    is_backfill: bool = False
    """Whether it is a backfill as a whole, whose steps are runs."""


class RunRow(NamedTuple):
    """One line of a history."""

    ref: RunRef
    name: str
    key: WorkflowKey
    workflow: str
    status: RunStatus
    word: str
    """The server's own word for it where ours says nothing."""
    slot: datetime | None
    began: datetime | None
    """When it started, or was queued while it hasn't."""
    seconds: float | None
    """How long it took; None while it runs."""
    running: bool
    done: int
    steps: int
    """Steps of a run under way: done, and in all; 0 where nobody knows."""
    kind: str
    by: str
    error: str


class StepRow(NamedTuple):
    """One step of a run, one line of the gantt."""

    raw: str
    name: str
    status: StepStatus
    word: str
    kind: str
    attempt: int
    attempts: int | None
    queued: datetime | None
    started: datetime | None
    finished: datetime | None
    seconds: float | None
    error: str
    map_index: int | None = None
    concluded: bool = False
    """Whether it is concluded from the run's results: the server tells no steps."""

    @property
    def is_reached(self) -> bool:
        """Whether it began; what failed without that did so because a step before it did."""
        return self.started is not None or self.concluded


class StepSheet(NamedTuple):
    """All that is known of one step: what it was given and gave back, as lines of YAML."""

    row: StepRow
    given: tuple[str, ...]
    gave: tuple[str, ...]


class LogRow(NamedTuple):
    """One line of a log."""

    text: str
    level: str = ""
    """debug, info, warning, error, or empty where nobody says."""
    at: datetime | None = None
    """When it was written, to the second."""
