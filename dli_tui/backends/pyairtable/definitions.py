"""What a registration means there: a dataset's spec, as a workflow that the service can run.

The service reads schedules in UTC, runs its own seven kinds of step and knows neither owners nor
teams. What it can't take is refused before anything is sent, rather than left out unseen. A spec
may bring the service's own definition along under `workflow_config`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING, Any, Final

from dli_tui.domain import configuration
from dli_tui.domain.cron import check as check_cron
from dli_tui.domain.errors import WorkflowRegistrationError
from dli_tui.domain.text import safe_line
from dli_tui.specs.errors import SpecError
from dli_tui.specs.reader import mapping_of

if TYPE_CHECKING:
    from dli_tui.backends.pyairtable.place import Routes
    from dli_tui.domain.query import Registration
    from dli_tui.domain.workflow import WorkflowInfo

_UTC: Final = frozenset({"UTC", "Etc/UTC", "GMT", "Etc/GMT"})
_OWN: Final = "workflow_config"
_KINDS: Final = {"http": "http_request", "wait": "delay", "log": "log"}
"""The kinds of step of a spec that the service has too; their settings are called alike."""
_LACKING: Final = frozenset({"notification"})
"""Kinds that the second generation registers and then fails to execute."""
_OLD_KINDS: Final = frozenset({"log", "delay"})
"""Kinds of a spec that the oldest generation was seen to execute."""
_OLD_SETTINGS: Final = {("delay", "seconds"): "delay"}
_CARRIED: Final = (
    *("trigger_config", "trigger_on_file_upload", "trigger_file_extensions", "timeout_seconds"),
)
_PARAMETER: Final = re.compile(r"\{\{\s*params\.([\w-]+)\s*\}\}", re.ASCII)
_SHOWN: Final = 200


def registration_body(request: Registration, routes: Routes) -> dict[str, Any]:
    """What to send; DLI-801 where the service couldn't do what is asked for."""
    name, schedule = request.dataset_name, request.schedule
    if schedule.cron is not None:
        check_cron(schedule.cron, dataset_name=name)
    if schedule.cron is not None and schedule.timezone not in _UTC:
        raise WorkflowRegistrationError(
            f"'{name}' can't be registered: the service reads schedules in UTC, "
            f"not in {schedule.timezone}",
            dataset_name=name,
            hint="Write the cron in UTC: --timezone UTC",
        )
    spec = _spec(request)
    body: dict[str, Any] = {key: spec[key] for key in _CARRIED if spec.get(key) is not None}
    return body | {
        "name": name,
        "description": request.description,
        "workflow_config": _config(spec, name, routes),
        "cron_schedule": schedule.cron,
        "is_scheduled": schedule.cron is not None,
        "max_retries": schedule.retry.max_attempts - 1,
        "is_enabled": True,
    }


def left_out(request: Registration, made: WorkflowInfo) -> str | None:
    """What the service has no room for, or didn't keep, in words; None where that is nothing."""
    lost = [word for word, one in (("owner", request.owner), ("team", request.team)) if one]
    told = request.schedule.notifications
    lost += ["notifications"] if told.on_failure or told.on_success else []
    kept = 1 if made.retry is None else made.retry.max_attempts
    lost += ["retries"] if kept != request.schedule.retry.max_attempts else []
    return f"the service keeps no {', '.join(lost)}" if lost else None


def _spec(request: Registration) -> Mapping[str, Any]:
    if request.yaml_content is None:
        return {}
    try:
        return mapping_of(request.yaml_content)
    except SpecError as problem:
        raise _refused(request.dataset_name, problem.message) from problem


def _config(spec: Mapping[str, Any], name: str, routes: Routes) -> dict[str, Any]:
    own, steps = spec.get(_OWN), spec.get("steps")
    if isinstance(own, dict):
        config = own
    else:
        given = steps if isinstance(steps, list) else []
        config = {"steps": [_step(one, name) for one in _in_order(given, name)]}
    if spec and config is not own and not config["steps"]:
        raise _refused(name, "it has no steps, so a run of it would do nothing")
    if routes.is_legacy:
        # Its kinds are its own, so what is given in its own words is taken as it is.
        flat = [_flat(one, name) for one in config["steps"]] if config is not own else []
        return config if config is own else {"steps": flat}
    wrong = [one for one in configuration.check(config) if one.is_wrong]
    if wrong:
        raise _refused(name, str(wrong[0]))
    lacking = _LACKING if not routes.has_steps else frozenset()
    kinds = (one["type"] for one in config["steps"])
    unknown = next((kind for kind in kinds if kind in lacking), None)
    if unknown is not None:
        raise _refused(name, f"this version of the service doesn't know the kind of step {unknown}")
    return config


def _flat(step: Mapping[str, Any], name: str) -> dict[str, Any]:
    """A step as the oldest generation reads it: its settings beside its name and kind."""
    settings = {_OLD_SETTINGS.get((step["type"], key), key): v for key, v in step["config"].items()}
    if step["type"] not in _OLD_KINDS or not settings.keys().isdisjoint({"name", "type"}):
        told = f"this version of the service can't be given step '{step['name']}'"
        raise _refused(name, safe_line(told, _SHOWN))
    return {"name": step["name"], "type": step["type"], **settings}


def _in_order(steps: Sequence[object], name: str) -> list[dict[str, Any]]:
    """One after the other, each behind what it needs: the service runs them in that order."""
    known = {str(one.get("name")): one for one in steps if isinstance(one, dict)}
    if len(known) < len(steps):
        raise _refused(name, "each step has to be an object with a name of its own")
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for own, one in known.items():
        needs = one.get("needs")
        sorter.add(own, *(map(str, needs) if isinstance(needs, list) else ()))
    try:
        return [known[own] for own in sorter.static_order() if own in known]
    except CycleError:
        return list(known.values())


def _step(step: Mapping[str, Any], name: str) -> dict[str, Any]:
    own, kind = step.get("name"), step.get("type")
    if not isinstance(kind, str) or kind not in _KINDS:
        told = f"step '{own}' is of kind {kind}, which the service doesn't have"
        raise _refused(name, safe_line(told, _SHOWN))
    return {"name": own, "type": _KINDS[kind], "config": _triggered(step.get("config") or {})}


def _triggered(value: Any) -> Any:  # noqa: ANN401 - settings of any kind
    """Settings whose `{{params.x}}` are what the service calls `{{trigger.x}}`."""
    match value:
        case str():
            return _PARAMETER.sub(r"{{trigger.\1}}", value)
        case dict():
            return {key: _triggered(inner) for key, inner in value.items()}
        case list():
            return [_triggered(inner) for inner in value]
        case _:
            return value


def _refused(name: str, why: str) -> WorkflowRegistrationError:
    return WorkflowRegistrationError(
        f"'{name}' can't be registered: {why}",
        dataset_name=name,
        hint=f"Give the spec a {_OWN} of the service's own kinds of step.",
    )
