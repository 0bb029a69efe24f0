"""How an Airflow is doing, in our words: its parts, its pools, and what it couldn't read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from dli_tui.backends.airflow.convert import rows_of
from dli_tui.domain.health import Health, HealthComponent, ImportFailure, WorkflowWarning
from dli_tui.domain.status import HealthStatus
from dli_tui.wire.values import count, first, moment, note, record, text


def health_of(
    report: object, errors: object, pools: object, warnings: object, version: str
) -> Health:
    """How Airflow is doing: its parts and pools, what it couldn't import, what it warns of."""
    parts = [
        HealthComponent(
            name=name.replace("_", " "),
            status=HealthStatus.of(word),
            heartbeat_at=first(told, moment, f"latest_{name}_heartbeat"),
        )
        for name, value in (record(report) or {}).items()
        # A part that nobody started says nothing of itself.
        if (word := first(told := record(value) or {}, text, "status")) is not None
    ]
    parts += _full_pools(pools)
    failures = tuple(failures_of(errors))
    statuses = [part.status for part in parts] + [HealthStatus.DEGRADED] * bool(failures)
    return Health(
        status=max(statuses, key=_WORSE.index, default=HealthStatus.UNKNOWN),
        service="Airflow",
        version=version,
        components=tuple(parts),
        import_errors=failures,
        warnings=tuple(warnings_of(warnings)),
    )


_WORSE: Final = (
    HealthStatus.HEALTHY,
    HealthStatus.UNKNOWN,
    HealthStatus.DEGRADED,
    HealthStatus.UNHEALTHY,
)


def _full_pools(pools: object) -> Iterable[HealthComponent]:
    for one in rows_of(pools, "pools"):
        told = record(one) or {}
        name, slots = first(told, text, "name"), first(told, count, "slots") or 0
        waiting = first(told, count, "queued_slots") or 0
        if name is None:
            continue
        taken = first(told, count, "occupied_slots") or 0
        is_full = slots > 0 and taken >= slots and waiting > 0
        yield HealthComponent(
            name=f"{name} pool".replace("_pool pool", " pool"),
            status=HealthStatus.DEGRADED if is_full else HealthStatus.HEALTHY,
            message=f"{taken} of {slots} slots taken, {waiting} wait",
        )


def failures_of(errors: object) -> Iterable[ImportFailure]:
    """What couldn't be imported, by the names of the files."""
    for one in rows_of(errors, "import_errors"):
        told = record(one) or {}
        name = first(told, text, "filename")
        if name is not None:
            yield ImportFailure(
                name=name.rpartition("/")[2],
                message=first(told, note, "stack_trace") or "no reason given",
                at=first(told, moment, "timestamp"),
            )


def traces_of(errors: object) -> dict[str, str]:
    """What is wrong with the files that couldn't be imported, by their paths."""
    told = (record(one) or {} for one in rows_of(errors, "import_errors"))
    return {
        name: first(one, note, "stack_trace") or ""
        for one in told
        if (name := first(one, text, "filename")) is not None
    }


def warnings_of(warnings: object) -> Iterable[WorkflowWarning]:
    """What isn't liked of the DAGs, by their ids."""
    for one in rows_of(warnings, "dag_warnings"):
        told = record(one) or {}
        name = first(told, text, "dag_id")
        if name is not None:
            yield WorkflowWarning(
                name=name,
                message=first(told, note, "message") or "no reason given",
                at=first(told, moment, "timestamp"),
            )
