"""What the service keeps: templates, workflows, executions. Frozen; a change makes a new one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Final

from dli_tui.playground.course import Course, Event, Limit, course_of
from dli_tui.playground.filling import filled
from dli_tui.playground.steps import Outcome, Step, Ways, output_of, tries_of

ACTIVE: Final = "active"
DELETED: Final = "deleted"
STATUSES: Final = (ACTIVE, "inactive", "paused")
"""What somebody can make of a workflow, short of deleting it."""

SCHEDULE: Final = "schedule"
UPLOAD: Final = "file_upload"
MANUAL: Final = "manual"


@dataclass(frozen=True, slots=True)
class Template:
    """A definition that workflows are made from."""

    id: int
    name: str
    category: str
    config: Mapping[str, Any]
    created: datetime
    updated: datetime
    description: str | None = None
    trigger_config: Mapping[str, Any] | None = None
    cron: str | None = None
    is_public: bool = True
    version: str = "1.0.0"
    tags: str = ""
    uses: int = 0

    @property
    def words(self) -> list[str]:
        """Its tags, one by one."""
        return [word.strip() for word in self.tags.split(",") if word.strip()]


@dataclass(frozen=True, slots=True)
class Workflow:
    """Steps under a name, and what starts them."""

    id: int
    name: str
    config: Mapping[str, Any]
    created: datetime
    updated: datetime
    description: str | None = None
    trigger_config: Mapping[str, Any] | None = None
    triggers: Sequence[Any] = ()
    """What the oldest generation keeps in place of `trigger_config`."""
    cron: str | None = None
    is_scheduled: bool = False
    on_upload: bool = False
    extensions: str | None = None
    timeout: int = 300
    retries: int = 3
    status: str = ACTIVE
    is_enabled: bool = True
    template_id: int | None = None
    uploads: str | None = None
    """When somebody uploads a file, as a cron expression: nobody does, so it is made up."""

    @property
    def runs(self) -> bool:
        """Whether it can be executed as it is."""
        return self.status == ACTIVE and self.is_enabled

    @property
    def starts(self) -> list[tuple[str, str]]:
        """What starts it without a person: each cron expression, and what it is called."""
        if not self.runs:
            return []
        found = [(self.cron if self.is_scheduled else None, SCHEDULE)]
        found.append((self.uploads if self.on_upload else None, UPLOAD))
        return [(cron, called) for cron, called in found if cron is not None]


@dataclass(frozen=True)
class Execution:
    """One execution: when it began and of what; all else follows."""

    id: int
    workflow_id: int
    number: int
    """Which one of its workflow it is."""
    first_step: int
    """The id of its first step; the others follow."""
    asked: datetime
    trigger_type: str
    trigger_data: Mapping[str, Any] | None
    config: Mapping[str, Any]
    steps: tuple[Step, ...]
    ways: Ways
    retries: int
    timeout: int
    events: tuple[Event, ...] = field(default=())

    @cached_property
    def course(self) -> Course:
        """How it goes."""
        limit = Limit(self.timeout, self.ways.late)
        return course_of(len(self.steps), self._tries, self.asked, limit=limit, events=self.events)

    def _tries(self, place: int, by_hand: int) -> Sequence[Outcome]:
        return tries_of(
            self.steps[place],
            self.ways,
            number=self.number,
            by_hand=by_hand,
            retries=self.retries,
        )

    @cached_property
    def given(self) -> tuple[Mapping[str, Any], ...]:
        """What each step is given: its configuration, with the variables put in."""
        return tuple(given for given, _ in self._played)

    @cached_property
    def gives(self) -> tuple[Mapping[str, Any], ...]:
        """What each step gives back, should it get there."""
        return tuple(gives for _, gives in self._played)

    @cached_property
    def _played(self) -> list[tuple[Mapping[str, Any], Mapping[str, Any]]]:
        before: dict[str, Any] = {}
        known = {
            "execution_id": self.id,
            "workflow_id": self.workflow_id,
            "trigger": self.trigger_data or {},
            "steps": before,
        }
        played = []
        for step in self.steps:
            given = filled(dict(step.config), known)
            before[step.name] = output_of(step, given)
            played.append((given, before[step.name]))
        return played

    def status(self, now: datetime) -> str:
        """Where it stands."""
        return self.course.status(now)

    def results(self, now: datetime) -> dict[str, Any]:
        """What the steps gave back so far, by their names."""
        return {self.steps[n].name: self.gives[n] for n in self.course.done(now)}

    def error(self, now: datetime) -> str | None:
        """What it failed of."""
        return self.course.error if now >= self.course.ended else None
