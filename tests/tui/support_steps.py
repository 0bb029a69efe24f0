"""What tests of steps share."""

from datetime import UTC, datetime, timedelta

from dli_tui.domain.status import StepStatus
from dli_tui.present.rows import StepRow

BEGAN = datetime(2026, 11, 21, 6, tzinfo=UTC)
_IDLE = (StepStatus.PENDING, StepStatus.SKIPPED)


def after(seconds):
    return BEGAN + timedelta(seconds=seconds)


def step(raw, status=StepStatus.COMPLETED, **changes):
    """A step of an hour ago; what is pending hasn't begun."""
    begun = None if status in _IDLE else BEGAN
    known = {
        "raw": raw,
        "name": raw,
        "status": status,
        "word": "",
        "kind": "",
        "attempt": 1,
        "attempts": 2,
        "queued": begun,
        "started": begun,
        "finished": None,
        "seconds": None,
        "error": "",
    }
    return StepRow(**{**known, **changes})
