"""What is kept, as 003 and v1 write it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from dli_tui.playground.course import FAILED
from dli_tui.playground.moments import Writes, milliseconds, written
from dli_tui.playground.records import Execution, Template, Workflow
from dli_tui.playground.world import Count

Row = dict[str, Any]


def workflow_row(workflow: Workflow, count: Count, writes: Writes) -> Row:
    """A workflow and how often it was executed."""
    return {
        "id": workflow.id,
        "name": workflow.name,
        "description": workflow.description,
        "workflow_config": workflow.config,
        "trigger_config": workflow.trigger_config,
        "cron_schedule": workflow.cron,
        "is_scheduled": workflow.is_scheduled,
        "trigger_on_file_upload": workflow.on_upload,
        "trigger_file_extensions": workflow.extensions,
        "status": workflow.status,
        "is_enabled": workflow.is_enabled,
        "total_executions": count.total,
        "successful_executions": count.successful,
        "failed_executions": count.failed,
        "last_execution_at": written(writes, count.last),
        "created_at": writes(workflow.created),
        "updated_at": writes(workflow.updated),
    }


def execution_row(execution: Execution, now: datetime, writes: Writes) -> Row:
    """An execution, as far as it went."""
    course, over = execution.course, now >= execution.course.ended
    return {
        "id": execution.id,
        "workflow_id": execution.workflow_id,
        "trigger_type": execution.trigger_type,
        "trigger_data": execution.trigger_data,
        "status": execution.status(now),
        "result_data": execution.results(now) or None,
        "error_message": execution.error(now),
        "retry_count": sum(lap.retries(now) for lap in course.laps),
        "execution_time_ms": milliseconds(course.begun, course.ended) if over else None,
        "created_at": writes(course.asked),
        "started_at": writes(course.begun) if now >= course.begun else None,
        "completed_at": writes(course.ended) if over else None,
    }


def older_execution_row(execution: Execution, now: datetime, writes: Writes) -> Row:
    """The same from v1, which keeps nothing of what went wrong but the sentence."""
    row = execution_row(execution, now, writes)
    if row["status"] == FAILED:
        row |= {"result_data": None, "execution_time_ms": None, "retry_count": 1}
    elif row["completed_at"] is None:
        row["result_data"] = None
    return row


def step_rows(execution: Execution, now: datetime, writes: Writes) -> list[Row]:
    """Each step of an execution."""
    return [_step_row(execution, place, now, writes) for place in range(len(execution.steps))]


def _step_row(execution: Execution, place: int, now: datetime, writes: Writes) -> Row:
    step, course = execution.steps[place], execution.course
    lap, status = course.laps[place], course.status_of(place, now)
    begun = [one for one in lap.tries if one.begun <= now]
    over = bool(begun) and status not in {"running", "retrying"}
    return {
        "id": execution.first_step + place,
        "step_order": place + 1,
        "step_name": step.name,
        "step_type": step.kind,
        "status": status,
        "execution_time_ms": milliseconds(begun[0].begun, begun[-1].ended) if over else None,
        "started_at": writes(begun[0].begun) if begun else None,
        "completed_at": writes(begun[-1].ended) if over else None,
        "input_data": execution.given[place] if begun else None,
        "output_data": execution.gives[place] if status == "completed" else None,
        "error_message": next((one.error for one in reversed(begun) if now >= one.ended), None)
        if status != "completed"
        else None,
        "retry_count": lap.retries(now),
    }


def template_row(template: Template, writes: Writes) -> Row:
    """A template."""
    return {
        "id": template.id,
        "name": template.name,
        "description": template.description,
        "category": template.category,
        "template_config": template.config,
        "default_trigger_config": template.trigger_config,
        "default_cron_schedule": template.cron,
        "is_public": template.is_public,
        "tags": template.tags,
        "version": template.version,
        "usage_count": template.uses,
        "created_at": writes(template.created),
        "updated_at": writes(template.updated),
    }


def health_row(stands: Mapping[str, int], now: datetime, writes: Writes, *, sagas: bool) -> Row:
    """How the whole service is, by its numbers of the last day."""
    good, bad = stands["completed"], stands["failed"]
    return {
        "status": "healthy" if sagas else "degraded",
        "timestamp": writes(now),
        "service": "automation-services",
        "version": "1.0.0",
        "components": {
            "database": "healthy",
            "redis": "healthy",
            "scheduler": "healthy",
            "saga_orchestrator": "healthy" if sagas else "unhealthy",
        },
        "metrics": {
            "total_workflows": stands["workflows"],
            "active_executions": stands["active"],
            "completed_executions_24h": good,
            "failed_executions_24h": bad,
            "success_rate_24h": round(100 * good / (good + bad), 1) if good + bad else None,
        },
    }
