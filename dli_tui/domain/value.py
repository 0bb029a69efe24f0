"""What all models share: frozen, tolerant of extra keys, built on first use.

Building a pydantic schema costs milliseconds that a command using three of thirty models
should not pay, so every schema is deferred.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict

from dli_tui.domain.clock import as_utc

Moment = Annotated[datetime, AfterValidator(as_utc)]
"""A point in time, held in UTC; a naive one from a server is UTC already."""


class Value(BaseModel):
    """A frozen model: a change makes a new one."""

    model_config = ConfigDict(frozen=True, defer_build=True, extra="ignore")
