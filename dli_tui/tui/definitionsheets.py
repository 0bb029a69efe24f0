"""A configuration as a page to read: its YAML, and beside it what is to be said of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from dli_tui.domain import configuration as checks
from dli_tui.domain.status import HealthStatus
from dli_tui.domain.text import safe_line
from dli_tui.present import filling, words, yamltext
from dli_tui.tui.looks import HEALTH, Looks, Tone
from dli_tui.tui.widgets.lines import Piece
from dli_tui.tui.widgets.page import Text

_INDENT: Final = "  "


class Sheet(NamedTuple):
    """A configuration, as it is shown."""

    text: str
    """The YAML, to be copied: without the secrets that the page hides."""
    lines: Sequence[Text]
    remarks: Sequence[Text]
    is_masked: bool = False
    """Whether there are secrets, which are not told."""


def configuration(config: Mapping[str, Any] | None, looks: Looks) -> Sheet:
    """What a workflow does; None: nobody tells."""
    if config is None:
        said = "The server doesn't tell what this workflow does"
        return Sheet("", [(Piece(said, Tone.MUTED),)], [])
    hidden = filling.hidden(dict(config))
    lines = [_line(safe_line(line)) for line in yamltext.lines_of(hidden)]
    is_masked = hidden != dict(config)
    return Sheet(yamltext.dumped(hidden), lines, [*_remarks(config, looks)], is_masked)


def _line(line: str) -> Text:
    """A line of YAML, its name and its value apart; a long value goes on below itself."""
    name, colon, value = line.partition(": ")
    is_pair = bool(colon) and name.lstrip(" -").replace("_", "").replace("-", "").isalnum()
    if not is_pair:
        return (Piece(line, Tone.RUNNING if line.endswith(":") else Tone.PLAIN),)
    return (Piece(f"{name}:", Tone.RUNNING), Piece(f" {value}"))


def _remarks(config: Mapping[str, Any], looks: Looks) -> Iterable[Text]:
    found = checks.check(config)
    wrong = sum(one.is_wrong for one in found)
    steps = config.get("steps")
    count = len(steps) if isinstance(steps, list) else 0
    yield (Piece(words.plural(count, "step"), bold=True),)
    if not found:
        look = HEALTH[HealthStatus.HEALTHY]
        yield (Piece(f"{looks.glyph(look)} nothing to remark", look.tone),)
        return
    if wrong:
        yield (Piece(f"{words.plural(wrong, 'problem')}", Tone.FAILED),)
    for one in found:
        tone = Tone.FAILED if one.is_wrong else Tone.LATE
        yield (Piece(one.place, tone),)
        yield (Piece(_INDENT), Piece(one.says))
