"""Templates and configurations as documents for an editor: written, read back, and compared.

YAML, and JSON too. What comes back may be anything, so it is read as a spec is: within limits,
without tags, and every problem is told with its place.
"""

from __future__ import annotations

import json
import math
import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

import yaml
from yaml.nodes import MappingNode, Node, SequenceNode

from dli_tui.domain import configuration, stepkinds
from dli_tui.domain.configuration import Remark
from dli_tui.domain.cron import problem_of
from dli_tui.domain.template import TemplateDraft
from dli_tui.domain.text import safe_line
from dli_tui.present import yamltext
from dli_tui.specs.errors import SpecError
from dli_tui.specs.reader import mapping_of

if TYPE_CHECKING:
    from collections.abc import Callable

Config: TypeAlias = dict[str, Any]

_WHOLE: Final = "document"
_LINE: Final = re.compile(r"line \d+, column \d+")
_WIDTH: Final = 76
_CONFIG: Final = "template_config"


class DraftRead(NamedTuple):
    """A template as it came back; None where something is wrong."""

    draft: TemplateDraft | None
    remarks: tuple[Remark, ...]


class ConfigRead(NamedTuple):
    """A configuration as it came back; None where something is wrong."""

    config: Config | None
    remarks: tuple[Remark, ...]


# Written

_NEW: Final = TemplateDraft(
    name="",
    template_config={
        "variables": {"url": {"description": "Where to ask.", "default": "https://example.com"}},
        "steps": [
            {
                "name": "fetch",
                "type": "http_request",
                "config": {"url": "{{url}}", "method": "GET"},
            }
        ],
    },
)


def of_template(draft: TemplateDraft | None) -> str:
    """A template to be changed; None: a new one to begin with."""
    told = draft or _NEW
    title = f"The template {safe_line(told.name)}." if draft else "A new template."
    head = [
        title,
        "Save it and leave the editor to go on: what it means is shown before anything is sent.",
        "Whoever makes a workflow of it fills in {{name}}; variables may say what that is for.",
    ]
    return f"{_comment(head)}{yamltext.dumped(dict(told))}{_comment(_kinds())}"


def of_configuration(name: str, config: Mapping[str, Any]) -> str:
    """What a workflow does, to be changed."""
    head = [
        f"What {safe_line(name)} does, step by step.",
        "Save it and leave the editor to go on: what changes is shown before anything is sent.",
    ]
    return f"{_comment(head)}{yamltext.dumped(dict(config))}{_comment(_kinds())}"


def _comment(lines: Iterable[str]) -> str:
    return "".join(f"# {line}".rstrip() + "\n" for line in lines)


def _kinds() -> Iterator[str]:
    """The kinds of step, and what each may be told."""
    yield ""
    yield "The kinds of step, and their settings (* has to be there):"
    for kind in stepkinds.KINDS:
        names = ", ".join(f"{one.name}{'*' if one.required else ''}" for one in kind.settings)
        yield from textwrap.wrap(
            f"{kind.name}: {names}", _WIDTH, initial_indent="  ", subsequent_indent="    "
        )
    yield ""
    yield "Texts may take {{steps.NAME.FIELD}} from a step before, {{trigger.FIELD}} from what"
    yield "started the run, {{env.NAME}}, {{execution_id}} and {{workflow_id}}."


# Read


def read_template(text: str) -> DraftRead:
    """A template, and what is to be said of it."""
    found, wrong = _read(text)
    if found is None:
        return DraftRead(None, wrong)
    # What isn't JSON at all is checked no further.
    remarks = [*(wrong or _of_draft(found))]
    config = found.get(_CONFIG)
    if isinstance(config, dict) and not wrong:
        remarks += configuration.check(config, is_template=True)
    told = tuple(map(_Lines(text, under=_CONFIG).placed, remarks))
    if any(one.is_wrong for one in told):
        return DraftRead(None, told)
    known = {key: value for key, value in found.items() if value is not None}
    return DraftRead(TemplateDraft(**known), told)


def read_configuration(text: str) -> ConfigRead:
    """A configuration, and what is to be said of it."""
    found, wrong = _read(text)
    if found is None:
        return ConfigRead(None, wrong)
    told = tuple(map(_Lines(text).placed, wrong or configuration.check(found)))
    return ConfigRead(None if any(one.is_wrong for one in told) else found, told)


def _read(text: str) -> tuple[Config | None, tuple[Remark, ...]]:
    """The one object that a text holds, or why there is none; with what JSON has no word for."""
    try:
        found = _of_json(text) if text.lstrip().startswith("{") else mapping_of(text)
    except SpecError as error:
        return None, tuple(map(_of_syntax, error.problems))
    return found, tuple(_not_json(found, ""))


