"""Labels and words: what is known of a workflow or a run beside its state. Unknown is left out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from dli_tui.domain.sequence import KEY
from dli_tui.domain.text import safe_line, spelled_out
from dli_tui.present import words

if TYPE_CHECKING:
    from datetime import datetime

    from dli_tui.domain.run import WorkflowRun
    from dli_tui.domain.schedule import RetryConfig
    from dli_tui.domain.workflow import DatasetInfo, WorkflowInfo

Facts = tuple[tuple[str, str], ...]
_Found = Iterator[tuple[str, str | None]]

_LONGEST_PARAMETER: Final = 200
_LONGEST_LINE: Final = 2_000
_MOST_LINES: Final = 1_000
_ALWAYS: Final = ("owner", "team", "description", "spec")


def of_workflow(info: WorkflowInfo, dataset: DatasetInfo | None) -> Facts:
    """Who answers for it and what it is for, how it is retried, who holds it and why."""
    return _told(_of_workflow(info, dataset))


def with_unknown(facts: Facts) -> Facts:
    """The same, with what is always asked after first, empty where nobody knows it."""
    known = dict(facts)
    first = tuple((label, known.get(label, "")) for label in _ALWAYS)
    return first + tuple(fact for fact in facts if fact[0] not in _ALWAYS)


def of_run(run: WorkflowRun, kind: str, timezone: str) -> Facts:
    """Who started it and with what, and who stopped it."""
    return _told(_of_run(run, kind, timezone))


def _of_workflow(info: WorkflowInfo, dataset: DatasetInfo | None) -> _Found:
    yield "owner", info.owner or (dataset.owner if dataset else None)
    yield "team", info.team or (dataset.team if dataset else None)
    yield "description", info.description or (dataset.description if dataset else None)
    yield "tags", ", ".join(info.tags or (dataset.tags if dataset else ()))
    yield "retry", of_retry(info.retry) if info.retry else None
    yield "overridden", info.overridden_by and f"by {info.overridden_by}"
    yield "paused by", info.paused_by
    yield "reason", info.reason
    yield "since", _moment(info.paused_at, info.display_zone)
    yield "registered", _by(info.registered_by, info.registered_at, info.display_zone)
    yield "spec", info.s3_path or (dataset.spec_path if dataset else None)
    yield "warning", info.warning


def _of_run(run: WorkflowRun, kind: str, timezone: str) -> _Found:
    yield "started by", run.triggered_by
    yield "kind", f"{kind} ({run.backfill_id})" if run.backfill_id else kind
    yield "slot", _moment(run.slot, timezone)
    for place, pair in enumerate(pairs(run.parameters)):
        yield "" if place else "parameters", pair
    yield "stopped by", run.stopped_by
    yield "stopped at", _moment(run.stopped_at, timezone)
    yield "reason", run.reason
    yield "clock", run.clock_note
    yield "retries", str(run.retry_count) if run.retry_count else None


def _told(found: _Found) -> Facts:
    return tuple((label, safe_line(said)) for label, said in found if said)


def of_retry(retry: RetryConfig) -> str:
    """`3 tries, 5m apart`."""
    if retry.max_attempts <= 1:
        return words.tries(1)
    return f"{words.tries(retry.max_attempts)}, {_apart(retry.delay_seconds)} apart"


def _apart(seconds: int) -> str:
    """In one unit where that is exact."""
    return words.span(seconds).removesuffix("00s") if seconds else "0s"


def _by(who: str | None, at: datetime | None, timezone: str) -> str | None:
    parts = (f"by {who}" if who else None, _moment(at, timezone))
    return " ".join(part for part in parts if part) or None


def _moment(at: datetime | None, timezone: str) -> str | None:
    return None if at is None else words.moment(at, timezone)


def pairs(given: Mapping[str, Any]) -> Iterator[str]:
    """Each as `key = value`: text as it is, anything else as JSON."""
    for key, value in given.items():
        if key == KEY:
            # Which backfill it belongs to is told in our own words.
            continue
        said = value if isinstance(value, str) else _as_json(value)
        yield safe_line(f"{words.name(key)} = {said}", _LONGEST_PARAMETER)


def data_lines(data: Mapping[str, Any] | None) -> tuple[str, ...]:
    """What a step was given or gave back, as lines of YAML; a long list of them is cut."""
    if data is None:
        return ()
    from dli_tui.present import yamltext  # noqa: PLC0415 - YAML is for who looks inside a step

    lines = yamltext.lines_of(dict(data), short=True)
    shown = tuple(safe_line(line, _LONGEST_LINE) for line in lines[:_MOST_LINES])
    more = len(lines) - _MOST_LINES
    return shown if more <= 0 else (*shown, f"… and {words.plural(more, 'line')} more")


def _as_json(value: object) -> str:
    return spelled_out(json.dumps(value, ensure_ascii=False, default=str))
