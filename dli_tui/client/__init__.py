"""What a person may see and do, the same for the dashboard, the commands and the library.

`reading` looks, `writing` changes things; `WorkflowClient` is both. Everything that holds
for every backend is checked here, before anything is sent.
"""

from dli_tui.client.writing import WorkflowClient

__all__ = ["WorkflowClient"]
