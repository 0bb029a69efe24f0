"""A registration as the text of a spec, which is all that a store keeps of it.

What the registration says counts; tries and notifications only where it says something of them. A
text that says the same stays byte for byte; else only the blocks that differ are written anew, so
that whatever stands beside them, comments too, stays. Where that can't be done, as in a text that
is one `{…}`, the whole is written anew without its comments. Either way the result is read again,
and has to say what was meant.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import yaml
from yaml.nodes import CollectionNode, MappingNode, Node

from dli_tui.domain.query import Registration
from dli_tui.domain.schedule import RetryConfig
from dli_tui.specs.errors import SpecError
from dli_tui.specs.find import spec_named
from dli_tui.specs.model import DatasetSpec, spec_from
from dli_tui.specs.reader import mapping_of

_WIDTH: Final = 100


def spec_text(request: Registration) -> str:
    """The text to be stored for a registration; DLI-801 with everything that is wrong with it."""
    name, given = request.dataset_name, (request.yaml_content or "").removeprefix("\ufeff")
    blocks = _blocks(request)
    if not given.strip():
        return _checked(_dumped({"version": "v1", "name": name, **blocks}), name)
    there = mapping_of(given)
    if "name" not in there:
        blocks = {"name": name, **blocks}
    differing = {key: blocks[key] for key in blocks if _says(there, key) != _said(key, blocks[key])}
    if not differing:
        return _checked(given, name)
    whole = {**there, **differing}
    wanted = spec_from(whole)
    edited = _edited(given, differing)
    if edited is None or _parsed(edited) != wanted:
        edited = _dumped(whole)
    return _checked(edited, name)


def _blocks(request: Registration) -> dict[str, Any]:
    """What a registration says, by the keys of a spec; what it doesn't say is left to the text."""
    schedule = request.schedule
    told: dict[str, Any] = {
        "owner": request.owner,
        "team": request.team,
        "description": request.description,
        # A request of 000 has no word for these two, so the default is nobody's wish.
        "retry": None if schedule.retry == RetryConfig() else schedule.retry.model_dump(),
        "notifications": schedule.notifications.model_dump(mode="json", exclude_defaults=True),
        "schedule": {
            **({} if schedule.cron is None else {"cron": schedule.cron}),
            "timezone": schedule.timezone,
            "enabled": schedule.enabled,
        },
    }
    return {key: value for key, value in told.items() if value}


def _says(there: Mapping[Any, Any], key: str) -> object:
    """What a text says under a key, with what is meant where it says nothing; None if nonsense."""
    try:
        return _said(key, there.get(key))
    except SpecError:
        return None


def _said(key: str, value: object) -> object:
    return getattr(spec_from({"name": "x", key: value}), key)


def _parsed(text: str) -> DatasetSpec | None:
    try:
        return spec_from(mapping_of(text))
    except SpecError:
        return None


def _checked(text: str, name: str) -> str:
    spec_named(name, text)
    return text


def _dumped(mapping: Mapping[Any, Any]) -> str:
    return yaml.safe_dump(
        dict(mapping), sort_keys=False, allow_unicode=True, width=_WIDTH, default_flow_style=False
    )


class _Span(NamedTuple):
    """From where to where a block stands in a text."""

    start: int
    end: int


def _edited(text: str, differing: Mapping[str, Any]) -> str | None:
    """The text with those blocks in place of what it says; None where it has no blocks."""
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    if not isinstance(root, MappingNode) or root.flow_style:
        return None
    spans = {key.value: _Span(key.start_mark.index, _end(value)) for key, value in root.value}
    for key in sorted(differing, key=lambda key: spans[key].start if key in spans else -1)[::-1]:
        block = _dumped({key: differing[key]})
        if key in spans:
            start, end = spans[key]
            is_whole_line = text[end - 1 : end] == "\n"
            text = text[:start] + (block if is_whole_line else block.rstrip("\n")) + text[end:]
    new = {key: value for key, value in differing.items() if key not in spans}
    if new:
        text = text + ("" if text.endswith("\n") else "\n") + _dumped(new)
    return text


def _end(node: Node) -> int:
    """Where the last word of a value ends: what follows it, comments too, is not a part of it."""
    if not isinstance(node, CollectionNode) or node.flow_style or not node.value:
        return node.end_mark.index
    last = node.value[-1]
    return _end(last[1] if isinstance(last, tuple) else last)
