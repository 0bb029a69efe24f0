"""Spec text into plain values, without trusting it.

A spec may come from anybody, so nothing in it may make us run code, fill the memory or
stop with an error that is not ours: tags are refused, and size, depth and what its
aliases grow to have limits.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, ClassVar, Final, NamedTuple

import yaml
from yaml.composer import ComposerError
from yaml.error import MarkedYAMLError, YAMLError
from yaml.events import AliasEvent, Event
from yaml.nodes import MappingNode, Node, ScalarNode
from yaml.reader import ReaderError

from dli_tui.domain.text import safe_line
from dli_tui.specs.errors import SpecError
from dli_tui.specs.model import DatasetSpec, spec_from

MAX_BYTES: Final = 1_048_576
MAX_DEPTH: Final = 50
MAX_VALUES: Final = 10_000
_TEXT_TAG: Final = "tag:yaml.org,2002:str"
_LONGEST_NUMBER: Final = 64
_LONGEST_DIGITS: Final = 100
"""Letters of a number: PyYAML multiplies `1:1:1:…`, base 60, for minutes before its size shows."""
_NUMBER_TAG: Final = "tag:yaml.org,2002:int"
_NUMBER_TAGS: Final = frozenset({_NUMBER_TAG, "tag:yaml.org,2002:float"})
_LIKE_A_NUMBER: Final = re.compile(r"[-+.]?[0-9][0-9a-fA-F_.:xX+-]*")
_HALF_CHARACTER: Final = re.compile("[\ud800-\udfff]")


def parse_spec(text: str, path: Path | None = None) -> DatasetSpec:
    """The spec that `text` holds; `path` is named where it can't be used."""
    return spec_from(mapping_of(text, path), path)


def text_of(path: Path) -> str:
    """The text of the file as it stands, but for a byte order mark."""
    # Opening a named pipe would wait for a writer.
    if not path.is_file():
        raise SpecError(["it is not a file that can be read"], path=path)
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
    text = text.removeprefix("\ufeff")
    try:
        value = _value_of(text)
    except YAMLError as error:
        raise SpecError([_in_words(error, text)], path=path) from error
    if not isinstance(value, dict):
        raise SpecError(
            ["expected a mapping such as 'name: …' at the top, but there is none"], path=path
        )
    return value


def node_of(text: str) -> Node | None:
    """The tree that `text` holds, with the place of each value; within the same limits."""
    if len(text) > MAX_BYTES:
        raise _too_long(None)
    loader = _Loader(text)
    try:
        return loader.get_single_node()
    except (YAMLError, ValueError, OverflowError) as error:
        raise SpecError(["it is not YAML that can be read"]) from error
    finally:
        loader.dispose()


def _too_long(path: Path | None) -> SpecError:
    return SpecError([f"it is longer than {MAX_BYTES:,} bytes"], path=path)


def _value_of(text: str) -> object:
    loader = _Loader(text)
    try:
        node = loader.get_node() if loader.check_node() else None
        if loader.check_node():
            raise _refused("expected one document, a second one begins", loader.coming())
        return None if node is None else loader.construct_document(node)
    except (ValueError, OverflowError) as error:
        # PyYAML turns an escape such as "\UFFFFFFFF" into a character without asking.
        mark = loader.get_mark()
        raise ComposerError(problem="no such character", problem_mark=mark) from error
    finally:
        loader.dispose()


class _Size(NamedTuple):
    """What a value grows to when each alias in it is written out."""

    values: int
    depth: int


class _Loader(yaml.SafeLoader):
    """SafeLoader within limits; it keeps count while the tree is built, before any value is."""

    # YAML 1.1 has meanings of its own for a lone "=" and "<<"; as a value each is just text.
    yaml_constructors: ClassVar = {
        **yaml.SafeLoader.yaml_constructors,
        "tag:yaml.org,2002:value": yaml.SafeLoader.construct_yaml_str,
        "tag:yaml.org,2002:merge": yaml.SafeLoader.construct_yaml_str,
    }

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._values = 0
        self._depth = 0
        self._deepest = 0
        self._sizes: dict[Node, _Size] = {}

    def coming(self) -> Event:
        """What comes next in the text."""
        event: Event = self.peek_event()  # type: ignore[no-untyped-call]
        return event

    def compose_node(self, parent: Node | None, index: int) -> Node | None:
        event = self.coming()
        tag = getattr(event, "tag", None)
        if tag not in (None, _TEXT_TAG):
            raise _refused(f"the tag {tag!r} is not allowed", event)
        outside, self._deepest, before = self._deepest, self._depth, self._values
        self._add(_Size(1, 1), event)
        self._depth += 1
        node = super().compose_node(parent, index)
        self._depth -= 1
        if isinstance(event, AliasEvent):
            self._add(self._size_of(node, event), event)
        elif node is not None:
            self._sizes[node] = _Size(self._values - before, self._deepest - self._depth)
            if isinstance(node, MappingNode):
                self._require_keys(node)
        self._deepest = max(outside, self._deepest)
        return node

    def _size_of(self, node: Node | None, alias: AliasEvent) -> _Size:
        # The size of an anchor is known when all that is in it has been read.
        if node not in self._sizes:
            raise _refused(f"*{alias.anchor} stands inside of itself", alias)
        return self._sizes[node]

    def _add(self, size: _Size, event: Event) -> None:
        self._values += size.values
        self._deepest = max(self._deepest, self._depth + size.depth)
        if self._deepest > MAX_DEPTH:
            raise _refused(f"it nests deeper than {MAX_DEPTH} levels", event)
        if self._values > MAX_VALUES:
            raise _refused(f"it holds more than {MAX_VALUES:,} values", event)

    def resolve(self, kind: type[Node], value: str | None, implicit: Any) -> str:  # noqa: ANN401
        """The tag of a value; a long one is no number, and isn't held against patterns that
        remember each of its colons."""
        if kind is ScalarNode and value is not None and len(value) > _LONGEST_DIGITS:
            is_like_one = implicit[0] and _LIKE_A_NUMBER.fullmatch(value)
            return _NUMBER_TAG if is_like_one else _TEXT_TAG
        tag: str = super().resolve(kind, value, implicit)  # type: ignore[no-untyped-call]
        return tag

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

    def construct_object(self, node: Node, deep: bool = False) -> object:
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


def _unreadable(node: Node) -> ComposerError:
    shown = safe_line(str(node.value), 40)
    return _refused(f"{shown!r} is no number or date that can be read; text needs quotes", node)


def _refused(problem: str, at: Event | Node) -> ComposerError:
    # The stubs allow for marks of the C parser, which this loader is not.
    return ComposerError(problem=problem, problem_mark=at.start_mark)  # type: ignore[arg-type]


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
