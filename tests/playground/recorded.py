"""What real services were recorded to answer, and whether an answer of ours is like it."""

from __future__ import annotations

import json
import re
from pathlib import Path

SAMPLES = Path(__file__).parents[1] / "backends/pyairtable/samples"
SEED = {
    file.stem.removeprefix("003_"): json.loads(file.read_text())
    for file in (Path(__file__).parent.parent / "seeds").glob("003_*.json")
}
"""The examples of the contract."""

_PLACES = {
    "v1": ("service", "v1_"),
    "legacy": ("service", "legacy_"),
    "src": ("saga/src", ""),
    "flat": ("saga/flat", ""),
}
"""Where the exchanges of each generation lie, and what their files begin with."""
_NOT_PLAYED = {
    "v1": {
        *("create_failing", "executions_filter", "get", "get_deleted", "list_page", "live"),
        *("openapi", "ready", "root", "trigger_nobody", "update_enable"),
    },
    "legacy": {
        *("create_failing", "root", "seed_path_api_v1_templates", "seed_path_ready"),
        *("seed_path_templates", "seed_path_workflows_executions_1_steps", "stats_summary"),
        *("trigger_fail", "update_workflow_active", "validate_cron", "validate_cron_bad"),
    },
    "src": {
        *("event_types", "events_all", "get_after_cancel", "get_after_cancel_end"),
        *("health_noslash", "list_empty", "list_filter", "list_noslash", "list_running"),
        *("ready", "start_fail", "start_slow"),
    },
    "flat": {
        *("delete", "metrics", "openapi", "root", "start_fail", "start_slow", "templates"),
    },
}
"""Exchanges that depend on what else was there, or are of paths that nobody plays."""

_FREE = {
    *("workflow_config", "config", "trigger_config", "triggers", "trigger_data", "result_data"),
    *("command", "compensation_command", "input_data", "output_data", "metadata", "components"),
    *("services", "saga_types", "result", "results"),
}
"""What is of no fixed shape, or of another with each service."""
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)?")


def samples(generation):
    """The recorded exchanges of a service, by name."""
    folder, prefix = _PLACES[generation]
    files = sorted((SAMPLES / folder).glob(f"{prefix}*.json"))
    found = {file.stem.removeprefix(prefix): json.loads(file.read_text()) for file in files}
    return {name: one for name, one in found.items() if name not in _NOT_PLAYED[generation]}


def differences(recorded, told, where="body"):
    """In which places one body has another shape than the other."""
    if isinstance(recorded, dict) and isinstance(told, dict):
        if recorded.keys() != told.keys():
            return [f"{where}: {sorted(recorded.keys() ^ told.keys())}"]
        return [
            wrong
            for key, value in recorded.items()
            if key not in _FREE
            for wrong in differences(value, told[key], f"{where}.{key}")
        ]
    if isinstance(recorded, list) and isinstance(told, list):
        if not recorded or not told:
            return [] if recorded == told else [f"{where}: one is empty"]
        return differences(recorded[0], told[0], f"{where}[0]")
    if recorded is None or told is None:
        return []
    if isinstance(recorded, str) and isinstance(told, str):
        moments = _MOMENT.fullmatch(recorded), _MOMENT.fullmatch(told)
        written = [None if one is None else one[1] for one in moments]
        both = (moments[0] is None) == (moments[1] is None)
        return [] if both and written[0] == written[1] else [f"{where}: {recorded} | {told}"]
    same = isinstance(told, type(recorded)) or {type(recorded), type(told)} == {int, float}
    return [] if same else [f"{where}: {recorded!r} | {told!r}"]


def complaints(recorded, told):
    """How a refusal differs from the recorded one; where a list is given, in what FastAPI says."""
    if not isinstance(recorded["detail"], list):
        return [] if recorded == told else [f"{recorded} | {told}"]
    said, says = (
        [(one["type"], one["loc"], one["msg"]) for one in body["detail"]]
        for body in (recorded, told)
    )
    return [] if said == says else [f"{said} | {says}"]


def unlike(exchange, answer):
    """How an answer differs from the recorded one."""
    recorded = exchange["response"]
    if answer.status_code != recorded["status"]:
        return [f"{recorded['status']} | {answer.status_code}: {answer.text}"]
    if recorded["status"] >= 400:
        return complaints(recorded["body"], answer.json())
    return differences(recorded["body"], answer.json())
