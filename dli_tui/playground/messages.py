"""Webhooks: what a workflow tells others of itself, when it would."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final, NamedTuple, TypeGuard

from dli_tui.playground.course import COMPLETED, FAILED, TIMEOUT
from dli_tui.playground.moments import milliseconds, zulu
from dli_tui.playground.records import Execution
from dli_tui.playground.world import World

_SCHEMES: Final = ("http://", "https://")


class Message(NamedTuple):
    """What is posted, and where."""

    url: str
    payload: dict[str, Any]


class _News(NamedTuple):
    at: datetime
    event: str
    status: str
    took: int
    results: dict[str, Any]


class Messages:
    """What became due since it was last asked for."""

    def __init__(self, world: World) -> None:
        self._world, self._told = world, world.began

    def due(self, until: datetime) -> list[Message]:
        """All up to that moment that wasn't told yet, in the order in which it happened."""
        after, self._told = self._told, max(self._told, until)
        found = [
            (news, execution, url)
            for execution in self._world.all_executions()
            if execution.course.ended > after
            for url in _addresses(execution)
            for news in _news(execution)
            if after < news.at <= until
        ]
        found.sort(key=lambda one: one[0].at)
        return [Message(url, _payload(execution, news)) for news, execution, url in found]


def _addresses(execution: Execution) -> list[str]:
    """Where it tells of itself: its own address, and those of its notifications, each once."""
    found = [execution.config.get("webhook_url")]
    for step, given in zip(execution.steps, execution.given, strict=True):
        if step.kind == "notification":
            found.append(given.get("webhook_url"))
    return list(dict.fromkeys(url for url in found if _is_address(url)))


def _is_address(url: object) -> TypeGuard[str]:
    """Whether something can be posted there: what still has a variable in it is no address."""
    return isinstance(url, str) and url.startswith(_SCHEMES) and "{{" not in url


def _news(execution: Execution) -> Iterator[_News]:
    course = execution.course
    for place, lap in enumerate(course.laps):
        if lap.tries and lap.tries[-1].verdict in {COMPLETED, FAILED}:
            last = lap.tries[-1]
            took = milliseconds(lap.tries[0].begun, last.ended)
            name, gives = execution.steps[place].name, execution.gives[place]
            results = {name: gives} if last.verdict == COMPLETED else {}
            yield _News(last.ended, f"step_{last.verdict}", last.verdict, took, results)
    events = {
        COMPLETED: "workflow_completed",
        FAILED: "workflow_failed",
        TIMEOUT: "workflow_failed",
    }
    if course.outcome in events:
        took = milliseconds(course.begun, course.ended)
        results = execution.results(course.ended)
        yield _News(course.ended, events[course.outcome], course.outcome, took, results)


def _payload(execution: Execution, news: _News) -> dict[str, Any]:
    return {
        "event_type": news.event,
        "workflow_id": execution.workflow_id,
        "execution_id": execution.id,
        "status": news.status,
        "timestamp": zulu(news.at),
        "execution_time_ms": news.took,
        "result_data": news.results,
    }
