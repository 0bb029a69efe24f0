"""What differs between two definitions, step by step: what was, and what will be."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from dli_tui.domain.text import safe_line, spelled_out
from dli_tui.present import filling
from dli_tui.present.besides import MASK

if TYPE_CHECKING:
    from dli_tui.domain.template import TemplateDraft

_STEPS: Final = "steps"
_CONFIG: Final = "template_config"
_LONGEST: Final = 400


class Change(NamedTuple):
    """One thing that differs; `was` or `now` is empty where there is none."""

    step: str
    """Empty: it belongs to no step."""
    what: str
    """Empty: the step itself."""
    was: str
    now: str


def of_templates(before: TemplateDraft | None, after: TemplateDraft) -> list[Change]:
    """What an edit makes of a template; of a new one, all that it has."""
    old = {} if before is None else dict(before)
    new = dict(after)
    mine = {key: value for key, value in old.items() if key != _CONFIG}
    theirs = {key: value for key, value in new.items() if key != _CONFIG}
    return [
        *_flat_changes("", mine, theirs),
        *of_configurations(old.get(_CONFIG, {}), new[_CONFIG]),
    ]


def of_configurations(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """What an edit makes of a configuration."""
    return list(_of_configurations(before, after))


def _of_configurations(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    yield from _flat_changes("", _without_steps(before), _without_steps(after))
    old, new = _steps(before), _steps(after)
    stayed = [name for name in old if name in new]
    order = [name for name in new if name in old]
    if stayed != order:
        yield Change("", "order of steps", ", ".join(stayed), ", ".join(order))
    for name, step in new.items():
        was = old.get(name)
        if was is None:
            yield Change(name, "", "", "new")
        yield from _flat_changes(name, was or {}, step)
    for name in old:
        if name not in new:
            yield Change(name, "", "there", "")


def _without_steps(config: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in config.items() if key != _STEPS}


def _steps(config: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The steps by their names, each without it; its settings on their own."""
    found = config.get(_STEPS)
    steps = [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
    return {
        safe_line(str(step.get("name", f"step {number}"))): {
            **{key: value for key, value in step.items() if key not in ("name", "config")},
            **(step["config"] if isinstance(step.get("config"), dict) else {}),
        }
        for number, step in enumerate(steps, start=1)
    }


def _flat_changes(
    step: str, before: Mapping[str, Any], after: Mapping[str, Any]
) -> Iterator[Change]:
    old, new = dict(_flat(before)), dict(_flat(after))
    for path in (*old, *(path for path in new if path not in old)):
        was, now = old.get(path), new.get(path)
        # 1 and True are the same to Python, and are not to a server.
        if was != now or type(was) is not type(now):
            told = (_told(path, value) for value in (was, now))
            yield Change(step, safe_line(path), *told)


def _flat(value: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, object]]:
    """Every single value by its path; a list is one value."""
    for key, inner in value.items():
        here = f"{path}.{key}" if path else str(key)
        if isinstance(inner, dict) and inner:
            yield from _flat(inner, here)
        else:
            yield here, inner


def _told(path: str, value: object) -> str:
    if value is None:
        return ""
    if filling.is_hidden(path.rpartition(".")[2], value):
        return MASK
    if isinstance(value, str) and _is_plain(value):
        return safe_line(value, _LONGEST)
    said = spelled_out(json.dumps(value, ensure_ascii=False, default=list))
    return safe_line(said, _LONGEST)


def _is_plain(text: str) -> bool:
    """Whether a text can be told without quotes: it is there, and looks like nothing else."""
    if not text.strip() or safe_line(text) != text:
        return False
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return True
    return False
