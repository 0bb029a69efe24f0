"""What is left out of an answer for whoever may not register: keys to other systems.

The path of a webhook is its key, and a spec holds headers with tokens. Whoever registers wrote
them and gets them back, to change them. An operator reads specs with these values masked, as what a
workflow does is what is operated; a viewer reads everything about a dataset but its spec.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from dli_tui.server.identity import Role
from dli_tui.specs.errors import SpecError
from dli_tui.specs.reader import node_of

if TYPE_CHECKING:
    from dli_tui.wire.values import Row

MASK: Final = "***"
_URL: Final = re.compile(r"https?://", re.IGNORECASE)
_SECRET: Final = re.compile(
    r"(?i)token|secret|passw|api_?-?key|credential|private_?-?key"
    r"|(?:^|[_-])auth(?:orization)?(?:$|[_-])"
)
_HEADERS: Final = "headers"
_CONFIGS: Final = ("notifications", "workflow_config", "trigger_config")


def sees_keys(role: Role) -> bool:
    """Whether that role gets everything as it is."""
    return role.covers(Role.ADMIN)


def masked_workflow(told: Row) -> Row:
    """A row of the list without keys; the very same row where there are none."""
    hidden = {key: _masked(told[key]) for key in _CONFIGS if told.get(key)}
    if all(told[key] == value for key, value in hidden.items()):
        return told
    return {**told, **hidden}


def masked_dataset(told: Row, role: Role) -> Row:
    """What is known of a dataset, as far as that role reads it."""
    if sees_keys(role) or "spec" not in told:
        return told
    spec = masked_spec(told["spec"]) if role.covers(Role.OPERATOR) else None
    rest = {key: value for key, value in told.items() if key != "spec"}
    return rest if spec is None else {**rest, "spec": spec}


def masked_spec(text: str) -> str | None:
    """The text of a spec without keys, else as it stands; None where it can't be read."""
    try:
        node = node_of(text)
    except SpecError:
        return None
    places = dict(_places(node, is_key=False)) if node is not None else {}
    for (start, end), instead in sorted(places.items(), reverse=True):
        line_end = "\n" if text[start:end].endswith("\n") else ""
        text = f"{text[:start]}{instead}{line_end}{text[end:]}"
    return text


def _places(node: Node, *, is_key: bool) -> Iterator[tuple[tuple[int, int], str]]:
    """Where in a text something is masked, and what stands there instead."""
    if isinstance(node, MappingNode):
        for key, value in node.value:
            name = str(key.value)
            inside = is_key or name.casefold() == _HEADERS or _SECRET.search(name) is not None
            yield from _places(value, is_key=inside)
    elif isinstance(node, SequenceNode):
        for value in node.value:
            yield from _places(value, is_key=is_key)
    elif isinstance(node, ScalarNode):
        shown = MASK if is_key else _host_alone(str(node.value))
        if shown != node.value:
            yield (node.start_mark.index, node.end_mark.index), f'"{shown}"'


def _masked(value: Any, *, is_key: bool = False) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, dict):
        return {
            key: _masked(
                inner,
                is_key=is_key or key.casefold() == _HEADERS or _SECRET.search(key) is not None,
            )
            for key, inner in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [_masked(inner, is_key=is_key) for inner in value]
    if value is None or isinstance(value, bool):
        return value
    if is_key:
        return MASK
    return _host_alone(value) if isinstance(value, str) else value


def _host_alone(text: str) -> str:
    """An address without its path, which may be a key; any other text as it is."""
    if not _URL.match(text):
        return text
    try:
        parts = urlsplit(text)
        host = parts.netloc.rpartition("@")[2]
    except ValueError:
        return MASK
    has_more = parts.path not in ("", "/") or parts.query or parts.fragment or "@" in parts.netloc
    return f"{parts.scheme}://{host}/{MASK}" if has_more else text
