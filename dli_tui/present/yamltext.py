"""Values as YAML that is pleasant to read and safe to show, and means the same when read again.

Loads the YAML library, so only what is about definitions imports it.
"""

from __future__ import annotations

from typing import Final

import yaml
from yaml.nodes import ScalarNode

from dli_tui.domain.text import safe, spelled_out

_WIDTH: Final = 100
_TEXT_TAG: Final = "tag:yaml.org,2002:str"


class _Dumper(yaml.SafeDumper):
    """Long texts as blocks; nothing is said once and pointed at later."""

    def ignore_aliases(self, _data: object) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002
        # A list stands deeper than what it belongs to, as people write it.
        super().increase_indent(flow, indentless=False)


def dumped(value: object, *, short: bool = False) -> str:
    """`value` as YAML, in the order in which it stands; `short`: what is small on one line."""
    text = yaml.dump(
        value,
        Dumper=_Dumper,
        sort_keys=False,
        allow_unicode=True,
        width=_WIDTH,
        default_flow_style=None if short else False,
    )
    # What a terminal obeys stands in double quotes, where an escape means the same.
    return spelled_out(str(text))


def lines_of(value: object, *, short: bool = False) -> list[str]:
    """The same, a line each."""
    return dumped(value, short=short).split("\n")[:-1]


def _text(dumper: yaml.SafeDumper, text: str) -> ScalarNode:
    style = None
    if safe(text) != text:
        style = '"'
    elif "\n" in text.rstrip("\n"):
        style = "|"
    return dumper.represent_scalar(_TEXT_TAG, text, style=style)


_Dumper.add_representer(str, _text)
