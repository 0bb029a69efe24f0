# dli-tui: DAG factory
"""Specs of dli-tui as DAGs of Airflow 2.11 and 3.x.

One file, longer than any other of ours: it is copied into the DAGs folder of an Airflow where
nothing of ours is installed, and has to bring all that it needs. It keeps to Python 3.9, the
standard library, PyYAML and airflow. Its parts, from top to bottom: reading a spec and saying
what is wrong with it (as `dli_tui.specs` does; one corpus of specs holds the two together), what
a spec may ask for, values in texts, speaking HTTP, the steps at work, webhooks, DAGs.

What a copy does is in its name. `dli_dags_03_of_16.py` makes the DAGs of one shard in sixteen;
`dli_errors_03_of_16.py` makes none and fails with what is wrong with the specs of that shard: an
error in a file keeps Airflow from starting any DAG of that file.

The specs lie in the folder that DLI_SPECS names: `code/NAME.yaml` and `manual/NAME.yaml`, CODE
before MANUAL. A spec comes from anybody who may register, so its text is never put into a field
that Airflow renders, and what it may reach is said by DLI_ALLOWED_CONNECTIONS, DLI_ALLOWED_URLS
and DLI_ALLOW_MANUAL_CODE.
"""

from __future__ import annotations

import http.client
import importlib
import ipaddress
import json
import logging
import math
import os
import re
import signal
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import date, datetime, timedelta, timezone
from functools import partial
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple
from urllib.parse import quote, unquote, urlsplit
from zlib import crc32
from zoneinfo import ZoneInfo

import yaml
from yaml.composer import ComposerError
from yaml.error import MarkedYAMLError, YAMLError
from yaml.events import AliasEvent
from yaml.nodes import MappingNode, ScalarNode
from yaml.reader import ReaderError

CODE, MANUAL = "code", "manual"
ENDING = ".yaml"
_LOG = logging.getLogger("airflow.task")


class WrongSpecError(Exception):
    """A spec of which no DAG is made; each problem is a sentence."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(self.problems))


class StepError(Exception):
    """A step that can't do what it was asked for."""


class SpecsError(Exception):
    """What Airflow shows as an import error."""


class Parameter(NamedTuple):
    """What a run can be given."""

    kind: str
    default: Any
    description: str | None


class Step(NamedTuple):
    """One step of the work."""

    name: str
    kind: str
    needs: tuple[str, ...]
    config: dict[str, Any]


class Spec(NamedTuple):
    """A spec that makes sense."""

    name: str
    owner: str | None
    team: str | None
    description: str | None
    tags: tuple[str, ...]
    cron: str | None
    timezone: str
    enabled: bool
    max_attempts: int
    delay_seconds: int
    targets: dict[str, tuple[dict[str, Any], ...]]
    parameters: dict[str, Parameter]
    steps: tuple[Step, ...]


# ------------------------------------------------------------------------------------------------
# Reading: text into plain values, without trusting it
# ------------------------------------------------------------------------------------------------

MAX_BYTES = 1_048_576
_MAX_HEADER = 2_000
_MAX_DEPTH = 50
_MAX_VALUES = 10_000
_LONGEST_NUMBER = 64
# Letters of a number: PyYAML multiplies `1:1:1:…`, base 60, for minutes before it says how large.
_LONGEST_DIGITS = 100
_NUMBER_TAG = "tag:yaml.org,2002:int"
_NUMBER_TAGS = (_NUMBER_TAG, "tag:yaml.org,2002:float")
_LIKE_A_NUMBER = re.compile(r"[-+.]?[0-9][0-9a-fA-F_.:xX+-]*")
_TEXT_TAG = "tag:yaml.org,2002:str"
_HALF_CHARACTER = re.compile("[\ud800-\udfff]")
# The first line of a document of the store; one that was removed is there to say so.
_HEADER = re.compile(rb'# dli-tui: revision [1-9][0-9]{0,8}, ([a-z]+) by ".*" at [0-9TZ:-]{20}\r?')
_ACTS = (b"registered", b"pushed", b"removed")


def text_of(data: bytes) -> str | None:
    """The spec in a document; None where it only says that somebody removed it."""
    first, newline, rest = data.partition(b"\n")
    header = _HEADER.fullmatch(first) if newline and len(first) <= _MAX_HEADER else None
    known = header is not None and header[1] in _ACTS
    if header is not None and header[1] == b"removed":
        return None
    spec = rest if known else data
    if len(spec) > MAX_BYTES:
        raise _too_long()
    try:
        return spec.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, len(data) - len(spec) + error.start) + 1
        raise WrongSpecError([f"line {line} is not UTF-8 text"]) from error


def mapping_of(text: str) -> dict[Any, Any]:
    """The one mapping that `text` holds, as YAML reads it: a date is a date."""
    if len(text) > MAX_BYTES or len(text.encode("utf-8", "replace")) > MAX_BYTES:
        raise _too_long()
    text = text.removeprefix("\ufeff")
    try:
        value = _value_of(text)
    except YAMLError as error:
        raise WrongSpecError([_in_words(error, text)]) from error
    if not isinstance(value, dict):
        raise WrongSpecError(["expected a mapping such as 'name: …' at the top, but there is none"])
    return value


def _too_long() -> WrongSpecError:
    return WrongSpecError([f"it is longer than {MAX_BYTES:,} bytes"])


def _value_of(text: str) -> object:
    loader: Any = _Loader(text)
    try:
        node = loader.get_node() if loader.check_node() else None
        if loader.check_node():
            raise _refused("expected one document, a second one begins", loader.peek_event())
        return None if node is None else loader.construct_document(node)
    except (ValueError, OverflowError) as error:
        raise ComposerError(problem="no such character", problem_mark=loader.get_mark()) from error
    finally:
        loader.dispose()


class _Loader(yaml.SafeLoader):
    """SafeLoader within limits; it counts while the tree is built, before any value is."""

    # YAML 1.1 has meanings of its own for a lone "=" and "<<"; as a value each is just text.
    yaml_constructors = {  # noqa: RUF012 - as PyYAML declares it
        **yaml.SafeLoader.yaml_constructors,
        "tag:yaml.org,2002:value": yaml.SafeLoader.construct_yaml_str,
        "tag:yaml.org,2002:merge": yaml.SafeLoader.construct_yaml_str,
    }

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._values = self._depth = self._deepest = 0
        self._sizes: dict[Any, tuple[int, int]] = {}
        """By node: values and depth of what it grows to when each alias is written out."""

    def compose_node(self, parent: Any, index: Any) -> Any:  # noqa: ANN401 - as PyYAML has it
        event: Any = self.peek_event()  # type: ignore[no-untyped-call]
        tag = getattr(event, "tag", None)
        if tag not in (None, _TEXT_TAG):
            raise _refused(f"the tag {tag!r} is not allowed", event)
        outside, self._deepest, before = self._deepest, self._depth, self._values
        self._add(1, 1, event)
        self._depth += 1
        node = super().compose_node(parent, index)
        self._depth -= 1
        if isinstance(event, AliasEvent):
            if node not in self._sizes:
                raise _refused(f"*{event.anchor} stands inside of itself", event)
            self._add(*self._sizes[node], event)
        elif node is not None:
            self._sizes[node] = (self._values - before, self._deepest - self._depth)
            if isinstance(node, MappingNode):
                self._require_keys(node)
        self._deepest = max(outside, self._deepest)
        return node

    def _add(self, values: int, depth: int, event: object) -> None:
        self._values += values
        self._deepest = max(self._deepest, self._depth + depth)
        if self._deepest > _MAX_DEPTH:
            raise _refused(f"it nests deeper than {_MAX_DEPTH} levels", event)
        if self._values > _MAX_VALUES:
            raise _refused(f"it holds more than {_MAX_VALUES:,} values", event)

    def resolve(self, kind: Any, value: Any, implicit: Any) -> Any:  # noqa: ANN401 - as PyYAML has it
        """The tag of a value; a long one is no number, and isn't held against patterns that
        remember each of its colons."""
        if kind is ScalarNode and value is not None and len(value) > _LONGEST_DIGITS:
            is_like_one = implicit[0] and _LIKE_A_NUMBER.fullmatch(value)
            return _NUMBER_TAG if is_like_one else _TEXT_TAG
        return super().resolve(kind, value, implicit)  # type: ignore[no-untyped-call]

    def _require_keys(self, node: MappingNode) -> None:
        """Each key one plain value, and none of them twice."""
        lines: dict[object, int] = {}
        for key, _ in node.value:
            if not isinstance(key, ScalarNode):
                raise _refused("a key must be one plain value", key)
            value = self.construct_object(key)
            if value in lines:
                raise _refused(f"{key.value!r} is there already, on line {lines[value]}", key)
            lines[value] = key.start_mark.line + 1

    def construct_object(self, node: Any, deep: bool = False) -> object:  # noqa: ANN401 - as above
        if node.tag in _NUMBER_TAGS and len(node.value) > _LONGEST_DIGITS:
            raise _unreadable(node)
        # PyYAML checks the look of a number or date, not whether there is such a one.
        try:
            value: object = super().construct_object(node, deep)
        except (ValueError, OverflowError) as error:
            raise _unreadable(node) from error
        if isinstance(value, int) and value.bit_length() > _LONGEST_NUMBER:
            raise _unreadable(node)
        if isinstance(value, str) and _HALF_CHARACTER.search(value):
            raise _refused("half a character is no text", node)
        return value


