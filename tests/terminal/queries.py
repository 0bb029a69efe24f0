"""What programs ask a terminal, and what a present-day one says.

A program that gets no answer waits for one, or does without what it asked for: then its
start would be slower, or its frames torn, in the tests alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

CELL: Final = (8, 16)
"""Width and height of a cell in pixels."""
SIZE_REPORTS: Final = 2048
MOUSE_ENCODINGS: Final = frozenset({1005, 1006, 1015, 1016})
KNOWN_MODES: Final = MOUSE_ENCODINGS | {
    *(9, 47, 1000, 1001, 1002, 1003, 1004, 1047, 1049),
    *(2004, 2026, 2031, SIZE_REPORTS),
}
"""The private modes of which this terminal says, when asked, that it has them."""

_QUERY: Final = re.compile(
    rb"\x1b\[(?P<attributes>[>=]?)0?c"
    rb"|\x1b\[\??(?P<status>[56])n"
    rb"|\x1b\[\?(?P<mode>\d+)\$p"
    rb"|\x1b\[>0?(?P<version>q)"
    rb"|\x1b\[\?(?P<keyboard>u)"
    rb"|\x1b\[(?P<window>1[468])t"
    rb"|\x1b\[\?(?P<sizes>2048)h"
    rb"|\x1b\](?P<colour>1[0-2]|4;\d+);\?(?:\x1b\\|\x07)"
    rb"|\x1bP(?P<setting>\+q|\$q)[^\x1b]*\x1b\\"
)
_LONGEST: Final = 64
"""No query that is cut in two by a read is longer."""
_ATTRIBUTES: Final = {
    "": "\x1b[?62;22c",
    ">": "\x1b[>1;10;0c",
    "=": "\x1bP!|00000000\x1b\\",
}


class State(NamedTuple):
    """What the answers depend on."""

    columns: int
    rows: int
    cursor: tuple[int, int]
    modes: frozenset[int]


class Queries:
    """Finds the queries in what a program writes, also where a read cuts one in two."""

    def __init__(self) -> None:
        self._rest = b""

    def answers(self, data: bytes, state: Callable[[], State]) -> Iterator[bytes]:
        """An answer for each query in `data`; `state` is called where there is one."""
        text, end = self._rest + data, 0
        for match in _QUERY.finditer(text):
            end = match.end()
            kind = match.lastgroup
            assert kind is not None
            yield _answer(kind, match[kind].decode(), state()).encode()
        begun = text.rfind(b"\x1b", max(end, len(text) - _LONGEST))
        self._rest = text[begun:] if begun >= 0 else b""


def size_report(columns: int, rows: int) -> str:
    """What mode 2048 tells of a new size."""
    width, height = CELL
    return f"\x1b[48;{rows};{columns};{rows * height};{columns * width}t"


def _answer(kind: str, value: str, state: State) -> str:
    match kind:
        case "attributes":
            return _ATTRIBUTES[value]
        case "status":
            return _status(value, *state.cursor)
        case "mode":
            return f"\x1b[?{value};{_standing(int(value), state.modes)}$y"
        case "version":
            return "\x1bP>|tests(1)\x1b\\"
        case "keyboard":
            return "\x1b[?0u"
        case "window":
            return _window(value, state.columns, state.rows)
        case "sizes":
            return size_report(state.columns, state.rows)
        case "colour":
            level = "ffff" if value == "10" else "0000"
            return f"\x1b]{value};rgb:{level}/{level}/{level}\x1b\\"
    return f"\x1bP0{value[0]}r\x1b\\"


def _status(what: str, x: int, y: int) -> str:
    return "\x1b[0n" if what == "5" else f"\x1b[{y + 1};{x + 1}R"


def _standing(mode: int, modes: frozenset[int]) -> int:
    """Of a mode: 0 unknown, 1 set, 2 not set."""
    if mode not in KNOWN_MODES:
        return 0
    return 1 if mode in modes else 2


def _window(what: str, columns: int, rows: int) -> str:
    width, height = CELL
    if what == "14":
        return f"\x1b[4;{rows * height};{columns * width}t"
    if what == "16":
        return f"\x1b[6;{height};{width}t"
    return f"\x1b[8;{rows};{columns}t"
