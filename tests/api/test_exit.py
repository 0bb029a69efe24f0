"""A program that never closes its WorkflowAPI ends without a word, on each Python."""

import subprocess
import sys

PROGRAM = """
from dli_tui import ExecutionContext, ExecutionMode, WorkflowAPI
api = WorkflowAPI(context=ExecutionContext(execution_mode=ExecutionMode.DEMO))
print(api.list_workflows().total_count > 0)
"""


def test_it_ends_silently():
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "True\n", "")