def _unreadable(node: Any) -> ComposerError:  # noqa: ANN401 - a node of any kind
    shown = _shown(str(node.value))
    return _refused(f"{shown} is no number or date that can be read; text needs quotes", node)


def _refused(problem: str, at: Any) -> ComposerError:  # noqa: ANN401 - an event or a node
    return ComposerError(problem=problem, problem_mark=at.start_mark)


def _in_words(error: YAMLError, text: str) -> str:
    if isinstance(error, ReaderError):
        line = text.count("\n", 0, error.position) + 1
        return f"line {line}: the character U+{error.character:04X} is not allowed"
    if isinstance(error, MarkedYAMLError) and error.problem_mark is not None:
        mark = error.problem_mark
        return f"line {mark.line + 1}, column {mark.column + 1}: {error.problem}"
    return "it is not YAML"


# ------------------------------------------------------------------------------------------------
# Checking: what makes a spec
# ------------------------------------------------------------------------------------------------

KINDS = ("sql", "http", "python", "shell", "wait", "log")
_TARGETS = ("on_failure", "on_success", "on_source_change")
_OURS = frozenset(
    (
        *("version", "name", "owner", "team", "description", "tags", "schedule", "retry"),
        *("notifications", "parameters", "steps"),
    )
)
_MAX_NAME = 250
_SHOWN = 40
_NOT_ZONES = ("posix", "posixrules", "right", "localtime", "Factory", "SystemV")


def spec_of(text: str) -> Spec:
    """The spec that `text` holds, or everything that is wrong with it."""
    mapping = mapping_of(text)
    check = _Check()
    spec = check.spec(
        # An empty `tags:` is what a person leaves who has none.
        {key: mapping[key] for key in mapping if key in _OURS and mapping[key] is not None}
    )
    if check.problems:
        raise WrongSpecError(check.problems)
    return spec


def why_not_a_name(name: str) -> str | None:
    """Say what keeps `name` from being a name, or None when it is one."""
    if not name:
        return "it is empty"
    if len(name) > _MAX_NAME:
        return f"it has {len(name)} characters, {_MAX_NAME} are allowed"
    if not name[0].isalnum():
        return "it must begin with a letter or a digit"
    wrong = next((char for char in name if not (char.isalnum() or char in "_.-")), None)
    if wrong is not None:
        return f"{wrong!a} is not allowed, only letters, digits, '_', '.' and '-'"
    return "'..' is not allowed" if ".." in name else None


class _Check:
    """Goes through a mapping and keeps what is wrong with it."""

    def __init__(self) -> None:
        self.problems: list[str] = []

    def spec(self, given: dict[Any, Any]) -> Spec:
        if given.get("version", "v1") != "v1":
            self._expected("version", "v1", given["version"])
        schedule = self._block("schedule", given.get("schedule", {}), "cron", "timezone", "enabled")
        retry = self._block("retry", given.get("retry", {}), "max_attempts", "delay_seconds")
        return Spec(
            name=self._name("name", given.get("name")),
            owner=self._text("owner", given.get("owner"), optional=True),
            team=self._text("team", given.get("team"), optional=True),
            description=self._text("description", given.get("description"), optional=True),
            tags=self._texts("tags", given.get("tags", [])),
            cron=self._cron(schedule.get("cron")),
            timezone=self._zone(schedule.get("timezone", "UTC")),
            enabled=self._truth("schedule.enabled", schedule.get("enabled", True)),
            max_attempts=self._whole("retry.max_attempts", retry.get("max_attempts", 1), 1),
            delay_seconds=self._whole("retry.delay_seconds", retry.get("delay_seconds", 300), 0),
            targets=self._notifications(given.get("notifications", {})),
            parameters=self._parameters(given.get("parameters", {})),
            steps=self._steps(given.get("steps", [])),
        )

    def _expected(self, place: str, what: str, got: object) -> None:
        self.problems.append(f"{place}: expected {what}, got {_shown(got)}")

    def _block(self, place: str, value: object, *keys: str) -> dict[str, Any]:
        """A mapping with text for keys, and, where they are named, no others."""
        if not isinstance(value, dict):
            self._expected(place, "a mapping", value)
            return {}
        for key in value:
            if not isinstance(key, str):
                self._expected(place, "keys that are text", key)
            elif keys and key not in keys:
                self.problems.append(
                    f"{place}: {_shown(key)} is not a key here; there are {', '.join(keys)}"
                )
        return {key: item for key, item in value.items() if isinstance(key, str)}

    def _list(self, place: str, value: object) -> list[Any]:
        if isinstance(value, list):
            return value
        self._expected(place, "a list", value)
        return []

    def _text(self, place: str, value: object, *, optional: bool = False) -> str:
        if not isinstance(value, str) and not (optional and value is None):
            self._expected(place, "text", value)
            return ""
        return value  # type: ignore[return-value] # None where it is optional

    def _texts(self, place: str, value: object) -> tuple[str, ...]:
        items = enumerate(self._list(place, value))
        return tuple(self._text(f"{place}[{index}]", item) for index, item in items)

    def _name(self, place: str, value: object) -> str:
        reason = why_not_a_name(value) if isinstance(value, str) else "it is no text"
        if reason is None:
            return str(value)
        self._expected(place, "a name", value)
        self.problems[-1] += f": {reason}"
        return ""

    def _truth(self, place: str, value: object) -> bool:
        if not isinstance(value, bool):
            self._expected(place, "true or false", value)
        return value is True

    def _whole(self, place: str, value: object, least: int) -> int:
        if isinstance(value, int) and not isinstance(value, bool) and value >= least:
            return value
        self._expected(place, f"a whole number of at least {least}", value)
        return least

    def _cron(self, value: object) -> str | None:
        if value is None:
            return None
        wrong = cron_problem(value) if isinstance(value, str) else "it is no text"
        if wrong is not None:
            self._expected("schedule.cron", "a cron expression of five fields", value)
            self.problems[-1] += f": {wrong}"
        return str(value)

    def _zone(self, value: object) -> str:
        try:
            if isinstance(value, str) and value.split("/", 1)[0] not in _NOT_ZONES:
                ZoneInfo(value)
                return value
        # A folder of the zone database, a NUL or a path: each has an error of its own.
        except (KeyError, ValueError, OSError):
            pass
        self._expected("schedule.timezone", "an IANA time zone such as Asia/Seoul", value)
        return "UTC"

    def _notifications(self, value: object) -> dict[str, tuple[dict[str, Any], ...]]:
        block = self._block("notifications", value, *_TARGETS)
        return {
            event: tuple(
                self._target(f"notifications.{event}[{index}]", target)
                for index, target in enumerate(self._list(f"notifications.{event}", targets))
            )
            for event, targets in block.items()
        }

    def _target(self, place: str, value: object) -> dict[str, Any]:
        target = self._block(place, value, "type", "channel", "url")
        self._text(f"{place}.type", target.get("type"))
        for key in ("channel", "url"):
            self._text(f"{place}.{key}", target.get(key), optional=True)
        if not target.get("channel") and not target.get("url"):
            self.problems.append(f"{place}: expected a channel or a url beside the type")
        return target

    def _parameters(self, value: object) -> dict[str, Parameter]:
        found = {}
        for name, one in self._block("parameters", value).items():
            place = f"parameters[{_shown(name)}]"
            block = self._block(place, one, "type", "default", "description")
            kind, default = block.get("type", "string"), block.get("default")
            description = self._text(place, block.get("description"), optional=True)
            if kind not in tuple(PARAMETERS):
                self._expected(f"{place}.type", f"one of {', '.join(PARAMETERS)}", kind)
            elif default is not None and not PARAMETERS[kind].fits(default):
                self._expected(f"{place}.default", f"what fits the type {kind}", default)
            found[name] = Parameter(str(kind), default, description)
        return found

    def _steps(self, value: object) -> tuple[Step, ...]:
        before = len(self.problems)
        steps = tuple(
            self._step(index, one) for index, one in enumerate(self._list("steps", value))
        )
        # How they hang together is only told of steps that are each in order.
        if len(self.problems) == before:
            self._connections(steps)
        return steps

    def _step(self, index: int, value: object) -> Step:
        place = f"steps[{index}]"
        block = self._block(place, value, "name", "type", "needs", "config")
        kind = block.get("type")
        if kind not in KINDS:
            self._expected(f"{place}.type", f"one of {', '.join(KINDS)}", kind)
        return Step(
            self._name(f"{place}.name", block.get("name")),
            str(kind),
            self._texts(f"{place}.needs", block.get("needs", [])),
            self._block(f"{place}.config", block.get("config", {})),
        )

    def _connections(self, steps: Sequence[Step]) -> None:
        names = [step.name for step in steps]
        twice = sorted({name for name in names if names.count(name) > 1})
        self.problems += [f"steps: {_shown(name)} is the name of several" for name in twice]
        for step in steps:
            for need in step.needs:
                if need not in names:
                    self.problems.append(f"steps: {step.name} needs {_shown(need)}: no such step")
        try:
            TopologicalSorter({step.name: step.needs for step in steps}).prepare()
        except CycleError as error:
            circle = " needs ".join(reversed(error.args[1]))
            self.problems.append(f"steps: {circle}, so none of them could begin")


