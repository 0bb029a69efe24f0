"""What a retry would run again, as far as a place tells before it is sent."""

from __future__ import annotations

from pydantic import Field

from dli_tui.domain.value import Value


class StepAgain(Value):
    """A step that would run again, or one copy of a mapped one."""

    name: str = Field(description="Its name in the workflow.")
    map_index: int | None = Field(default=None, description="Which copy of a mapped step it is.")


class RetryPlan(Value):
    """What would run again."""

    steps: tuple[StepAgain, ...] = Field(default=(), description="The steps, in their order.")
    is_whole: bool = Field(
        default=False, description="Whether these are all; else what comes after them runs too."
    )
