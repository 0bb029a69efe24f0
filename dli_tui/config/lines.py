"""On which line does a setting stand?

tomllib says where a file breaks off being TOML, but not where a key was that turns out to
be wrong. This walks over text that tomllib has accepted already and notes the line of each
table and key. It doesn't look inside inline tables: their keys are on the line of the table.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dli_tui.domain.errors import ConfigurationError
from dli_tui.domain.text import safe_line

Keys = tuple[str, ...]

_BLANK: Final = re.compile(r"(?:\s|#[^\n]*)*")
_KEY: Final = re.compile(r'[ \t]*("(?:\\.|[^"\\])*"|\'[^\']*\'|[A-Za-z0-9_-]+)[ \t]*')
# In order: strings of many lines, strings of one, comments, brackets, line ends, the rest.
_PIECE: Final = re.compile(
    r'''
      """(?:\\.|[^\\])*?"{3,5}
    | \'\'\'.*?'{3,5}
    | "(?:\\.|[^"\\])*"
    | '[^']*'
    | \#[^\n]*
    | [\[\]{}\n]
    | [^"'\#\[\]{}\n]+
    ''',
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Source:
    """The text of a config file, and how to speak about a place in it."""

    path: Path
    text: str

    def error(self, keys: Sequence[str], sentence: str) -> ConfigurationError:
        """`sentence` about the setting `keys`, with the file and the line before it."""
        line = line_of(self.text, tuple(keys))
        name = safe_line(".".join(keys), limit=120)
        return self.error_at(line, f"{name} {sentence}")

    def error_at(self, line: int | None, sentence: str) -> ConfigurationError:
        """`sentence` about a line, or about the file as a whole."""
        place = self.path.name if line is None else f"{self.path.name} line {line}"
        return ConfigurationError(f"{place}: {sentence}", hint=f"Correct it in {self.path}")


def line_of(text: str, keys: Keys) -> int | None:
    """The line of that key or table, else of the nearest one around it."""
    found = _lines(text)
    for length in range(len(keys), 0, -1):
        if keys[:length] in found:
            return found[keys[:length]]
    return None


def _lines(text: str) -> dict[Keys, int]:
    found: dict[Keys, int] = {}
    table: Keys = ()
    at = _after(_BLANK, text, 0)
    while at < len(text):
        line = text.count("\n", 0, at) + 1
        if text[at] == "[":
            path, at = _dotted(text, at + (2 if text.startswith("[[", at) else 1))
            table = path
        else:
            keys, at = _dotted(text, at)
            path = table + keys
        # A dotted key opens the tables on its way, so it stands for them as well.
        for length in range(1, len(path) + 1):
            found.setdefault(path[:length], line)
        at = _after_value(text, at)
        at = _after(_BLANK, text, at)
    return found


def _dotted(text: str, at: int) -> tuple[Keys, int]:
    keys: list[str] = []
    while match := _KEY.match(text, at):
        keys.append(_plain(match[1]))
        at = match.end()
        if not text.startswith(".", at):
            break
        at += 1
    return tuple(keys), at


def _plain(key: str) -> str:
    if key[0] not in "\"'":
        return key
    import tomllib  # noqa: PLC0415 - only where there is a file to read

    return next(iter(tomllib.loads(f"{key} = 0")))


def _after_value(text: str, at: int) -> int:
    """Where the line ends that closes every bracket opened from `at` on."""
    depth = 0
    while match := _PIECE.match(text, at):
        piece, at = match[0], match.end()
        if piece in ("[", "{"):
            depth += 1
        elif piece in ("]", "}"):
            depth -= 1
        elif piece == "\n" and depth <= 0:
            break
    return at


def _after(pattern: re.Pattern[str], text: str, at: int) -> int:
    match = pattern.match(text, at)
    return match.end() if match else at