def _shown(value: object) -> str:
    """`value` in a few words; nothing in it that a terminal would obey."""
    if value is None:
        return "nothing"
    if isinstance(value, (list, tuple)):
        return "a list"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, date):
        return value.isoformat()
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


def _is_date(value: object) -> bool:
    if isinstance(value, str):
        try:
            # Later Pythons read more than the one way of writing it.
            return date.fromisoformat(value).isoformat() == value
        except ValueError:
            return False
    return isinstance(value, date) and not isinstance(value, datetime)


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: object) -> bool:
    return _is_whole(value) or (isinstance(value, float) and math.isfinite(value))


def _is_json(value: object) -> bool:
    if isinstance(value, dict):
        return all(isinstance(key, str) and _is_json(item) for key, item in value.items())
    if isinstance(value, list):
        return all(_is_json(item) for item in value)
    return value is None or isinstance(value, (str, bool)) or _is_number(value)


class _ParameterType(NamedTuple):
    fits: Callable[[object], bool]
    schema: tuple[str, ...]


PARAMETERS = {
    "string": _ParameterType(lambda value: isinstance(value, str), ("string",)),
    "integer": _ParameterType(_is_whole, ("integer",)),
    "number": _ParameterType(_is_number, ("number",)),
    "boolean": _ParameterType(lambda value: isinstance(value, bool), ("boolean",)),
    "date": _ParameterType(_is_date, ("string",)),
    "json": _ParameterType(_is_json, ("object", "array", "string", "number", "boolean")),
}
_BLANKS = re.compile(r"[ \t]+")
_PART = re.compile(r"(?P<from>\*|\w+)(?:-(?P<to>\w+))?(?:/(?P<step>\d{1,2}))?", re.ASCII)
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_FIELDS: tuple[tuple[str, int, int, list[str]], ...] = (
    ("minute", 0, 59, []),
    ("hour", 0, 23, []),
    ("day", 1, 31, []),
    ("month", 1, 12, ["", *_MONTHS]),
    ("weekday", 0, 7, ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]),
)
_LONGEST_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def cron_problem(expression: str) -> str | None:
    """What keeps `expression` from being five plain fields that fire at some time, or None."""
    texts = [text for text in _BLANKS.split(expression) if text]
    if len(texts) != len(_FIELDS):
        return f"5 fields are expected, it has {len(texts)}"
    values = []
    for text, (name, low, high, words) in zip(texts, _FIELDS):
        try:
            values.append(None if text == "*" else _cron_values(text, low, high, words))
        except ValueError as error:
            return f"{name}: {error}"
    days, months, weekdays = values[2:]
    # With a weekday given too, either of the two is enough, so there is always a day.
    if days is not None and weekdays is None:
        longest = max(_LONGEST_MONTH[month - 1] for month in months or range(1, 13))
        if min(days) > longest:
            return "day: no such day in these months, it never fires"
    return None


def _cron_values(text: str, low: int, high: int, words: Sequence[str]) -> set[int]:
    parts = text.split(",")
    if len(parts) > 1 and "*" in parts:
        raise ValueError("'*' means all, nothing can stand beside it")
    found: set[int] = set()
    for part in parts:
        match = _PART.fullmatch(part)
        if match is None or (match["from"] == "*" and match["to"]):
            raise ValueError(f"'{part}' is not understood")
        step = int(match["step"] or 1)
        if step == 0:
            raise ValueError(f"'{part}' steps by zero")
        if match["from"] == "*":
            found |= set(range(low, high + 1, step))
            continue
        if match["step"] and not match["to"]:
            raise ValueError(f"'{part}' steps from one value, write a range or '*' before '/'")
        first = _cron_number(match["from"], low, high, words)
        last = _cron_number(match["to"], low, high, words) if match["to"] else first
        # croniter takes 5-5 for the whole circle, other schedulers take it for 5.
        if match["to"] and last <= first:
            raise ValueError(f"'{part}' runs backwards, or is a range of one value")
        found |= set(range(first, last + 1, step))
    return found


def _cron_number(text: str, low: int, high: int, words: Sequence[str]) -> int:
    if text.isdigit() and len(text) <= 2 and low <= int(text) <= high:  # noqa: PLR2004 - no field has three digits
        return int(text)
    if text.casefold() in words:
        return words.index(text.casefold())
    raise ValueError(f"'{text}' is not between {low} and {high}")


# ------------------------------------------------------------------------------------------------
# Values in texts: the only placeholders that mean anything
# ------------------------------------------------------------------------------------------------

_FACTS = ("ds", "ds_nodash", "ts", "run_id", "dataset")
PLACEHOLDER = re.compile(
    r"\{\{\s*(params\.[A-Za-z_][A-Za-z0-9_]*|" + "|".join(_FACTS) + r")\s*\}\}"
)
_MAX_FILLED = 1_048_576


def filled(text: str, values: Mapping[str, Any], safe: Callable[[str], str] = str) -> str:
    """`text` with each placeholder replaced, once; what stands in a value is text."""
    return PLACEHOLDER.sub(lambda match: safe(as_text(values[match[1]])), text)


def filled_in(value: object, values: Mapping[str, Any]) -> object:
    """A document with each text in it filled; a placeholder alone keeps the type of its value."""
    if isinstance(value, dict):
        return {key: filled_in(item, values) for key, item in value.items()}
    if isinstance(value, list):
        return [filled_in(item, values) for item in value]
    if not isinstance(value, str):
        return value
    alone = PLACEHOLDER.fullmatch(value)
    return values[alone[1]] if alone else filled(value, values)


