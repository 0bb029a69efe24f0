"""How a state looks: glyph, word and tone, said once and nowhere else.

A tone is the name of a colour, `$status-failed` and its kin in the style sheets; `colours`
works them out of the theme. A glyph is one cell wide in every terminal, and a word stands
beside it wherever there is room, so that nothing is told by colour alone.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final, NamedTuple

from dli_tui.domain.errors import ErrorCode
from dli_tui.domain.status import (
    HealthStatus,
    RunStatus,
    SagaStatus,
    StepStatus,
    WorkflowStatus,
)


class Tone(StrEnum):
    """What a colour says; the value is the style sheets' name for it."""

    FAILED = "failed"
    LATE = "late"
    RUNNING = "running"
    COMPLETED = "completed"
    WAITING = "waiting"
    HELD = "held"
    MUTED = "muted"
    PLAIN = "plain"


class Look(NamedTuple):
    """One state for the eye."""

    glyph: str
    ascii: str
    word: str
    tone: Tone


RUNS: Final[dict[RunStatus, Look]] = {
    RunStatus.PENDING: Look("◌", ".", "pending", Tone.WAITING),
    RunStatus.RUNNING: Look("►", ">", "running", Tone.RUNNING),
    RunStatus.STOPPING: Look("⊘", "#", "stopping", Tone.LATE),
    RunStatus.COMPLETED: Look("✓", "+", "completed", Tone.COMPLETED),
    RunStatus.FAILED: Look("✗", "x", "failed", Tone.FAILED),
    RunStatus.KILLED: Look("⊘", "#", "killed", Tone.HELD),
    RunStatus.SKIPPED: Look("»", "-", "skipped", Tone.MUTED),
    RunStatus.TIMEOUT: Look("⧗", "~", "timeout", Tone.FAILED),
    RunStatus.UNKNOWN: Look("?", "?", "unknown", Tone.MUTED),
}
STEPS: Final[dict[StepStatus, Look]] = {
    StepStatus.PENDING: Look("◌", ".", "pending", Tone.WAITING),
    StepStatus.RUNNING: Look("►", ">", "running", Tone.RUNNING),
    StepStatus.COMPLETED: Look("✓", "+", "completed", Tone.COMPLETED),
    StepStatus.FAILED: Look("✗", "x", "failed", Tone.FAILED),
    StepStatus.SKIPPED: Look("»", "-", "skipped", Tone.MUTED),
    StepStatus.RETRYING: Look("⧗", "~", "retrying", Tone.LATE),
    StepStatus.CANCELLED: Look("⊘", "#", "cancelled", Tone.HELD),
    StepStatus.UNKNOWN: Look("?", "?", "unknown", Tone.MUTED),
}
NOT_BEGUN: Final = Look(".", ".", "not begun", Tone.MUTED)
"""A date of a backfill that has no run yet."""
SCHEDULES: Final[dict[WorkflowStatus, Look]] = {
    WorkflowStatus.ACTIVE: Look("✓", "+", "active", Tone.COMPLETED),
    WorkflowStatus.PAUSED: Look("◫", "=", "paused", Tone.HELD),
    WorkflowStatus.OVERRIDDEN: Look("»", "-", "overridden", Tone.MUTED),
    WorkflowStatus.DISABLED: Look("⊘", "#", "disabled", Tone.MUTED),
}
SAGAS: Final[dict[SagaStatus, Look]] = {
    SagaStatus.PENDING: Look("◌", ".", "pending", Tone.WAITING),
    SagaStatus.RUNNING: Look("►", ">", "running", Tone.RUNNING),
    SagaStatus.COMPLETED: Look("✓", "+", "completed", Tone.COMPLETED),
    SagaStatus.COMPENSATING: Look("«", "<", "compensating", Tone.LATE),
    SagaStatus.COMPENSATED: Look("⊘", "#", "compensated", Tone.HELD),
    SagaStatus.FAILED: Look("✗", "x", "failed", Tone.FAILED),
    SagaStatus.CANCELLED: Look("⊘", "#", "cancelled", Tone.HELD),
    SagaStatus.UNKNOWN: Look("?", "?", "unknown", Tone.MUTED),
}
CANCELLING: Final = Look("⊘", "#", "cancel requested", Tone.LATE)
"""A saga that was asked to stop and hasn't turned round yet."""
BROKEN: Final = Look("✗", "x", "broken", Tone.FAILED)
"""A workflow whose definition can't be loaded any more."""
HEALTH: Final[dict[HealthStatus, Look]] = {
    HealthStatus.HEALTHY: Look("✓", "+", "healthy", Tone.COMPLETED),
    HealthStatus.DEGRADED: Look("!", "!", "degraded", Tone.LATE),
    HealthStatus.UNHEALTHY: Look("✗", "x", "unhealthy", Tone.FAILED),
    HealthStatus.UNKNOWN: Look("?", "?", "unknown", Tone.MUTED),
}
ASKED: Final = Look("◌", ".", "asking", Tone.WAITING)
ANSWERS: Final = Look("✓", "+", "answers", Tone.COMPLETED)
_SILENT: Final[dict[ErrorCode, Look]] = {
    ErrorCode.CONFIG_INVALID: Look("⊘", "#", "not usable", Tone.HELD),
    ErrorCode.SERVER_UNREACHABLE: Look("✗", "x", "unreachable", Tone.FAILED),
    ErrorCode.SERVER_AUTH_FAILED: Look("✗", "x", "not signed in", Tone.FAILED),
    ErrorCode.SERVER_ERROR: Look("✗", "x", "server error", Tone.FAILED),
}
LEVELS: Final[dict[str, Tone]] = {
    "error": Tone.FAILED,
    "critical": Tone.FAILED,
    "warning": Tone.LATE,
    "debug": Tone.MUTED,
}


class Signs(NamedTuple):
    """Single characters that are not states."""

    cursor: str
    selected: str
    computed: str
    up: str
    down: str
    crumb: str
    full: str
    empty: str


SIGNS: Final = Signs("›", "▪", "~", "▴", "▾", "›", "█", "░")
ASCII_SIGNS: Final = Signs(">", "*", "~", "^", "v", ">", "#", ".")


class Looks(NamedTuple):
    """What to draw with: the full set of glyphs, or ASCII's."""

    ascii: bool = False
    monochrome: bool = False
    """Whether nothing is told by a colour: NO_COLOR is set."""

    @property
    def letters(self) -> bool:
        """Whether what a colour tells is told by a letter too."""
        return self.ascii or self.monochrome

    @property
    def signs(self) -> Signs:
        """The characters that are not states."""
        return ASCII_SIGNS if self.ascii else SIGNS

    def glyph(self, look: Look) -> str:
        """The one cell that stands for a state."""
        return look.ascii if self.ascii else look.glyph


def silence(code: ErrorCode) -> Look:
    """Why a place tells nothing; a reason without a word of its own is told by its code."""
    return _SILENT.get(code) or Look("✗", "x", str(code), Tone.FAILED)