def _of_json(text: str) -> Config:
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise SpecError([f"{place}: this is not JSON: {error.msg}"]) from error
    except (ValueError, RecursionError) as error:
        raise SpecError([f"this is not JSON: {safe_line(str(error), _WIDTH)}"]) from error
    return dict(found)


def _of_syntax(problem: str) -> Remark:
    place = _LINE.match(problem)
    if place is None:
        return Remark(_WHOLE, problem)
    return Remark(place[0], problem[place.end() :].removeprefix(": "))


def _not_json(value: object, path: str) -> Iterator[Remark]:
    """What YAML reads as something that can't be sent."""
    match value:
        case dict():
            for key, inner in value.items():
                if not isinstance(key, str):
                    says = f"the name {key!r} is no text: put it in quotes"
                    yield Remark(path or _WHOLE, safe_line(says))
                yield from _not_json(inner, f"{path}, {key}" if path else safe_line(str(key)))
        case list():
            for inner in value:
                yield from _not_json(inner, path)
        case date():
            yield Remark(path, f"{value} is read as a date: put it in quotes")
        case float() if not math.isfinite(value):
            yield Remark(path, "this is no number that can be sent")
        case bytes():
            yield Remark(path, "this is no text")


class _Wants(NamedTuple):
    words: str
    fits: Callable[[object], bool]


def _is_text(value: object) -> bool:
    return isinstance(value, str)


_TEXT: Final = _Wants("a text", _is_text)
_PERHAPS_TEXT: Final = _Wants("a text, or nothing", lambda it: it is None or _is_text(it))
_PERHAPS_OBJECT: Final = _Wants(
    "names and values, or nothing", lambda it: it is None or isinstance(it, dict)
)
_KEYS: Final[dict[str, _Wants]] = {
    "name": _Wants("a name", lambda it: isinstance(it, str) and bool(it.strip())),
    "description": _PERHAPS_TEXT,
    "category": _TEXT,
    _CONFIG: _Wants("an object with steps", lambda it: isinstance(it, dict)),
    "default_trigger_config": _PERHAPS_OBJECT,
    "default_cron_schedule": _PERHAPS_TEXT,
    "is_public": _Wants("true or false", lambda it: isinstance(it, bool)),
    "tags": _Wants("a list of texts", lambda it: isinstance(it, list) and all(map(_is_text, it))),
}
_NEEDED: Final = ("name", _CONFIG)


def _of_draft(found: Mapping[str, Any]) -> Iterator[Remark]:
    """What is wrong with a template around its steps."""
    for key in _NEEDED:
        if key not in found:
            yield Remark(_WHOLE, f"it lacks {key}")
    for key, value in found.items():
        wants = _KEYS.get(key)
        if wants is None:
            near = get_close_matches(str(key), _KEYS, 1)
            meant = f"; did you mean {near[0]}?" if near else f"; there are {', '.join(_KEYS)}"
            yield Remark(safe_line(str(key)), f"a template has nothing of that name{meant}")
        elif not wants.fits(value):
            yield Remark(key, f"{wants.words} was expected")
    cron = found.get("default_cron_schedule")
    problem = problem_of(cron) if isinstance(cron, str) else None
    if problem is not None:
        yield Remark("default_cron_schedule", problem.message)


# Where it stands


class _Lines:
    """The lines of a document on which its parts stand."""

    def __init__(self, text: str, under: str = "") -> None:
        try:
            self._root = yaml.compose(text, Loader=yaml.SafeLoader)
        except yaml.YAMLError:
            # JSON that YAML doesn't read, such as with tabs: places are told without lines.
            self._root = None
        self._config = _child(self._root, under) if under else self._root

    def placed(self, remark: Remark) -> Remark:
        """A remark with the line that it is about, as far as that can be found."""
        line = None if _LINE.match(remark.place) else self._line(remark.place.split(", "))
        return remark if line is None else remark._replace(place=f"line {line}, {remark.place}")

    def _line(self, parts: Sequence[str]) -> int | None:
        steps = _child(self._config, "steps")
        first, *rest = parts
        node = self._step(steps, first) if first.startswith("step ") else None
        found = [] if node is None else [node]
        if node is None:
            node, rest = self._root, list(parts)
            if _child(node, first) is None:
                node = self._config
        for part in rest:
            node = _child(node, part) or _child(_child(node, "config"), part)
            if node is None:
                break
            found.append(node)
        return found[-1].start_mark.line + 1 if found else None

    @staticmethod
    def _step(steps: Node | None, called: str) -> Node | None:
        if not isinstance(steps, SequenceNode):
            return None
        for number, step in enumerate(steps.value, start=1):
            name = _child(step, "name")
            told = safe_line(str(name.value)) if name is not None else ""
            if called in (f"step {told}", f"step {number}"):
                found: Node = step
                return found
        return None


def _child(node: Node | None, key: str) -> Node | None:
    if not isinstance(node, MappingNode):
        return None
    return next((value for name, value in node.value if name.value == key), None)
