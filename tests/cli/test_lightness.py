"""A command loads what it needs: a list that waits for YAML or HTTP doesn't feel like `ls`."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("httpx", "textual", "yaml", "platformdirs.windows", "dli_tui.wire", "dli_tui.specs")
LATER = ("dli_tui.cli.doing", "dli_tui.backends.demo.templates", "dli_tui.domain.saga")
ASKS = """
import sys
from dli_tui.cli.main import app
app(standalone_mode=False)
print(*sys.modules)
"""


def loaded_by(words, folder):
    """What a command prints, and the modules that it loads for it."""
    asked = [sys.executable, "-c", ASKS, "--at", "2026-11-21", *words]
    done = subprocess.run(asked, check=True, capture_output=True, text=True, cwd=folder)
    printed, modules = done.stdout.rsplit("\n", 2)[:2]
    return printed, set(modules.split())


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (["template", "list"], "Total: 4 templates"),
        (["saga", "list"], "Total: 7 sagas"),
        (["health"], "Status: degraded"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_stands_beside_the_workflows_is_as_light(tmp_path, words, answer):
    printed, loaded = loaded_by(words, tmp_path)
    assert answer in printed
    assert loaded.isdisjoint({*HEAVY, "dli_tui.cli.doing"})


def test_the_list_loads_neither_heavy_libraries_nor_what_only_other_commands_need(tmp_path):
    listing, loaded = loaded_by(["workflow", "list"], tmp_path)
    assert "Total: 39 workflows" in listing
    assert "dli_tui.cli.looking" in loaded
    assert loaded.isdisjoint({*HEAVY, *LATER})
