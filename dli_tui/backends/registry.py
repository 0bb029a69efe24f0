"""Which adapter serves which kind of place; each is imported when it is first used."""

from __future__ import annotations

from importlib import import_module
from typing import Any, Final

OPENERS: Final = {
    "airflow": "dli_tui.backends.airflow.opening:open_airflow",
    "basecamp": "dli_tui.backends.basecamp.adapter:BasecampBackend",
    "demo": "dli_tui.backends.demo.opening:open_demo",
    "mock": "dli_tui.backends.mock:MockBackend",
    "pyairtable": "dli_tui.backends.pyairtable.adapter:PyAirtableBackend",
}


def opener_of(kind: str) -> Any:  # noqa: ANN401 - each adapter is opened with settings of its own
    """The function that makes a backend of that kind."""
    module, _, name = OPENERS[kind].partition(":")
    return getattr(import_module(module), name)
