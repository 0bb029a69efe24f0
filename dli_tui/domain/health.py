"""How a server says it is doing."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from dli_tui.domain.value import Moment, Value


class HealthStatus(StrEnum):
    """How well a server or one of its parts is."""

    HEALTHY = "healthy"
    DEGRADED = "degraded"
    UNHEALTHY = "unhealthy"
    UNKNOWN = "unknown"

    @classmethod
    def of(cls, word: str) -> HealthStatus:
        """Our word for a server's; UNKNOWN for one that nobody knows."""
        return _WORDS.get(word.strip().casefold(), cls.UNKNOWN)


_WORDS = {str(status): status for status in HealthStatus} | {
    "ok": HealthStatus.HEALTHY,
    "up": HealthStatus.HEALTHY,
    "warning": HealthStatus.DEGRADED,
    "error": HealthStatus.UNHEALTHY,
    "down": HealthStatus.UNHEALTHY,
    "failed": HealthStatus.UNHEALTHY,
}


class HealthComponent(Value):
    """One part of a server."""

    name: str = Field(description="Which part.")
    status: HealthStatus = Field(description="How it is, in our words.")
    message: str | None = Field(default=None, description="What the server says of it.")
    heartbeat_at: Moment | None = Field(default=None, description="When it last gave a sign.")


class Health(Value):
    """A server as a whole."""

    status: HealthStatus = Field(description="How it is, in our words.")
    service: str | None = Field(default=None, description="What it calls itself.")
    version: str | None = Field(default=None, description="Which version it runs.")
    timestamp: Moment | None = Field(default=None, description="When it said so.")
    components: tuple[HealthComponent, ...] = Field(default=(), description="Its parts.")
    metrics: dict[str, float] = Field(default_factory=dict, description="Numbers that it gives.")
