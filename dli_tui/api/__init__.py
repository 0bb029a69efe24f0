"""The library: the eleven methods of the seeds, synchronous, over the shared client."""

from dli_tui.api.context import ExecutionContext, ExecutionMode
from dli_tui.api.workflows import WorkflowAPI

__all__ = ["ExecutionContext", "ExecutionMode", "WorkflowAPI"]