def as_text(value: object) -> str:
    """A value as it stands in a text."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value)


def require_room(document: object, values: Mapping[str, Any]) -> None:
    """An error where a document would grow too long with its values filled in."""
    lengths = {name: len(as_text(value)) for name, value in values.items()}
    found = (match[1] for text in _texts_in(document) for match in PLACEHOLDER.finditer(text))
    if sum(lengths[name] for name in found) > _MAX_FILLED:
        raise StepError(f"its values would fill more than {_MAX_FILLED:,} characters")


def _texts_in(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _texts_in(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts_in(item)


# A text in quotes, a comment, or a placeholder: the first that begins is the one that counts.
_SQL_PART = re.compile(
    r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|--[^\n]*|/\*.*?\*/|" + PLACEHOLDER.pattern, re.DOTALL
)


def bound(query: str, values: Mapping[str, Any], mark: str) -> tuple[str, tuple[Any, ...]]:
    """SQL with `mark` for each placeholder, and the values to bind to them in their order."""
    given: list[Any] = []

    def put(match: re.Match[str]) -> str:
        part = match[0]
        alone = PLACEHOLDER.fullmatch(part.strip("'"))
        if alone is None:
            return part
        value = values[alone[1]]
        given.append(json.dumps(value) if isinstance(value, (dict, list)) else value)
        return _MARK

    found = _SQL_PART.sub(put, query)
    # Drivers with %s for a mark take each other % for the beginning of one, where values come.
    if mark.startswith("%") and given:
        found = found.replace("%", "%%")
    return found.replace(_MARK, mark), tuple(given)


_MARK = "\x00"
# What makes a text of some databases end elsewhere than where standard SQL ends it.
_SQL_RISK = re.compile(r"\\|\$\w*\$")


def _sql_problem(query: str) -> str | None:
    """Why the placeholders in SQL can't become bound values."""
    if _MARK in query:
        return "a NUL is no SQL"
    if PLACEHOLDER.search(query) and _SQL_RISK.search(query):
        return "beside placeholders, \\ and $$ could hide where a text ends; do without them"
    for match in _SQL_PART.finditer(query):
        part = match[0]
        if part[0] in "'\"-/" and PLACEHOLDER.search(part):
            if part[0] == "'" and PLACEHOLDER.fullmatch(part[1:-1]):
                continue
            return (
                f"{_shown(part)} holds a placeholder, but a value is bound and never a part of "
                "the text; put the text together in SQL, or quote the placeholder alone"
            )
    return None


# ------------------------------------------------------------------------------------------------
# Trust: what a spec may ask for
# ------------------------------------------------------------------------------------------------


class Rules(NamedTuple):
    """What the people who look after this Airflow allow."""

    connections: frozenset[str] = frozenset()
    urls: tuple[str, ...] = ()
    manual_code: bool = False


def rules_of(environ: Mapping[str, str]) -> Rules:
    """The rules in force; nothing is allowed that isn't named."""
    return Rules(
        frozenset(_words(environ.get("DLI_ALLOWED_CONNECTIONS", ""))),
        tuple(_words(environ.get("DLI_ALLOWED_URLS", ""))),
        environ.get("DLI_ALLOW_MANUAL_CODE") == "1",
    )


def _words(text: str) -> list[str]:
    return [word for word in re.split(r"[,\s]+", text) if word]


_MAX_TAG = 100  # as many characters has Airflow's column
_MAX_OWNER = 200
_MAX_STEPS = 200
_MAX_ATTEMPTS = 100
_MAX_DELAY = 7 * 86_400
_MAX_TARGETS = 5
_MAX_TIMEOUT = 86_400
_MAX_WAIT = 3_600
_KEPT_TAGS = ("dli:", "dataset:", "source:", "timezone:", "team:")
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD")
_LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40}
_OWN_HEADERS = ("host", "content-length", "transfer-encoding", "connection", "upgrade", "expect")
_MAX_HEADERS = 30
_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
_MODULE = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*", re.ASCII)
_CONFIGS = {
    "sql": ("connection", "query", "timeout"),
    "http": ("url", "method", "headers", "body", "expected_status", "timeout"),
    "python": ("module", "function", "arguments", "timeout"),
    "shell": ("command", "timeout"),
    "wait": ("seconds",),
    "log": ("message", "level"),
}


def refusals(spec: Spec, source: str, rules: Rules) -> list[str]:
    """Why no DAG is made of a spec that makes sense."""
    found = [f"{place}: {why}" for place, why in _beyond_airflow(spec, source)]
    known = {*_FACTS, *(f"params.{name}" for name in spec.parameters)}
    for index, step in enumerate(spec.steps):
        place = f"steps[{index}]"
        if step.kind in ("shell", "python") and source == MANUAL and not rules.manual_code:
            found.append(
                f"{place}: {step.kind} runs for CODE only, unless DLI_ALLOW_MANUAL_CODE=1 is set"
            )
            continue
        found += [f"{place}.config{why}" for why in _config_problems(step, known)]
        found += [f"{place}.config{why}" for why in _reach_problems(step, source, rules)]
    for event in ("on_failure", "on_success"):
        for index, target in enumerate(spec.targets.get(event, ())):
            why = why_not_a_url(target["url"], source, rules) if target.get("url") else None
            if why is not None:
                found.append(f"notifications.{event}[{index}].url: {why}")
    return found


def _beyond_airflow(spec: Spec, source: str) -> Iterator[tuple[str, str]]:
    """What Airflow has no room for."""
    for tag in tags_of(spec, source):
        if len(tag) > _MAX_TAG:
            yield "tags", f"{_shown(tag)} is longer than the {_MAX_TAG} characters of a tag"
    for index, tag in enumerate(spec.tags):
        if not 0 < len(tag) <= _MAX_TAG:
            yield f"tags[{index}]", f"a tag has from 1 to {_MAX_TAG} characters"
        if tag.startswith(_KEPT_TAGS):
            yield f"tags[{index}]", f"{_shown(tag)} begins like a tag that dli-tui sets itself"
    sizes = [
        ("owner", len(spec.owner or ""), _MAX_OWNER),
        ("retry.max_attempts", spec.max_attempts, _MAX_ATTEMPTS),
        ("retry.delay_seconds", spec.delay_seconds, _MAX_DELAY),
        ("steps", len(spec.steps), _MAX_STEPS),
        *((f"notifications.{one}", len(spec.targets[one]), _MAX_TARGETS) for one in spec.targets),
    ]
    for place, size, most in sizes:
        if size > most:
            yield place, f"{size:,} is more than the {most:,} that are allowed"


def _config_problems(step: Step, known: Iterable[str]) -> Iterator[str]:
    """What is wrong with the settings of a step, each with its place before it."""
    config, keys = step.config, _CONFIGS[step.kind]
    for key in config:
        if key not in keys:
            yield f": {_shown(key)} is not a key of {step.kind}; there are {', '.join(keys)}"
    for text in _texts_in(config):
        for match in PLACEHOLDER.finditer(text):
            if match[1] not in known:
                yield f": there is no parameter for {match[0]}"
    most = _MAX_TIMEOUT if step.kind != "wait" else _MAX_WAIT
    for key in ("timeout", "seconds"):
        value = config.get(key, 1)
        if not _is_whole(value) or not 1 <= value <= most:
            yield f".{key}: expected seconds from 1 to {most:,}, got {_shown(value)}"
    yield from _KIND_PROBLEMS[step.kind](config)


def _sql_problems(config: Mapping[str, Any]) -> Iterator[str]:
    connection, queries = config.get("connection"), _queries(config)
    if not isinstance(connection, str) or not connection or PLACEHOLDER.search(connection):
        yield f".connection: expected the id of a connection, got {_shown(connection)}"
    if not queries or not all(isinstance(one, str) and one.strip() for one in queries):
        yield ".query: expected SQL, or a list of statements"
        return
    for why in filter(None, map(_sql_problem, queries)):
        yield f".query: {why}"


def _queries(config: Mapping[str, Any]) -> list[Any]:
    query = config.get("query")
    return query if isinstance(query, list) else [query]


def _http_problems(config: Mapping[str, Any]) -> Iterator[str]:
    if not isinstance(config.get("url"), str):
        yield f".url: expected an address, got {_shown(config.get('url'))}"
    if config.get("method", "GET") not in _METHODS:
        yield f".method: expected one of {', '.join(_METHODS)}, got {_shown(config['method'])}"
    headers = config.get("headers", {})
    if not isinstance(headers, dict) or len(headers) > _MAX_HEADERS:
        yield f".headers: expected a mapping of at most {_MAX_HEADERS}, got {_shown(headers)}"
    else:
        for name, value in headers.items():
            why = _header_problem(name, value)
            if why is not None:
                yield f".headers: {why}"
    if not _is_json(config.get("body")):
        yield ".body: expected text, or what JSON can hold"
    statuses = config.get("expected_status", [200])
    if not isinstance(statuses, list) or not statuses or not all(map(_is_whole, statuses)):
        yield f".expected_status: expected a list of numbers, got {_shown(statuses)}"


def _header_problem(name: object, value: object) -> str | None:
    if not isinstance(name, str) or not _TOKEN.fullmatch(name):
        return f"{_shown(name)} is no name of a header"
    if name.casefold() in _OWN_HEADERS or name.casefold().startswith("proxy-"):
        return f"{name} is set by whoever sends, not by a spec"
    if not isinstance(value, str) or len(value) > _MAX_HEADER or not _is_plain(value):
        return f"{name}: expected one line of ASCII text, got {_shown(value)}"
    return None


