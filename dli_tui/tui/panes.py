"""How the height of a run's page is shared: the log keeps enough of it to be read."""

from __future__ import annotations

from typing import Final, NamedTuple

FRAME: Final = 3
"""Header, the title of the log, and the line of keys."""
LEAST_LOG: Final = 8
_LEAST_FACTS: Final = 3
_LEAST_STEPS: Final = 2
"""The head and the step under the cursor."""


class Shares(NamedTuple):
    """Lines for each pane above the log, which has the rest; 0: not shown."""

    facts: int
    steps: int


def shares(height: int, *, facts: int, steps: int, alone: str | None = None) -> Shares:
    """Share out `height` among facts and steps that would like so many lines."""
    if alone is not None:
        whole = height + 1  # the title of the log goes with it
        return Shares(whole if alone == "facts" else 0, whole if alone == "steps" else 0)
    room = max(height - LEAST_LOG, _LEAST_FACTS + _LEAST_STEPS)
    # A run of a hundred steps scrolls: a table as high as the screen would be its only pane.
    most = max(room // 2, room - min(facts, max(_LEAST_FACTS, room // 3)))
    for_steps = min(steps, most)
    return Shares(min(facts, room - for_steps), for_steps)
