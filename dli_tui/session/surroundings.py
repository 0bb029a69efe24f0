"""What everything in a session has in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from dli_tui.session.activity import Activity
from dli_tui.session.front import Front
from dli_tui.session.pace import Pace
from dli_tui.session.tasks import Tasks


class Surroundings(NamedTuple):
    """How time passes, what is under way, who minds the tasks, and whether anybody looks."""

    pace: Pace
    jitter: Callable[[], float]
    """A number in [0, 1), another one each time."""
    activity: Activity
    tasks: Tasks
    front: Front