def _is_plain(text: str) -> bool:
    return text.isascii() and (text.isprintable() or not text)


def _python_problems(config: Mapping[str, Any]) -> Iterator[str]:
    module, function = config.get("module"), config.get("function", "main")
    if not isinstance(module, str) or not _MODULE.fullmatch(module):
        yield f".module: expected the name of a module, got {_shown(module)}"
    if not isinstance(function, str) or not _MODULE.fullmatch(function) or "." in function:
        yield f".function: expected the name of a function, got {_shown(function)}"
    arguments = config.get("arguments", {})
    if not isinstance(arguments, dict) or not _is_json(arguments):
        yield f".arguments: expected a mapping of what JSON can hold, got {_shown(arguments)}"


def _shell_problems(config: Mapping[str, Any]) -> Iterator[str]:
    command = config.get("command")
    if not isinstance(command, str) or not command.strip() or "\x00" in command:
        yield f".command: expected a command, got {_shown(command)}"
        return
    for match in PLACEHOLDER.finditer(command):
        yield f".command: {match[0]} is never put into a command; write ${_variable(match[1])}"


def _wait_problems(config: Mapping[str, Any]) -> Iterator[str]:
    if "seconds" not in config:
        yield ".seconds: expected how long to wait, got nothing"


def _log_problems(config: Mapping[str, Any]) -> Iterator[str]:
    if not isinstance(config.get("message"), str):
        yield f".message: expected text, got {_shown(config.get('message'))}"
    if config.get("level", "info") not in tuple(_LEVELS):
        yield f".level: expected one of {', '.join(_LEVELS)}, got {_shown(config['level'])}"


_KIND_PROBLEMS: dict[str, Callable[[Mapping[str, Any]], Iterator[str]]] = {
    "sql": _sql_problems,
    "http": _http_problems,
    "python": _python_problems,
    "shell": _shell_problems,
    "wait": _wait_problems,
    "log": _log_problems,
}


def _reach_problems(step: Step, source: str, rules: Rules) -> Iterator[str]:
    """What a step would reach that it may not."""
    if step.kind == "sql" and source == MANUAL:
        connection = step.config.get("connection")
        if isinstance(connection, str) and connection not in rules.connections:
            yield (
                f".connection: {_shown(connection)} is not in DLI_ALLOWED_CONNECTIONS, "
                "which names all that MANUAL may use"
            )
    url = step.config.get("url")
    if step.kind == "http" and isinstance(url, str):
        why = why_not_a_url(url, source, rules)
        if why is not None:
            yield f".url: {why}"


class Target(NamedTuple):
    """An address, taken apart."""

    scheme: str
    host: str
    port: int
    path: str
    query: str


_PORTS = {"http": 80, "https": 443}
# Some servers take "..;x" for ".." too, and "%5c" for a slash.
_SEGMENTS = re.compile(r"(?:(?!%2f|%5c)[^/;])+", re.IGNORECASE)
_MAX_URL = 2_000


def target_of(url: str) -> Target:
    """An address of http or https that can mean only one thing; ValueError says what it isn't."""
    if len(url) > _MAX_URL or not _is_plain(url) or " " in url or "\\" in url:
        raise ValueError(f"an address has at most {_MAX_URL:,} plain letters and no blanks")
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname:
        raise ValueError("expected http://… or https://…")
    if "@" in parts.netloc or "{" in parts.netloc or "%" in parts.netloc:
        raise ValueError("no name, password or placeholder goes before the path")
    if any(unquote(part) in (".", "..") for part in _SEGMENTS.findall(parts.path)):
        raise ValueError("'.' and '..' are not allowed in a path")
    port = parts.port or _PORTS[parts.scheme]
    return Target(parts.scheme, parts.hostname, port, parts.path or "/", parts.query)


def why_not_a_url(url: str, source: str, rules: Rules) -> str | None:
    """Why a spec may not reach that address, as far as it can be told before it is asked for."""
    try:
        *host, path = url.split("/", 3)
        target = target_of("/".join([*host, PLACEHOLDER.sub("x", path)]))
    except ValueError as error:
        return f"{_shown(url)} is no address that can be used: {error}"
    if target.host == "localhost" or target.host.endswith(".localhost"):
        return f"{target.host} is this machine"
    with suppress(ValueError):
        why = why_not_an_address(str(ipaddress.ip_address(target.host)))
        if why is not None:
            return why
    if source == MANUAL and not any(_is_below(target, prefix) for prefix in rules.urls):
        return f"{_shown(url)} begins with nothing in DLI_ALLOWED_URLS, all that MANUAL may reach"
    return None


def _is_below(target: Target, prefix: str) -> bool:
    try:
        allowed = target_of(prefix)
    except ValueError:
        return False
    if target[:3] != allowed[:3]:
        return False
    path = allowed.path if allowed.path.endswith("/") else f"{allowed.path}/"
    return target.path == allowed.path or target.path.startswith(path)


# Beyond what ipaddress knows: "this network", and where clouds keep the keys of their machines.
_CLOSED = tuple(
    map(
        ipaddress.ip_network,
        (
            *("0.0.0.0/8", "100.100.100.200/32", "168.63.129.16/32", "192.0.0.0/24"),
            *("fd00:ec2::/32", "fd20:ce::254/128"),
        ),
    )
)
# IPv6 addresses that mean an IPv4 address.
_WRAPPED = tuple(map(ipaddress.IPv6Network, ("::/96", "::ffff:0:0/96", "64:ff9b::/96")))


def why_not_an_address(text: str) -> str | None:
    """Why nothing may be sent to that IP address: it is this machine, its link or its keeper."""
    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        if any(address in network for network in _WRAPPED) and int(address) > 1:
            address = ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
        else:
            address = address.sixtofour or (address.teredo or (None, None))[1] or address
    closed = (
        address.is_loopback
        or address.is_link_local
        or address.is_unspecified
        or address.is_multicast
        or address.is_reserved
        or any(address in network for network in _CLOSED)
    )
    return f"{text} is this machine, its own link or its keeper" if closed else None


def why_not_our_own(text: str) -> str | None:
    """Why nothing may be sent to that IP address: it is one of this machine's own.

    A socket can be bound to those alone, unless the system binds to any address at all.
    """
    own = _binds(text) and not _binds("2001:db8::1" if ":" in text else "192.0.2.1")
    return f"{text} is an address of this machine" if own else None


def _binds(text: str) -> bool:
    address = text.partition("%")[0]
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.bind((address, 0))
    except OSError:
        return False
    return True


# ------------------------------------------------------------------------------------------------
# HTTP: to the very address that was checked, without following anybody anywhere
# ------------------------------------------------------------------------------------------------

_MAX_REPLY = 1_048_576


class Reply(NamedTuple):
    """What was answered."""

    status: int
    body: bytes


