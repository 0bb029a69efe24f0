"""A command loads what it needs: a list that waits for YAML or HTTP doesn't feel like `ls`."""

from __future__ import annotations

import subprocess
import sys

HEAVY = ("httpx", "textual", "yaml", "platformdirs.windows", "dli_tui.wire", "dli_tui.specs")
LATER = ("dli_tui.cli.doing", "dli_tui.backends.demo.templates", "dli_tui.domain.saga")
ASKS = """
import sys
from dli_tui.cli.main import app
app(standalone_mode=False)
print(*sys.modules)
"""


def test_the_list_loads_neither_heavy_libraries_nor_what_only_other_commands_need(tmp_path):
    listed = [sys.executable, "-c", ASKS, "--at", "2026-11-21", "workflow", "list"]
    done = subprocess.run(listed, check=True, capture_output=True, text=True, cwd=tmp_path)
    listing, modules = done.stdout.rsplit("\n", 2)[:2]
    loaded = set(modules.split())
    assert "Total: 39 workflows" in listing
    assert "dli_tui.cli.looking" in loaded
    assert loaded.isdisjoint({*HEAVY, *LATER})
