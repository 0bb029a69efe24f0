"""What lists beside those of the seeds print as JSON: rows, how many, how it ended."""

from __future__ import annotations

from pydantic import Field

from dli_tui.domain.saga import Saga
from dli_tui.domain.status import ResultStatus
from dli_tui.domain.template import Template
from dli_tui.domain.value import Value


class TemplateListResult(Value):
    """The templates that were asked for."""

    templates: tuple[Template, ...] = Field(default=(), description="The templates.")
    total_count: int = Field(description="How many there are of these.")
    status: ResultStatus = Field(default=ResultStatus.SUCCESS, description="How it ended.")


class SagaListResult(Value):
    """The sagas that were asked for, newest first."""

    sagas: tuple[Saga, ...] = Field(default=(), description="The sagas.")
    total_count: int = Field(description="How many there are of these, shown or not.")
    status: ResultStatus = Field(default=ResultStatus.SUCCESS, description="How it ended.")