class Request(NamedTuple):
    """What is sent."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes | None = None


def exchange(request: Request, seconds: float) -> Reply:
    """Send it once, and read at most a mebibyte of the reply.

    All of it, from the connection to the last byte, takes at most `seconds`; to look up the name
    takes as long as this machine waits for its resolver.
    """
    target = target_of(request.url)
    with closing(_connected(target, seconds)) as sock:
        # A timeout of the socket begins anew with each byte; this one doesn't.
        watchdog = _Watchdog(sock, seconds)
        try:
            reply = _answered(target, sock, request)
        except (OSError, http.client.HTTPException):
            watchdog.require_time()
            raise
        finally:
            watchdog.cancel()
        watchdog.require_time()
        return reply


class _Watchdog:
    """Ends a connection after so many seconds, whatever waits for it."""

    def __init__(self, sock: socket.socket, seconds: float) -> None:
        self._sock, self._seconds, self._is_over = sock, seconds, False
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True
        self._timer.start()

    def cancel(self) -> None:
        self._timer.cancel()

    def require_time(self) -> None:
        """Raise where the time was up: what came until then is not an answer."""
        if self._is_over:
            raise TimeoutError(f"it took longer than {self._seconds:g} s")

    def _end(self) -> None:
        self._is_over = True
        with suppress(OSError):
            # Of the descriptor: ssl's own would take itself apart under whoever reads.
            socket.socket.shutdown(self._sock, socket.SHUT_RDWR)


def _answered(target: Target, sock: socket.socket, request: Request) -> Reply:
    if isinstance(sock, ssl.SSLSocket):
        sock.do_handshake()
    talk = _conversation(target, sock)
    path = target.path + (f"?{target.query}" if target.query else "")
    talk.request(request.method, path, request.body, dict(request.headers))
    reply = talk.getresponse()
    body = reply.read(_MAX_REPLY)
    # `read` gives what there is where a body ends before its length.
    if len(body) < _MAX_REPLY and reply.length:
        raise http.client.IncompleteRead(body, reply.length)
    return Reply(reply.status, body)


def _conversation(target: Target, sock: socket.socket) -> http.client.HTTPConnection:
    """HTTP over a connection that is there, with TLS or without."""
    talk = http.client.HTTPConnection(target.host, target.port)
    talk.default_port = _PORTS[target.scheme]
    talk.sock = sock
    # Else it would connect anew, to whatever the name means by then.
    talk.auto_open = 0
    return talk


def _connected(target: Target, seconds: float) -> socket.socket:
    """A connection to one of the addresses of a name, after a look at all of them.

    With https it is wrapped already, so that a watchdog holds what is read from; the handshake,
    which may take long, is still to be made.
    """
    found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(one[4][0]) for one in found))
    for address in addresses:
        why = why_not_an_address(address) or why_not_our_own(address)
        if why is not None:
            raise StepError(f"{target.host} is not reached: {why}")
    problem: OSError | None = None
    until = time.monotonic() + seconds
    for address in addresses:
        left = until - time.monotonic()
        if left <= 0:
            break
        try:
            sock = socket.create_connection((address, target.port), left)
        except OSError as error:
            problem = error
        else:
            return _wrapped(target, sock)
    raise StepError(f"{target.host} doesn't answer: {problem or 'it took too long'}")


def _wrapped(target: Target, sock: socket.socket) -> socket.socket:
    if target.scheme != "https":
        return sock
    try:
        return ssl.create_default_context().wrap_socket(
            sock, server_hostname=target.host, do_handshake_on_connect=False
        )
    except BaseException:
        sock.close()
        raise


# ------------------------------------------------------------------------------------------------
# The steps at work
# ------------------------------------------------------------------------------------------------

_TIMEOUTS = {"http": 30, "sql": 3_600, "python": 3_600, "shell": 3_600}
_MAX_LINE = 4_000
_MAX_VARIABLE = 100_000


class Job(NamedTuple):
    """One step, and all that it needs to know at run time."""

    step: Step
    source: str
    rules: Rules
    values: Mapping[str, Any]


def work(job: Job) -> None:
    """Do what a step says."""
    require_room(job.step.config, job.values)
    _WORK[job.step.kind](job)


def values_of(spec: Spec, context: Mapping[str, Any]) -> dict[str, Any]:
    """What placeholders stand for in one run: its day is the day in the zone of the schedule."""
    run = context.get("dag_run")
    moment = context.get("logical_date") or getattr(run, "run_after", None)
    there = datetime.fromtimestamp(
        time.time() if moment is None else moment.timestamp(), ZoneInfo(spec.timezone)
    )
    given = context.get("params") or {}
    return {
        "ds": there.strftime("%Y-%m-%d"),
        "ds_nodash": there.strftime("%Y%m%d"),
        "ts": there.isoformat(),
        "run_id": str(context.get("run_id") or getattr(run, "run_id", "")),
        "dataset": spec.name,
        **{f"params.{name}": given.get(name) for name in spec.parameters},
    }


def _log(job: Job) -> None:
    config = job.step.config
    _LOG.log(_LEVELS[config.get("level", "info")], "%s", filled(config["message"], job.values))


def _wait(job: Job) -> None:
    _LOG.info("Waiting for %d s", job.step.config["seconds"])
    # The step itself, which holds its worker: putting it off wants a triggerer, which 2.x may lack.
    time.sleep(job.step.config["seconds"])


def _sql(job: Job) -> None:
    config = job.step.config
    hook = _airflow().BaseHook.get_hook(config["connection"])
    mark = getattr(hook, "placeholder", "%s")
    with closing(hook.get_conn()) as connection:
        with closing(connection.cursor()) as cursor:
            for query in _queries(config):
                text, given = bound(query, job.values, mark)
                # Without values a driver takes a % for what it is.
                cursor.execute(text, given) if given else cursor.execute(text)
                _LOG.info("%s row(s)", cursor.rowcount)
        connection.commit()


def _http(job: Job) -> None:
    config = job.step.config
    url = filled(config["url"], job.values, lambda text: quote(text, safe=""))
    why = why_not_a_url(url, job.source, job.rules)
    if why is not None:
        raise StepError(why)
    headers = {name: filled(value, job.values) for name, value in config.get("headers", {}).items()}
    body = filled_in(config.get("body"), job.values)
    if body is not None and not isinstance(body, str):
        headers = {"Content-Type": "application/json", **headers}
    wrong = next(filter(None, (_header_problem(*pair) for pair in headers.items())), None)
    if wrong is not None:
        raise StepError(wrong)
    data = None if body is None else as_text(body).encode()
    request = Request(config.get("method", "GET"), url, headers, data)
    try:
        reply = exchange(request, config.get("timeout", _TIMEOUTS["http"]))
    except (OSError, http.client.HTTPException) as error:
        raise StepError(f"no reply from {target_of(url).host}: {error}") from error
    expected = config.get("expected_status") or range(200, 300)
    if reply.status not in expected:
        raise StepError(f"{target_of(url).host} answered {reply.status}; redirects aren't followed")
    _LOG.info("%s answered %d, %d bytes", target_of(url).host, reply.status, len(reply.body))


def _python(job: Job) -> None:
    config = job.step.config
    function = getattr(importlib.import_module(config["module"]), config.get("function", "main"))
    arguments = {
        name: filled_in(value, job.values) for name, value in config.get("arguments", {}).items()
    }
    function(**arguments)


def _shell(job: Job) -> None:
    process = subprocess.Popen(  # noqa: S603 - what CODE says, or MANUAL where that is allowed
        ["/bin/sh", "-c", job.step.config["command"]],
        env=_environment(job),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    )
    with process, _killed_after(process):
        output: Any = process.stdout
        for line in iter(lambda: output.readline(_MAX_LINE), ""):
            _LOG.info("%s", line.rstrip())
        code = process.wait()
    if code:
        raise StepError(f"the command ended with {code}")


def _environment(job: Job) -> dict[str, str]:
    """What a command is told. Airflow's own settings hold passwords, and are none of its affair."""
    own = {name: value for name, value in os.environ.items() if "AIRFLOW" not in name}
    given = {_variable(name): as_text(value) for name, value in job.values.items()}
    long = next((name for name, text in given.items() if len(text) > _MAX_VARIABLE), None)
    if long is not None or any("\x00" in text for text in given.values()):
        raise StepError(f"a value is too long for a variable, or holds a NUL: {long or given}")
    return {**own, **given}


def _variable(name: str) -> str:
    """The environment variable of a value: `params.day` is DLI_PARAM_day, `ds` is DLI_DS."""
    if name.startswith("params."):
        return f"DLI_PARAM_{name[len('params.') :]}"
    return f"DLI_{name.upper()}"


@contextmanager
def _killed_after(process: subprocess.Popen[str]) -> Iterator[None]:
    """However it ends, a command ends with all that it started."""
    try:
        yield
    finally:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)


_WORK: dict[str, Callable[[Job], None]] = {
    "sql": _sql,
    "http": _http,
    "python": _python,
    "shell": _shell,
    "wait": _wait,
    "log": _log,
}


# ------------------------------------------------------------------------------------------------
# Webhooks: who asked to hear of it hears of it, once
# ------------------------------------------------------------------------------------------------

_POST_SECONDS = 5


class Event(NamedTuple):
    """What happened."""

    kind: str
    """`workflow_completed`, `workflow_failed`, `step_completed` or `step_failed`."""
    spec: Spec
    run_id: str
    began: datetime | None
    ended: datetime | None
    step: str | None = None

    def payload(self) -> dict[str, Any]:
        ended = self.ended or datetime.now(timezone.utc)
        status = self.kind.rpartition("_")[2]
        told: dict[str, Any] = {
            "event_type": self.kind,
            "workflow_id": self.spec.name,
            "execution_id": self.run_id,
            "status": status,
            "timestamp": datetime.fromtimestamp(ended.timestamp(), timezone.utc)
            .isoformat(timespec="seconds")
            .replace("+00:00", "Z"),
            "execution_time_ms": None
            if self.began is None
            else round((ended - self.began).total_seconds() * 1000),
        }
        return told if self.step is None else {**told, "step_name": self.step}


