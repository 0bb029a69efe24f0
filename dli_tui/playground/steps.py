"""What a step does here: nothing. How long it seems to take, how it fails, what it seems to give.

All of it follows from the step's name, its type and its configuration, so an execution can be told
for any moment. A configuration may say more than a real service would read, for the stories that a
person or a test wants to see:

    fail: true       every try fails; so does a url with "fail" in it, and a type nobody knows
    fail_once: true  it fails until somebody has it tried again by hand
    fail_every: 5    it fails in every fifth execution of its workflow
    flaky: 2         the first two tries fail, the next one doesn't
    takes: 30        the seconds of one try
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any, Final, NamedTuple

from dli_tui.playground.makes import Generation

LONGEST: Final = 600.0
"""Seconds; a step that would wait for a day is of no use to anybody who tries things."""
_UNKNOWN: Final = (0.005, 0.02)
_SECONDS: Final = {
    "http_request": (0.4, 2.5),
    "file_process": (0.8, 4.0),
    "log": (0.01, 0.05),
    "conditional": (0.02, 0.08),
    "condition": (0.02, 0.08),
    "data_transform": (0.2, 1.5),
    "notification": (0.2, 0.9),
}
_DELAY: Final = "delay"
_KINDS: Final = frozenset({*_SECONDS, _DELAY})
_WRONG: Final = {
    "http_request": 'Service returned 503: {"detail": "unavailable"}',
    "file_process": "The file could not be read",
    "data_transform": "Nothing found at the given path",
    "notification": "The message was not accepted",
}


class Step(NamedTuple):
    """One step of a workflow's configuration."""

    name: str
    kind: str
    config: Mapping[str, Any]


class Outcome(NamedTuple):
    """How one try goes."""

    seconds: float
    error: str | None = None


class Ways(NamedTuple):
    """What a generation of the service does with steps."""

    retries: int
    """How often a step that fails is tried again on its own."""
    kinds: frozenset[str]
    late: str
    """Its word for an execution that took too long."""


WAYS: Final = {
    Generation.NEWEST: Ways(3, _KINDS, "timeout"),
    # As recorded: the documented type `conditional` was unknown there.
    Generation.V1: Ways(0, _KINDS - {"conditional"}, "failed"),
    Generation.LEGACY: Ways(0, _KINDS, "failed"),
}


def steps_of(config: Mapping[str, Any]) -> tuple[Step, ...]:
    """The steps of a workflow; in the oldest generation their settings stand beside their name."""
    return tuple(_step(given) for given in config.get("steps", ()))


def _step(given: Mapping[str, Any]) -> Step:
    beside = {key: value for key, value in given.items() if key not in {"name", "type"}}
    config = given.get("config", beside)
    return Step(given["name"], given["type"], config if isinstance(config, dict) else {})


def tries_of(
    step: Step, ways: Ways, *, number: int, by_hand: int, retries: int
) -> Sequence[Outcome]:
    """How its tries go, up to the first that succeeds, in the `number`th execution."""
    seconds = _seconds(step, number)
    tries: list[Outcome] = []
    for attempt in range(retries + 1):
        wrong = _fails(step, ways, number, attempt, by_hand)
        tries.append(Outcome(seconds, _error(step, ways) if wrong else None))
        if not wrong:
            break
    return tries


def _seconds(step: Step, number: int) -> float:
    if step.kind == _DELAY:
        return min(_delay(step), LONGEST)
    takes = _number(step.config.get("takes"))
    if takes is None:
        low, high = _SECONDS.get(step.kind, _UNKNOWN)
        takes = low + (high - low) * share(step.name, step.kind)
    luck = 0.85 + 0.3 * share(step.name, step.kind, number)
    return round(min(takes * luck, LONGEST), 3)


def _delay(step: Step) -> float:
    found = (_number(step.config.get(key)) for key in ("seconds", "delay", "duration"))
    return next((seconds for seconds in found if seconds is not None), 1.0)


def _number(value: object) -> float | None:
    """A number that can be waited for; anything else is none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) and value >= 0 else None


def _fails(step: Step, ways: Ways, number: int, attempt: int, by_hand: int) -> bool:
    config = step.config
    every, flaky = _number(config.get("fail_every")), _number(config.get("flaky"))
    return (
        step.kind not in ways.kinds
        or config.get("fail") is True
        or "fail" in str(config.get("url", ""))
        or (config.get("fail_once") is True and by_hand == 0)
        or bool(every and by_hand == 0 and number % every == 0)
        or bool(flaky and by_hand == 0 and attempt < flaky)
    )


def _error(step: Step, ways: Ways) -> str:
    if step.kind not in ways.kinds:
        return f"Unknown step type: {step.kind}"
    return _WRONG.get(step.kind, f"Step {step.name} failed")


def output_of(step: Step, given: Mapping[str, Any]) -> dict[str, Any]:
    """What it gives back, by what it was given."""
    match step.kind:
        case "http_request":
            found = {"ok": True, "items": round(5 + 40 * share(step.name))}
            return {
                "status_code": 200,
                "headers": {"Content-Type": "application/json"},
                "json": found,
            }
        case "file_process":
            return {**_file(step, given), "status": "completed"}
        case "delay":
            return {"delayed": min(_delay(step), LONGEST)}
        case "log":
            return {"message": given.get("message", "")}
        case "conditional" | "condition":
            return {"condition": given.get("condition"), "condition_met": True}
        case "data_transform":
            return {key: [1, 2, 3] for key in _keys(given)}
        case _:
            return {"sent": True, "channel": given.get("type", "log")}


def _file(step: Step, given: Mapping[str, Any]) -> dict[str, Any]:
    told = {"file_id": given.get("file_id"), "action": given.get("action", "process")}
    size = round(1_000 + 90_000 * share(step.name, str(given.get("file_id"))))
    if told["action"] == "validate":
        return {**told, "valid": True, "size": size}
    if "extract" in str(told["action"]):
        return {**told, "content": "extracted text", "word_count": size // 6}
    return told


def _keys(given: Mapping[str, Any]) -> list[str]:
    """Under which names a transformation puts what it found."""
    found = given.get("transformations")
    wanted = found if isinstance(found, list) else []
    return [str(one["key"]) for one in wanted if isinstance(one, dict) and "key" in one]


def share(*words: object) -> float:
    """A number from 0 up to 1 that is always the same for the same words."""
    drawn = blake2b("/".join(map(str, words)).encode(), digest_size=4).digest()
    return int.from_bytes(drawn) / 2**32
