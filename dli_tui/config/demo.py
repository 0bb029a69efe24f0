"""How the demo is to be: what the `--demo-…` options and `--at` say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from dli_tui.domain.errors import ConfigurationError

LARGEST: Final = 1_000_000
FASTEST: Final = 10_000
SLOWEST_MS: Final = 60_000


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoOptions:
    """How large, which chances, how fast, which hour, and where it remembers."""

    size: int | None = None
    seed: int = 0
    speed: float = 1.0
    latency_ms: float = 0.0
    at: datetime | None = None
    state: Path | None = None
    """The folder of its journal; none: the user's state folder."""

    def __post_init__(self) -> None:
        if self.size is not None and not 1 <= self.size <= LARGEST:
            raise ConfigurationError(
                f"A demo of {self.size} workflows can't be made",
                hint=f"Choose a size from 1 to {LARGEST:,}.",
            )
        if not 0 < self.speed <= FASTEST:
            raise ConfigurationError(
                f"The speed {self.speed:g} can't be played",
                hint=f"Choose one above 0, up to {FASTEST:,}.",
            )
        if not 0 <= self.latency_ms <= SLOWEST_MS:
            raise ConfigurationError(
                f"A latency of {self.latency_ms:g} ms can't be played",
                hint=f"Choose from 0 to {SLOWEST_MS:,} milliseconds.",
            )

    @property
    def remembers(self) -> bool:
        """Whether what is done is kept: a fixed or a hurried hour is nobody's journal."""
        return self.at is None and self.speed == 1.0
