"""Print the table of step kinds in docs/pyairtable.md, made from what is checked.

A test compares it with what the page has between its two marks.
"""

from __future__ import annotations

import sys

from dli_tui.domain.stepkinds import KINDS, Setting


def table() -> str:
    """The table, as Markdown."""
    lines = ["| kind, setting | what it is | has to be |", "|---|---|---|"]
    for kind in KINDS:
        lines.append(f"| **`{kind.name}`** | {kind.says} | |")
        lines += [_line(setting) for setting in kind.settings]
    return "\n".join(lines)


def _line(setting: Setting) -> str:
    name = f"`{setting.name}`{' (needed)' if setting.required else ''}"
    return f"| {name} | {setting.says} | {setting.shape.words} |"


if __name__ == "__main__":
    sys.stdout.write(table() + "\n")
