"""How a server says it is doing."""

from __future__ import annotations

from pydantic import Field

from dli_tui.domain.status import HealthStatus
from dli_tui.domain.value import Moment, Value


class HealthComponent(Value):
    """One part of a server."""

    name: str = Field(description="Which part.")
    status: HealthStatus = Field(description="How it is, in our words.")
    message: str | None = Field(default=None, description="What the server says of it.")
    heartbeat_at: Moment | None = Field(default=None, description="When it last gave a sign.")


class ImportFailure(Value):
    """A definition that the server couldn't read, so that its workflow isn't there."""

    name: str = Field(description="The file or the dataset.")
    message: str = Field(description="What is wrong with it, in the server's words.")
    at: Moment | None = Field(default=None, description="When it was last tried.")


class WorkflowWarning(Value):
    """Something that is wrong with a workflow, which is there all the same."""

    name: str = Field(description="The workflow.")
    message: str = Field(description="What is wrong with it, in the server's words.")
    at: Moment | None = Field(default=None, description="When it was found.")


class RateBudget(Value):
    """How many requests of one sort may still be sent until a moment."""

    name: str = Field(description="Which requests.")
    limit: int = Field(description="How many may be sent in all.")
    remaining: int = Field(description="How many are left.")
    resets_at: Moment | None = Field(default=None, description="When all may be sent again.")
    slowed: bool = Field(default=False, description="Whether polling goes slower to spare it.")


class Health(Value):
    """A server as a whole."""

    status: HealthStatus = Field(description="How it is, in our words.")
    service: str | None = Field(default=None, description="What it calls itself.")
    version: str | None = Field(default=None, description="Which version it runs.")
    timestamp: Moment | None = Field(default=None, description="When it said so.")
    components: tuple[HealthComponent, ...] = Field(default=(), description="Its parts.")
    metrics: dict[str, float] = Field(default_factory=dict, description="Numbers that it gives.")
    import_errors: tuple[ImportFailure, ...] | None = Field(
        default=None, description="What it couldn't read, where it tells that."
    )
    warnings: tuple[WorkflowWarning, ...] = Field(
        default=(), description="What it doesn't like of the workflows that it has."
    )
    budgets: tuple[RateBudget, ...] = Field(default=(), description="What may still be asked.")
