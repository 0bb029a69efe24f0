"""Is the configuration of a workflow or a template in order? Checked before it is sent.

Each step has a name of its own and a kind that is known, with the settings that this kind needs.
What a text takes from another step must have been there before it. What a service may well
understand though we don't (a setting that we never heard of) is remarked, not refused.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from dli_tui.domain import stepkinds
from dli_tui.domain.stepkinds import BY_NAME, Setting, StepKind
from dli_tui.domain.text import safe_line

_REFERENCE: Final = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_NAME: Final = re.compile(r"[A-Za-z_][\w-]*", re.ASCII)
_PATH: Final = re.compile(r"[A-Za-z_][\w-]*(?:\.[\w-]+)*", re.ASCII)
_OF_THE_RUN: Final = frozenset({"execution_id", "workflow_id"})
_WITH_FIELDS: Final = frozenset({"trigger", "env"})
_SHOWN: Final = 60
_OF_A_STEP: Final = 3
"""`steps.NAME.FIELD` has so many parts at least."""


class Remark(NamedTuple):
    """One thing about a configuration, and where it stands."""

    place: str
    says: str
    is_wrong: bool = True
    """Whether it would fail for certain; else it is only worth a look."""

    def __str__(self) -> str:
        return f"{self.place}: {self.says}"


def check(config: Mapping[str, Any], *, is_template: bool = False) -> tuple[Remark, ...]:
    """All that is to be said of a configuration; a template may leave variables open."""
    try:
        return tuple(_Check(is_template=is_template).all_of(config))
    except RecursionError:
        return (Remark("steps", "they are nested too deep to be read"),)


class _Check:
    def __init__(self, *, is_template: bool) -> None:
        self._is_template = is_template
        self._every: tuple[str, ...] = ()
        self._before: list[str] = []

    def all_of(self, config: Mapping[str, Any]) -> Iterator[Remark]:
        steps = config.get("steps")
        if not isinstance(steps, list):
            yield Remark("steps", "a list of steps was expected")
            return
        if not steps:
            yield Remark("steps", "there are none, so it does nothing", is_wrong=False)
        named = (one.get("name") for one in steps if isinstance(one, dict))
        self._every = tuple(name for name in named if isinstance(name, str))
        for number, step in enumerate(steps, start=1):
            yield from self._step(step, number)

    def _step(self, step: object, number: int) -> Iterator[Remark]:
        if not isinstance(step, dict):
            yield Remark(f"step {number}", "an object with name, type and config was expected")
            return
        name = step.get("name")
        place = f"step {_shown(name)}" if isinstance(name, str) and name else f"step {number}"
        if not isinstance(name, str) or not name.strip():
            yield Remark(place, "it needs a name")
        elif name in self._before:
            yield Remark(place, "another step before it has this name")
        elif not _NAME.fullmatch(name):
            says = "steps after it can't name it: only letters, digits, _ and - are read there"
            yield Remark(place, says, is_wrong=False)
        yield from self._work(step, place)
        if isinstance(name, str):
            self._before.append(name)

    def _work(self, step: Mapping[str, Any], place: str) -> Iterator[Remark]:
        """What a step, or the action of a conditional, does."""
        word, config = step.get("type"), step.get("config", {})
        kind = BY_NAME.get(word) if isinstance(word, str) else None
        if kind is None:
            yield Remark(f"{place}, type", _unknown_kind(word))
        if not isinstance(config, dict):
            yield Remark(f"{place}, config", "an object of settings was expected")
            return
        if kind is not None:
            yield from self._settings(kind, config, place)
        for key, value in config.items():
            is_action = kind is not None and _is_action(kind, key)
            if is_action and isinstance(value, dict):
                yield from self._work(value, f"{place}, {key}")
            elif is_action:
                yield Remark(f"{place}, {key}", f"{stepkinds.ACTION.words} was expected")
            else:
                yield from self._texts(value, f"{place}, {_shown(key)}")

    def _settings(self, kind: StepKind, config: Mapping[str, Any], place: str) -> Iterator[Remark]:
        for setting in kind.settings:
            if setting.required and setting.name not in config:
                yield Remark(place, f"{kind.name} needs {setting.name}: {setting.says}")
        for key, value in config.items():
            known = kind.setting(key)
            if known is None:
                yield Remark(f"{place}, {_shown(key)}", _unknown(key, kind), is_wrong=False)
            elif not self._fits(known, value):
                yield Remark(f"{place}, {key}", f"{known.shape.words} was expected")
        is_webhook = kind.name == "notification" and config.get("type") == "webhook"
        if is_webhook and "webhook_url" not in config:
            yield Remark(place, "a webhook needs webhook_url: The address of the webhook.")

    def _fits(self, setting: Setting, value: object) -> bool:
        # What is filled in later may turn out to be anything; a template leaves texts empty.
        if isinstance(value, str) and (
            _REFERENCE.search(value) or (self._is_template and not value)
        ):
            return True
        return setting.shape.fits(value)

    def _texts(self, value: object, place: str) -> Iterator[Remark]:
        match value:
            case str():
                for found in _REFERENCE.findall(value):
                    says = self._why_not(found.strip())
                    if says is not None:
                        yield Remark(place, says)
            case dict():
                for inner in value.values():
                    yield from self._texts(inner, place)
            case list():
                for inner in value:
                    yield from self._texts(inner, place)

    def _why_not(self, path: str) -> str | None:
        """What speaks against `{{path}}` where it stands."""
        told = f"{{{{{_shown(path)}}}}}"
        if not _PATH.fullmatch(path):
            return f"{told} can't be read: names with dots between them were expected"
        head, *rest = path.split(".")
        if head == "steps":
            return self._why_not_of_a_step(told, path.split("."))
        if head in _OF_THE_RUN:
            return f"{told} has no parts" if rest else None
        if head in _WITH_FIELDS:
            return None if rest else f"{told} needs a field: {{{{{head}.NAME}}}}"
        if self._is_template:
            return None
        return f"{told} is filled in by nobody{_near(path, (*_OF_THE_RUN, 'trigger.', 'steps.'))}"

    def _why_not_of_a_step(self, told: str, parts: list[str]) -> str | None:
        name = parts[1] if len(parts) > 1 else ""
        if len(parts) < _OF_A_STEP:
            return f"{told} needs a step and a field: {{{{steps.{name or 'NAME'}.FIELD}}}}"
        if name in self._before:
            return None
        if name in self._every:
            return f"{told} names a step that hasn't run by then: '{_shown(name)}'"
        return f"{told} names no step{_near(name, self._every)}"


def _is_action(kind: StepKind, key: str) -> bool:
    setting = kind.setting(key)
    return setting is not None and setting.shape is stepkinds.ACTION


def _unknown_kind(word: object) -> str:
    if word is None:
        return f"it needs one of {', '.join(BY_NAME)}"
    told = _shown(word) if isinstance(word, str) else "what stands there"
    near = _near(word, tuple(BY_NAME)) if isinstance(word, str) else ""
    return f"there is no kind of step '{told}'" + (near or f"; there are {', '.join(BY_NAME)}")


def _unknown(key: str, kind: StepKind) -> str:
    # YAML has keys that are no text.
    near = _near(str(key), [one.name for one in kind.settings])
    return f"no setting of {kind.name} that is known here{near}"


def _near(word: str, known: tuple[str, ...] | list[str]) -> str:
    found = difflib.get_close_matches(word, known, 1)
    return f"; did you mean {_shown(found[0])}?" if found else ""


def _shown(text: object) -> str:
    return safe_line(str(text), _SHOWN)