def tell(event: Event, targets: Iterable[Mapping[str, Any]], source: str, rules: Rules) -> None:
    """Post it to each webhook, once. Whatever comes of it changes nothing about the run."""
    told = event.payload()
    for target in targets:
        url = target.get("url")
        if not url:
            continue
        # Slack shows the text and leaves the rest alone.
        words = f"{event.spec.name}: {event.kind.replace('_', ' ')} ({event.run_id})"
        body = {**told, "text": words} if target["type"] == "slack" else told
        headers = {"Content-Type": "application/json"}
        try:
            why = why_not_a_url(url, source, rules)
            if why is not None:
                raise StepError(why)
            reply = exchange(
                Request("POST", url, headers, json.dumps(body).encode()), _POST_SECONDS
            )
        except (StepError, OSError, ValueError, http.client.HTTPException) as error:
            # The path of a webhook is its key.
            _LOG.warning("%s was not told: %s", urlsplit(url).hostname, type(error).__name__)
        else:
            _LOG.info("%s was told: it answered %d", urlsplit(url).hostname, reply.status)


def _callback(kind: str, spec: Spec, found: Found, rules: Rules) -> Callable[[Any], None]:
    """What Airflow calls with the context of a run, or of a task, that is over."""
    targets = spec.targets.get("on_failure" if kind.endswith("failed") else "on_success", ())

    def callback(context: Any) -> None:  # noqa: ANN401 - a context of either version
        if is_past_tick(context, found.since):
            return
        run, task = context.get("dag_run"), context.get("ti")
        of_step = kind.startswith("step_")
        over = task if of_step else run
        run_id = str(context.get("run_id") or getattr(run, "run_id", ""))
        event = Event(
            kind,
            spec,
            run_id,
            getattr(over, "start_date", None),
            getattr(over, "end_date", None),
            str(task.task_id) if of_step and task is not None else None,
        )
        tell(event, targets, found.source, rules)

    return callback


# ------------------------------------------------------------------------------------------------
# DAGs
# ------------------------------------------------------------------------------------------------

_MAX_DOC = 20_000
_NOTHING = (Step("nothing", "log", (), {"message": "This spec has no steps."}),)
_LONG_AGO = datetime(2000, 1, 1, tzinfo=timezone.utc)
# So long after its first tick a DAG without a start_date is still due: it may be parsed meanwhile.
_FIRST_TICK = timedelta(minutes=5)


def _airflow() -> SimpleNamespace:
    """What we use of whichever Airflow this is."""
    from airflow.exceptions import (  # noqa: PLC0415 - reading needs no Airflow
        AirflowException,
        AirflowSkipException,
    )
    from airflow.timetables.trigger import CronTriggerTimetable  # noqa: PLC0415 - as above

    # A start_date of today would be there for ticks, but it also leaves all steps out of a run of
    # a day before it, which then succeeds. So 3.x gets none, and 2.x, which needs one, one of long
    # ago; what either then runs of ticks that are past is skipped (`is_past_tick`).
    try:
        from airflow.sdk import (  # noqa: PLC0415 - as above
            DAG,
            BaseHook,
            BaseOperator,
            Param,
            get_parsing_context,
        )
    except ImportError:
        from airflow import DAG  # noqa: PLC0415 - as above
        from airflow.hooks.base import BaseHook  # noqa: PLC0415 - as above
        from airflow.models.baseoperator import BaseOperator  # noqa: PLC0415 - as above
        from airflow.models.param import Param  # noqa: PLC0415 - as above
        from airflow.utils.dag_parsing_context import get_parsing_context  # noqa: PLC0415 - as above

        times: dict[str, Any] = {"start_date": _LONG_AGO, "timetable": CronTriggerTimetable}
    else:
        of_three = partial(CronTriggerTimetable, run_immediately=_FIRST_TICK)
        times = {"start_date": None, "timetable": of_three}
    return SimpleNamespace(
        DAG=DAG,
        AirflowException=AirflowException,
        AirflowSkipException=AirflowSkipException,
        BaseHook=BaseHook,
        BaseOperator=BaseOperator,
        Param=Param,
        get_parsing_context=get_parsing_context,
        **times,
    )


def is_past_tick(context: Mapping[str, Any], since: datetime) -> bool:
    """Whether a run is of a tick before its spec came, and began by itself after it had come."""
    run = context.get("dag_run")
    kind, tick = getattr(run, "run_type", None), getattr(run, "logical_date", None)
    if getattr(kind, "value", kind) != "scheduled" or tick is None or tick >= since:
        return False
    began = getattr(run, "start_date", None)
    # One that somebody clears to have it run again is wanted.
    return not getattr(run, "clear_number", 0) and (began is None or began >= since)


def dag_id_of(name: str) -> str:
    """The id of a dataset's DAG."""
    return name.replace(".", "_")


def tags_of(spec: Spec, source: str) -> list[str]:
    """Our own tags: there is no other place where Airflow's calls tell these."""
    own = ["dli:managed", f"dataset:{spec.name}", f"source:{source}", f"timezone:{spec.timezone}"]
    return [*own, f"team:{spec.team}"] if spec.team else own


class Making(NamedTuple):
    """One DAG in the making, of a spec that nothing speaks against."""

    airflow: SimpleNamespace
    found: Found
    spec: Spec
    rules: Rules

    def dag(self) -> Any:  # noqa: ANN401 - a DAG of either version
        spec, schedule = self.spec, None
        if spec.cron is not None:
            schedule = self.airflow.timetable(spec.cron, timezone=spec.timezone)
        dag = self.airflow.DAG(
            dag_id=dag_id_of(spec.name),
            schedule=schedule,
            start_date=self.airflow.start_date,
            catchup=False,
            is_paused_upon_creation=not spec.enabled,
            description=(spec.description or "")[:_MAX_HEADER],
            tags=[*tags_of(spec, self.found.source), *dict.fromkeys(spec.tags)],
            params={name: _param(self.airflow, one) for name, one in spec.parameters.items()},
            **self._callbacks("workflow"),
        )
        # Not handed in: Airflow takes a text that ends in ".md" for the name of a file to show.
        dag.doc_md = _doc(self.found.text or "")
        operators = {step.name: self._operator(step) for step in spec.steps or _NOTHING}
        for operator in operators.values():
            dag.add_task(operator)
        for step in spec.steps:
            for need in dict.fromkeys(step.needs):
                operators[need].set_downstream(operators[step.name])
        return dag

    def _operator(self, step: Step) -> Any:  # noqa: ANN401 - an operator of either version
        """An operator whose type tells the kind of step. None of its fields is a template."""

        def execute(_: object, context: Mapping[str, Any]) -> None:
            if is_past_tick(context, self.found.since):
                raise self.airflow.AirflowSkipException("This tick was before the spec came here.")
            values = values_of(self.spec, context)
            work(Job(step, self.found.source, self.rules, values))

        kind = type(
            f"{step.kind.capitalize()}Step",
            (self.airflow.BaseOperator,),
            {"execute": execute, "template_fields": (), "__module__": __name__},
        )
        seconds = step.config.get("timeout", _TIMEOUTS.get(step.kind, 2 * _MAX_WAIT))
        return kind(
            task_id=step.name,
            owner=self.spec.owner or "dli-tui",
            retries=self.spec.max_attempts - 1,
            retry_delay=timedelta(seconds=self.spec.delay_seconds),
            execution_timeout=timedelta(seconds=seconds),
            **self._callbacks("step"),
        )

    def _callbacks(self, what: str) -> dict[str, Callable[[Any], None]]:
        return {
            f"{event}_callback": _callback(f"{what}_{done}", self.spec, self.found, self.rules)
            for event, done in (("on_failure", "failed"), ("on_success", "completed"))
            if any(target.get("url") for target in self.spec.targets.get(event, ()))
        }


