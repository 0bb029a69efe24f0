"""Printing: tables that a script can cut apart, JSON, and errors with their hint."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from io import TextIOWrapper
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, Final

from dli_tui.domain.errors import DLIError
from dli_tui.domain.text import safe_line, spelled_out
from dli_tui.present import words

if TYPE_CHECKING:
    from dli_tui.domain.value import Value

_INDENT: Final = " " * 7


class Format(StrEnum):
    """How an answer is written."""

    TABLE = "table"
    JSON = "json"


def table(
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    below: Sequence[str | None] = (),
) -> None:
    """Aligned columns, two blanks between them, each row with a line below it where given."""
    widths = [
        max([_width(title), *(_width(row[index]) for row in rows)])
        for index, title in enumerate(columns)
    ]
    line(_aligned(columns, widths))
    for cells, remark in zip_longest(rows, below):
        line(_aligned(cells, widths))
        if remark is not None:
            line(remark)


def line(text: str = "") -> None:
    """One line of the answer, whole: an id that a narrow terminal wraps can still be copied."""
    print(text)  # noqa: T201 - the one place where answers are printed


def facts(known: Iterable[tuple[str, str | None]]) -> None:
    """Facts, a line each; what nobody knows is left out."""
    lines(f"{name}: {safe_line(value)}" for name, value in known if value)


def lines(texts: Iterable[str]) -> None:
    """Several lines of the answer."""
    for text in texts:
        line(text)


def as_json(model: Value) -> None:
    """The result model, one document."""
    try:
        text = model.model_dump_json(indent=2)
    except ValueError:
        # Half a pair of surrogates: JSON can say it, pydantic can't, wherever it stands.
        from pydantic_core import to_jsonable_python  # noqa: PLC0415 - there is hardly ever one

        text = json.dumps(model.model_dump(), indent=2, default=to_jsonable_python)
    # What JSON allows in a string, a terminal may still obey.
    print(spelled_out(text))  # noqa: T201 - as above


def document(values: Mapping[str, Any]) -> None:
    """Plain values as one JSON document, where there is no model of them."""
    text = json.dumps(values, indent=2, ensure_ascii=False, default=str)
    print(spelled_out(text))  # noqa: T201 - as above


def any_terminal() -> None:
    """Print also where the terminal's encoding lacks a letter: as an escape, not a crash."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def talk(text: str) -> None:
    """A line for the person, not for the pipe."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201 - as above


def error(problem: DLIError) -> None:
    """What went wrong, with its code and what to do."""
    talk(f"Error [{problem.code}]: {safe_line(problem.message)}")
    for hint in problem.hint.splitlines():
        talk(f"{_INDENT}{safe_line(hint)}")


def silence() -> None:
    """Nobody reads stdout any more (`| head`): end without a complaint."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _aligned(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (
        cell + " " * (width - _width(cell)) for cell, width in zip(cells, widths, strict=True)
    )
    return "  ".join(padded).rstrip()


def _width(text: str) -> int:
    """How many columns a terminal takes for `text`."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len  # noqa: PLC0415 - only letters beyond ASCII need its tables

    return cell_len(text)


def warn(warning: str | None) -> None:
    """What to know besides, if there is something."""
    if warning:
        talk(f"Warning: {words.word(warning)}")
