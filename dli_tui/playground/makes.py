"""Which services there are to play, and where: words that are there without starlette."""

from __future__ import annotations

from enum import StrEnum
from typing import Final, NamedTuple

KEY: Final = "try-me"
HOST: Final = "127.0.0.1"
"""Nobody but this machine: it lets everybody in who knows a key that is printed everywhere."""


class Generation(StrEnum):
    """Which automation service it is."""

    NEWEST = "003"
    V1 = "v1"
    LEGACY = "legacy"


class SagaSide(StrEnum):
    """Which orchestrator stands beside it."""

    NEWEST = "003"
    SRC = "src"
    FLAT = "flat"


class Ports(NamedTuple):
    """Where the two sides listen; 0 takes any port that is free."""

    automation: int = 8006
    sagas: int = 8008
