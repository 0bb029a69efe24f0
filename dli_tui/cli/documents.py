"""A definition that somebody wrote down: YAML or JSON, in a file or piped in, and what it says.

What is wrong with it is all told before anything is sent: who hears of one thing at a time runs
the command once for each.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from dli_tui.cli import output
from dli_tui.domain.configuration import Remark
from dli_tui.domain.errors import ConfigurationError, WorkflowRegistrationError
from dli_tui.domain.template import TemplateDraft
from dli_tui.present import changetables, definitions, words
from dli_tui.present.differing import Change
from dli_tui.specs.errors import SpecError
from dli_tui.specs.reader import MAX_BYTES, text_of

PIPED: Final = "-"
_Pick = Callable[[Mapping[str, Any]], Mapping[str, Any]]


def template_in(file: str) -> TemplateDraft:
    """The template in a file, which may be what `template show --format json` prints."""
    found = definitions.read_template(_text(file, _draft_of))
    _tell(found.remarks)
    if found.draft is None:
        raise _unsound(file, found.remarks)
    return found.draft


def configuration_in(file: str) -> dict[str, Any]:
    """What a workflow is to do, by a file, which may be what `workflow get` prints as JSON."""
    found = definitions.read_configuration(_text(file, _config_of))
    _tell(found.remarks)
    if found.config is None:
        raise _unsound(file, found.remarks)
    return found.config


def are_same(before: object, after: object) -> bool:
    """Whether two definitions are the same to a server, to which 1 is not true."""
    return json.dumps(before, sort_keys=True) == json.dumps(after, sort_keys=True)


def tell_changes(found: Sequence[Change]) -> None:
    """What is another than before, setting by setting."""
    if not found:
        output.line("Nothing changes.")
        return
    output.table(changetables.COLUMNS, changetables.changes(found))
    output.line()
    output.line(words.plural(len(found), "change"))


def _text(file: str, pick: _Pick) -> str:
    try:
        text = _piped() if file == PIPED else text_of(Path(file))
    except SpecError as problem:
        told = "; ".join(problem.problems)
        raise ConfigurationError(f"{_called(file)}: {told}", hint="Nothing was sent.") from None
    return _picked(text, pick)


def _piped() -> str:
    # Bytes: what is piped is UTF-8, whatever the terminal speaks.
    data = sys.stdin.buffer.read(MAX_BYTES + 1)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise SpecError(["it is not UTF-8 text"]) from None


def _picked(text: str, pick: _Pick) -> str:
    """The text, but for what a command printed beside the definition."""
    try:
        found = json.loads(text) if text.lstrip().startswith("{") else None
    except (ValueError, RecursionError):
        return text
    picked = found if found is None else pick(found)
    return text if picked == found else json.dumps(picked, indent=2)


def _draft_of(found: Mapping[str, Any]) -> Mapping[str, Any]:
    """Without its id and its counts, which only the server has a say in."""
    is_printed = "id" in found and "template_config" in found
    known = TemplateDraft.model_fields
    return {key: found[key] for key in known if key in found} if is_printed else found


def _config_of(found: Mapping[str, Any]) -> Mapping[str, Any]:
    inner = found.get("workflow_config")
    return inner if "steps" not in found and isinstance(inner, dict) else found


def _tell(remarks: Iterable[Remark]) -> None:
    for remark in remarks:
        label = "Problem" if remark.is_wrong else "Warning"
        output.talk(f"{label}: {words.word(str(remark))}")


def _unsound(file: str, remarks: Iterable[Remark]) -> WorkflowRegistrationError:
    wrong = sum(remark.is_wrong for remark in remarks)
    return WorkflowRegistrationError(
        f"{_called(file)} can't be used: {words.plural(wrong, 'problem')}",
        hint="Nothing was sent. Correct it and try again.",
    )


def _called(file: str) -> str:
    return "What was piped in" if file == PIPED else words.word(file)
