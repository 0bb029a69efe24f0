"""A dataset spec as a value, and why a file doesn't make one.

Our own blocks are read strictly, because a misspelt key that is ignored is a schedule that
nobody asked for. What stands beside them belongs to other tools and is only carried along.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import date, datetime
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Annotated, Any, Final, Literal, get_args

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from dli_tui.domain.cron import problem_of
from dli_tui.domain.errors import ConfigurationError
from dli_tui.domain.ids import why_not_a_name
from dli_tui.domain.schedule import (
    NotificationConfig,
    NotificationTarget,
    RetryConfig,
    ScheduleConfig,
    zone_of,
)
from dli_tui.domain.value import Value
from dli_tui.specs.errors import SpecError
from dli_tui.specs.words import got, near, problems_of

StepType = Literal["sql", "http", "python", "shell", "wait", "log"]
ParameterType = Literal["string", "integer", "number", "boolean", "date", "json"]
_STRICT: Final = ConfigDict(strict=True, extra="forbid")
