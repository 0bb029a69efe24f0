"""What to open: chosen by the command line or the library, put together by `wiring`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from dli_tui.config.demo import DemoOptions
from dli_tui.config.model import Kind, Profile

DEMO = Profile(name="demo", kind=Kind.DEMO)
HERE: Final = Path()
"""The project is the folder that one stands in, unless another is named."""


@dataclass(frozen=True, slots=True)
class Target:
    """What to open: a profile, and for the demo how it is to be."""

    profile: Profile = DEMO
    demo: DemoOptions = field(default_factory=DemoOptions)
    read_only: bool = False
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Where the variables are that a profile names; it may hold secrets."""

    @property
    def is_demo(self) -> bool:
        """Whether no server is asked."""
        return self.profile.kind is Kind.DEMO

    @property
    def project(self) -> Path:
        """The folder with the specs of what is registered from here."""
        return self.profile.project or HERE
