"""Where the library works, and with what."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path


class ExecutionMode(StrEnum):
    """Where calls go."""

    SERVER = "server"
    DEMO = "demo"
    MOCK = "mock"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutionContext:
    """Which mode, which server, which project.

    SERVER takes its URL and token from here or from DLI_TUI_URL and DLI_TUI_TOKEN; DEMO is
    the built-in world that the commands use with --demo; MOCK says yes to everything.
    """

    execution_mode: ExecutionMode = ExecutionMode.SERVER
    server_url: str | None = None
    api_token: str | None = field(default=None, repr=False)
    project_path: Path = Path()
    """Where `register` looks for the dataset's spec."""
