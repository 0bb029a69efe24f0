"""How a PyAirtable or a Basecamp service says it is doing: its parts are words, or objects of a
status and a message."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from dli_tui.domain.health import Health, HealthComponent
from dli_tui.domain.status import HealthStatus
from dli_tui.wire.values import Row, first, mapping, moment, note, number, record, text

ANSWERS: Final = frozenset({500, 502, 503, 504})
"""These come with a report too, or mean that there is none."""
_CONFIGURED: Final = "configured"
_SERVICE: Final = "service"


def health_of(status: int, body: object) -> Health:
    """A report; one that comes with a 503 is an answer too."""
    row = mapping(record(body)) or {}
    word = first(row, text, "status")
    is_answer = status < 500  # noqa: PLR2004 - what HTTP calls a server's error
    if word is None:
        found = HealthStatus.UNKNOWN if is_answer else HealthStatus.UNHEALTHY
    else:
        found = HealthStatus.of(word)
    return Health(
        status=found,
        service=first(row, text, "service"),
        version=first(row, text, "version"),
        timestamp=first(row, moment, "timestamp"),
        components=tuple(_components(row)) or tuple(_refusing(row, found)),
        metrics={
            key: told
            for key, value in (mapping(row.get("metrics")) or {}).items()
            if (told := number(value)) is not None
        },
    )


def without_ill_parts(health: Health) -> HealthStatus:
    """How a server is that says it is well, where one of its parts isn't."""
    ill = {HealthStatus.UNHEALTHY, HealthStatus.DEGRADED}
    is_ill = any(part.status in ill for part in health.components)
    is_well = health.status is HealthStatus.HEALTHY
    return HealthStatus.DEGRADED if is_well and is_ill else health.status


def _refusing(row: Row, status: HealthStatus) -> Iterator[HealthComponent]:
    """A service that says only why it doesn't answer is all that there is to be ill."""
    why = first(row, note, "detail", "error", "message")
    if why is not None and status is HealthStatus.UNHEALTHY:
        yield HealthComponent(name=_SERVICE, status=status, message=why)


def _components(row: Row) -> Iterator[HealthComponent]:
    parts = record(row.get("components")) or record(row.get("services")) or {}
    for name, value in parts.items():
        inner = record(value) or {}
        word = text(value) or first(inner, text, "status")
        if word is None or word.strip().isdigit():
            # Some list a count among their parts.
            continue
        status = HealthStatus.of(word)
        is_set_up = word.strip().casefold() == _CONFIGURED
        yield HealthComponent(
            name=name,
            status=status,
            message=first(inner, note, "message")
            or first(record(inner.get("details")) or {}, note, "error", "message")
            or (word if is_set_up else None),
        )