def _param(airflow: SimpleNamespace, parameter: Parameter) -> Any:  # noqa: ANN401 - Airflow's own
    kinds = list(PARAMETERS[parameter.kind].schema)
    default = parameter.default
    if default is None or parameter.kind == "json":
        kinds = ["null", *kinds]
    if isinstance(default, date):
        default = default.isoformat()
    schema: dict[str, Any] = {"type": kinds if len(kinds) > 1 else kinds[0]}
    if parameter.kind == "date":
        schema["format"] = "date"
    return airflow.Param(default, description=parameter.description, **schema)


def _doc(text: str) -> str:
    """The spec as Markdown that shows it as it stands."""
    text = text[:_MAX_DOC].rstrip()
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", text)), default=0))
    return f"{fence}yaml\n{text}\n{fence}"


# ------------------------------------------------------------------------------------------------
# The folder of specs, and this copy's share of it
# ------------------------------------------------------------------------------------------------

# Reading is slow where texts are long: the longest of a shard wait until there is room.
MAX_SHARD_BYTES = 2 * MAX_BYTES
# Many short values take longer to read than a long text of the same size; 2 MiB of usual specs
# hold less than this.
MAX_SHARD_VALUES = 400_000
_MAX_TOLD = 50
_MAX_SENTENCE = 300
# Whatever one spec does to us or to Airflow, it must not harm the others.
_MISHAPS = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
_ROLE = re.compile(r"dli_(dags|errors)_([0-9]{2,4})_of_([0-9]{2,4})")


class Found(NamedTuple):
    """The document in force for one name."""

    name: str
    source: str
    size: int
    since: datetime
    text: str | None
    problem: WrongSpecError | None

    @property
    def key(self) -> str:
        return f"{self.source}/{self.name}{ENDING}"


def names_in(folder: Path) -> dict[str, list[str]]:
    """The names of all documents by the id that their DAGs would have."""
    names: set[str] = set()
    for source in (CODE, MANUAL):
        with suppress(FileNotFoundError), os.scandir(folder / source) as entries:
            for entry in entries:
                if entry.name.endswith(ENDING) and not entry.name.startswith("."):
                    names.add(entry.name[: -len(ENDING)])
    found: dict[str, list[str]] = {}
    for name in sorted(names):
        found.setdefault(dag_id_of(name), []).append(name)
    return found


def in_force(folder: Path, name: str) -> Found | None:
    """CODE's document of a name, else MANUAL's; None where both are removed."""
    since = _LONG_AGO
    for source in (CODE, MANUAL):
        path = folder / source / f"{name}{ENDING}"
        try:
            # When it came here, which no clock of anybody else can say: not its mtime.
            since = max(since, datetime.fromtimestamp(path.stat().st_ctime, timezone.utc))
            if not path.is_file():
                raise WrongSpecError(["it is not a file that can be read"])
            with path.open("rb") as file:
                data = file.read(MAX_BYTES + _MAX_HEADER + 2)
            text = text_of(data)
        except FileNotFoundError:
            continue
        except OSError as error:
            problem = WrongSpecError([f"it can't be read: {error.strerror}"])
            return Found(name, source, 0, since, None, problem)
        except WrongSpecError as problem:
            return Found(name, source, 0, since, None, problem)
        if text is not None:
            return Found(name, source, len(data), since, text, None)
    return None


def checked(found: Found, rules: Rules) -> Spec:
    """The spec in a document, if a DAG may be made of it."""
    if found.problem is not None:
        raise found.problem
    reason = why_not_a_name(found.name)
    if reason is not None:
        raise WrongSpecError([f"the name of the file is no name of a dataset: {reason}"])
    spec = spec_of(found.text or "")
    name, other = found.name, spec.name
    if not (name == other or name.endswith(f".{other}") or other.endswith(f".{name}")):
        raise WrongSpecError(
            [f"name: expected {_shown(name)}, as the file is named, got {_shown(other)}"]
        )
    # The file's name is the dataset's; a spec may say the end of it.
    spec = spec._replace(name=name)
    problems = refusals(spec, found.source, rules)
    if problems:
        raise WrongSpecError(problems)
    return spec


def values_in(text: str) -> int:
    """How many values a text may hold, at most: each follows on one of these."""
    return sum(map(text.count, ",:[{\n"))


class Share(NamedTuple):
    """What a copy of this file has to make, and what is wrong with the rest."""

    wanted: tuple[tuple[Found, Spec], ...]
    problems: dict[str, WrongSpecError]


def share_of(folder: Path, shard: int, shards: int, rules: Rules, only: str | None = None) -> Share:
    """One shard of the folder; of all its DAGs only the one that is asked for, if one is."""
    ids = names_in(folder)
    if only is not None:
        ids = {only: ids[only]} if only in ids else {}
    documents, problems = [], {}
    for dag_id, names in ids.items():
        if not any(crc32(name.encode()) % shards == shard for name in names):
            continue
        live = [one for one in (in_force(folder, name) for name in names) if one is not None]
        first = [one for one in live if one.source == CODE] if len(live) > 1 else live
        if len(first) == 1 and crc32(first[0].name.encode()) % shards == shard:
            documents.append(first[0])
        if len(live) > 1:
            keys = " and ".join(one.key for one in live)
            problem = WrongSpecError([f"{keys} have the same DAG id, {dag_id}; rename one of them"])
            others = [one for one in live if len(first) != 1 or one is not first[0]]
            problems.update({one.key: problem for one in others})
    wanted, size, values = [], 0, 0
    # CODE comes first: whoever may register can't take the room of a workflow from Git.
    for found in sorted(documents, key=lambda one: (one.source != CODE, one.size)):
        size += found.size
        values += values_in(found.text or "")
        try:
            if (size > MAX_SHARD_BYTES or values > MAX_SHARD_VALUES) and only is None:
                raise WrongSpecError(
                    ["the specs of this shard are too long together; shorten this one"]
                )
            wanted.append((found, checked(found, rules)))
        except WrongSpecError as problem:
            problems[found.key] = problem
        except _MISHAPS as mishap:
            problems[found.key] = WrongSpecError([f"it can't be read: {mishap!r}"])
    return Share(tuple(wanted), problems)


def dags_of(share: Share, rules: Rules) -> dict[str, Any]:
    """The DAGs of a share. What Airflow refuses is added to its problems."""
    airflow = _airflow()
    made = {}
    for found, spec in share.wanted:
        try:
            dag = Making(airflow, found, spec, rules).dag()
            dag.validate()
        except (airflow.AirflowException, *_MISHAPS) as no:
            share.problems[found.key] = WrongSpecError([f"Airflow refuses it: {no}"])
        else:
            made[dag.dag_id] = dag
    return made


def error_of(problems: Mapping[str, WrongSpecError]) -> SpecsError:
    """Everything that is wrong, a line for each document."""
    lines = [_told(key, problems[key]) for key in sorted(problems)]
    more = [f"… and {len(lines) - _MAX_TOLD} more"] if len(lines) > _MAX_TOLD else []
    count = "1 spec makes" if len(lines) == 1 else f"{len(lines)} specs make"
    return SpecsError("\n".join([f"{count} no DAG:", *lines[:_MAX_TOLD], *more]))


def _told(key: str, problem: WrongSpecError) -> str:
    text = "".join(char if char.isprintable() else " " for char in f"{key}: {problem}")
    return text if len(text) <= _MAX_SENTENCE else f"{text[: _MAX_SENTENCE - 1]}…"


def folder_of(environ: Mapping[str, str]) -> Path:
    """The folder of specs; without it an error is told, so that no DAG is taken for deleted."""
    named = environ.get("DLI_SPECS", "")
    if not named:
        raise SpecsError("DLI_SPECS is not set: it names the folder of specs")
    folder = Path(named)
    if not folder.is_dir():
        raise SpecsError(f"DLI_SPECS names no folder: {named}")
    return folder


def dags_for(role: re.Match[str], environ: Mapping[str, str]) -> dict[str, Any]:
    """What the copy of that name adds to the DAGs, or the error that it is there for."""
    shard, shards = int(role[2]), int(role[3])
    if shard >= shards:
        raise SpecsError(f"{role[0]}: there is no shard {shard} among {shards}")
    rules = rules_of(environ)
    only = _airflow().get_parsing_context().dag_id
    if role[1] == "errors" and only is not None:
        return {}
    share = share_of(folder_of(environ), shard, shards, rules, only)
    made = dags_of(share, rules)
    if role[1] == "dags":
        return made
    if share.problems:
        raise error_of(share.problems)
    return {}


_role = _ROLE.fullmatch(Path(__file__).stem)
if _role is not None:
    globals().update(dags_for(_role, os.environ))
