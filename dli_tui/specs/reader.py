"""Spec text into plain values, without trusting it.

A spec may come from anybody, so nothing in it may make us run code, fill the memory or
stop with an error that is not ours: tags are refused, and size, depth and what its
aliases grow to have limits.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import yaml
from yaml.composer import ComposerError
from yaml.constructor import ConstructorError
from yaml.error import Mark, MarkedYAMLError, YAMLError
from yaml.events import AliasEvent
from yaml.nodes import MappingNode, Node, ScalarNode
from yaml.reader import ReaderError

from dli_tui.domain.text import safe_line
from dli_tui.specs.errors import SpecError
from dli_tui.specs.model import DatasetSpec, spec_from

MAX_BYTES: Final = 1_048_576
MAX_DEPTH: Final = 50
MAX_VALUES: Final = 50_000
_TEXT_TAG: Final = "tag:yaml.org,2002:str"
_EQUALS_TAG: Final = "tag:yaml.org,2002:value"
_LONGEST_NUMBER: Final = 64


def parse_spec(text: str, path: Path | None = None) -> DatasetSpec:
    """The spec that `text` holds; `path` is named where it can't be used."""
    return spec_from(mapping_of(text, path), path)


def text_of(path: Path) -> str:
    """The text of the file as it stands, but for a byte order mark."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SpecError([f"it can't be read: {reason}"], path=path) from error
    if len(data) > MAX_BYTES:
        raise _too_long(path)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise SpecError([f"line {line} is not UTF-8 text"], path=path) from error


def mapping_of(text: str, path: Path | None = None) -> dict[Any, Any]:
    """The one mapping that `text` holds, as YAML reads it: a date is a date."""
    # Counting characters first keeps a huge text from being encoded only to be refused.
    if len(text) > MAX_BYTES or len(text.encode("utf-8", "replace")) > MAX_BYTES:
        raise _too_long(path)
    try:
        value = _value_of(text.removeprefix("\ufeff"))
    except YAMLError as error:
        raise SpecError([_in_words(error, text)], path=path) from error
    if not isinstance(value, dict):
        raise SpecError(
            ["expected a mapping such as 'name: …' at the top, but there is none"], path=path
        )
    return value


def _too_long(path: Path | None) -> SpecError:
    return SpecError([f"it is longer than {MAX_BYTES:,} bytes"], path=path)


def _value_of(text: str) -> object:
    loader = _Loader(text)
    try:
        node = loader.get_node() if loader.check_node() else None
        if loader.check_node():
            raise ComposerError(
                None, None, "a second document begins, expected one", loader.peek_event().start_mark
            )
        return None if node is None else loader.construct_document(node)
    finally:
        loader.dispose()


class _Loader(yaml.SafeLoader):
    """SafeLoader within limits; it keeps count while the tree is built, before any value is."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._depth = 0
        self._values = 0
        self._grown: dict[Node, int] = {}

    def compose_node(self, parent: Node | None, index: int) -> Node | None:
        event = self.peek_event()
        tag = getattr(event, "tag", None)
        if tag not in (None, _TEXT_TAG):
            raise ComposerError(None, None, f"the tag {tag!r} is not allowed", event.start_mark)
        before = self._values
        self._depth += 1
        self._values += 1
        self._within_limits(event.start_mark)
        node = super().compose_node(parent, index)
        self._depth -= 1
        if node is not None:
            self._count(node, before, event)
        return node

    def compose_mapping_node(self, anchor: Any) -> MappingNode:
        node: MappingNode = super().compose_mapping_node(anchor)
        lines: dict[object, int] = {}
        for key, _ in node.value:
            if not isinstance(key, ScalarNode):
                raise ComposerError(None, None, "a key must be one plain value", key.start_mark)
            value = self.construct_object(key)  # type: ignore[no-untyped-call]
            if value in lines:
                raise ComposerError(
                    None,
                    None,
                    f"the key {key.value!r} is there already, on line {lines[value]}",
                    key.start_mark,
                )
            lines[value] = key.start_mark.line + 1
        return node

    def construct_object(self, node: Node, deep: bool = False) -> Any:
        # PyYAML checks the look of a number or date, not whether there is such a one.
        try:
            value = super().construct_object(node, deep)  # type: ignore[no-untyped-call]
        except (ValueError, OverflowError) as error:
            raise _no_value(node) from error
        if isinstance(value, int) and value.bit_length() > _LONGEST_NUMBER:
            raise _no_value(node)
        return value

    def _count(self, node: Node, before: int, event: object) -> None:
        """Note how many values `node` stands for, once more for each alias of it."""
        if not isinstance(event, AliasEvent):
            self._grown[node] = self._values - before
            return
        grown = self._grown.get(node)
        if grown is None:
            raise ComposerError(
                None, None, f"*{event.anchor} stands inside of itself", event.start_mark
            )
        self._values += grown
        self._within_limits(event.start_mark)

    def _within_limits(self, mark: Mark) -> None:
        if self._depth > MAX_DEPTH:
            raise ComposerError(None, None, f"it nests deeper than {MAX_DEPTH} levels", mark)
        if self._values > MAX_VALUES:
            raise ComposerError(None, None, f"it holds more than {MAX_VALUES:,} values", mark)


# YAML 1.1 has a meaning of its own for a lone "=", which nobody means.
_Loader.add_constructor(_EQUALS_TAG, yaml.SafeLoader.construct_yaml_str)


def _no_value(node: Node) -> ConstructorError:
    shown = safe_line(str(node.value), 40)
    return ConstructorError(
        None,
        None,
        f"{shown!r} looks like a number or a date but is none; text needs quotes",
        node.start_mark,
    )


def _in_words(error: YAMLError, text: str) -> str:
    if isinstance(error, ReaderError):
        before = text[: error.position]
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        return f"line {line}, column {column}: the character U+{error.character:04X} is not allowed"
    if isinstance(error, MarkedYAMLError) and error.problem_mark is not None:
        mark = error.problem_mark
        problem = safe_line(str(error.problem))
        return f"line {mark.line + 1}, column {mark.column + 1}: {problem}"
    return "it is not YAML"
