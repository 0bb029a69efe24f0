"""Every name that the library offers, in one list."""

from dli_tui._version import __version__
from dli_tui.api.context import ExecutionContext, ExecutionMode
from dli_tui.api.workflows import WorkflowAPI
from dli_tui.backends.port import Backend
from dli_tui.client.writing import WorkflowClient
from dli_tui.domain.backfill import BackfillPlan, PlannedSlot, SlotAction
from dli_tui.domain.capability import Capability
from dli_tui.domain.cron import InvalidCronError
from dli_tui.domain.errors import (
    AuthenticationError,
    ConfigurationError,
    ConnectionFailedError,
    DatasetNotFoundError,
    DLIError,
    ErrorCode,
    ServerError,
    Unsupported,
    WorkflowError,
    WorkflowExecutionError,
    WorkflowNotFoundError,
    WorkflowPermissionError,
    WorkflowRegistrationError,
)
from dli_tui.domain.health import Health, HealthComponent, ImportFailure, RateBudget
from dli_tui.domain.ids import LogRef, RunRef, WorkflowKey
from dli_tui.domain.log import LogChunk, LogLine
from dli_tui.domain.page import Changes, Page
from dli_tui.domain.query import (
    BackfillRequest,
    BackfillScope,
    HistoryQuery,
    NewSaga,
    Registration,
    RunRequest,
    WorkflowQuery,
)
from dli_tui.domain.results import (
    WorkflowHistoryResult,
    WorkflowListResult,
    WorkflowRegisterResult,
    WorkflowRunResult,
    WorkflowStatusResult,
)
from dli_tui.domain.run import RunProgress, WorkflowRun
from dli_tui.domain.saga import Saga, SagaStep, SagaType
from dli_tui.domain.schedule import (
    NotificationConfig,
    NotificationTarget,
    RetryConfig,
    ScheduleConfig,
)
from dli_tui.domain.status import (
    HealthStatus,
    ResultStatus,
    RunStatus,
    RunType,
    SagaStatus,
    SourceType,
    StepStatus,
    WorkflowStatus,
)
from dli_tui.domain.step import Step
from dli_tui.domain.template import NewFromTemplate, Template, TemplateCategory, TemplateStep
from dli_tui.domain.workflow import DatasetInfo, WorkflowInfo
from dli_tui.specs.errors import SpecError
from dli_tui.specs.model import DatasetSpec

__all__ = [
    "AuthenticationError",
    "Backend",
    "BackfillPlan",
    "BackfillRequest",
    "BackfillScope",
    "Capability",
    "Changes",
    "ConfigurationError",
    "ConnectionFailedError",
    "DLIError",
    "DatasetInfo",
    "DatasetNotFoundError",
    "DatasetSpec",
    "ErrorCode",
    "ExecutionContext",
    "ExecutionMode",
    "Health",
    "HealthComponent",
    "HealthStatus",
    "HistoryQuery",
    "ImportFailure",
    "InvalidCronError",
    "LogChunk",
    "LogLine",
    "LogRef",
    "NewFromTemplate",
    "NewSaga",
    "NotificationConfig",
    "NotificationTarget",
    "Page",
    "PlannedSlot",
    "RateBudget",
    "Registration",
    "ResultStatus",
    "RetryConfig",
    "RunProgress",
    "RunRef",
    "RunRequest",
    "RunStatus",
    "RunType",
    "Saga",
    "SagaStatus",
    "SagaStep",
    "SagaType",
    "ScheduleConfig",
    "ServerError",
    "SlotAction",
    "SourceType",
    "SpecError",
    "Step",
    "StepStatus",
    "Template",
    "TemplateCategory",
    "TemplateStep",
    "Unsupported",
    "WorkflowAPI",
    "WorkflowClient",
    "WorkflowError",
    "WorkflowExecutionError",
    "WorkflowHistoryResult",
    "WorkflowInfo",
    "WorkflowKey",
    "WorkflowListResult",
    "WorkflowNotFoundError",
    "WorkflowPermissionError",
    "WorkflowQuery",
    "WorkflowRegisterResult",
    "WorkflowRegistrationError",
    "WorkflowRun",
    "WorkflowRunResult",
    "WorkflowStatus",
    "WorkflowStatusResult",
    "__version__",
]
