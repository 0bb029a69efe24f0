"""The exit codes: what a script is told."""

from __future__ import annotations

from typing import Final

FAILED: Final = 1
WRONG_USE: Final = 2
KILLED: Final = 3
INTERRUPTED: Final = 130
