"""WorkflowAPI: what the seeds promise, with their names, parameters, results and errors."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from types import TracebackType
from typing import Any, Self, TypeVar

from dli_tui.api.context import ExecutionContext, ExecutionMode
from dli_tui.api.loop import LoopThread
from dli_tui.backends.port import Backend
from dli_tui.client import WorkflowClient
from dli_tui.client.registering import registration_from
from dli_tui.config.files import profile_for_url
from dli_tui.config.model import Kind
from dli_tui.config.target import Target
from dli_tui.domain.errors import ConfigurationError, DatasetNotFoundError, ServerError
from dli_tui.domain.query import BackfillScope, HistoryQuery, Registration, WorkflowQuery
from dli_tui.domain.results import (
    WorkflowHistoryResult,
    WorkflowListResult,
    WorkflowRegisterResult,
    WorkflowRunResult,
    WorkflowStatusResult,
)
from dli_tui.domain.schedule import RetryConfig, ScheduleConfig
from dli_tui.domain.status import RunStatus, SourceType, WorkflowStatus
from dli_tui.domain.workflow import WorkflowInfo
from dli_tui.wiring import mocked, opened, served

Result = TypeVar("Result")


class WorkflowAPI:
    """Manage workflows from Python.

    >>> with WorkflowAPI(ExecutionContext(execution_mode=ExecutionMode.MOCK)) as api:
    ...     print(api.run("iceberg.analytics.daily_clicks").run_status)
    PENDING
    """

    def __init__(
        self,
        context: ExecutionContext | None = None,
        *,
        client: WorkflowClient | Backend | None = None,
    ) -> None:
        self.context = context or ExecutionContext()
        self._given = client
        self._loop = LoopThread(self._open)

    def __repr__(self) -> str:
        return f"WorkflowAPI(context={self.context!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the loop and close what it opened; also done when Python ends."""
        self._loop.close()

    # Lookup

    def get(self, dataset_name: str) -> WorkflowInfo | None:
        """The workflow in force of that name, or None."""
        return self._call(lambda client: client.get(dataset_name))

    # Registration

    def register(
        self,
        dataset_name: str,
        *,
        cron: str,
        timezone: str = "UTC",
        enabled: bool = True,
        retry_max_attempts: int = 1,
        retry_delay_seconds: int = 300,
        force: bool = False,
    ) -> WorkflowRegisterResult:
        """Register a dataset of the local project as a MANUAL workflow."""
        if retry_max_attempts < 1 or retry_delay_seconds < 0:
            raise ConfigurationError(
                "A step is tried at least once, and no less than 0 seconds apart",
                hint="Correct retry_max_attempts or retry_delay_seconds.",
            )
        schedule = ScheduleConfig(
            cron=cron,
            timezone=timezone,
            enabled=enabled,
            retry=RetryConfig(max_attempts=retry_max_attempts, delay_seconds=retry_delay_seconds),
        )
        request = self._registration(dataset_name, schedule, force=force)
        return self._call(lambda client: client.register(request))

    def unregister(self, dataset_name: str, *, force: bool = False) -> WorkflowRunResult:
        """Remove a MANUAL workflow; `force` also while runs of it are active."""
        return self._call(lambda client: client.unregister(dataset_name, force=force))

    # Execution

    def run(
        self,
        dataset_name: str,
        *,
        parameters: Mapping[str, Any] | None = None,
        dry_run: bool = False,
    ) -> WorkflowRunResult:
        """Start a run by hand; a dry run only checks whether it could be."""
        return self._call(
            lambda client: client.run(dataset_name, parameters=parameters, dry_run=dry_run)
        )

    def backfill(
        self,
        dataset_name: str,
        *,
        start_date: str,
        end_date: str,
        parameters: Mapping[str, Any] | None = None,
        dry_run: bool = False,
        parallel: bool = False,
        scope: BackfillScope = BackfillScope.ALL,
    ) -> WorkflowRunResult:
        """Run every slot from `start_date` to `end_date`, stopping at the first failure."""
        return self._call(
            lambda client: client.backfill(
                dataset_name,
                start_date=start_date,
                end_date=end_date,
                parameters=parameters,
                dry_run=dry_run,
                parallel=parallel,
                scope=scope,
            )
        )

    def stop(self, run_id: str, *, reason: str | None = None) -> WorkflowRunResult:
        """Ask a run to stop."""
        return self._call(lambda client: client.stop(run_id, reason=reason))

    # Query

    def get_status(self, run_id: str) -> WorkflowStatusResult:
        """One run in detail."""
        return self._call(lambda client: client.status(run_id))

    def list_workflows(
        self,
        *,
        source_type: SourceType | None = None,
        status: WorkflowStatus | None = None,
        dataset_filter: str | None = None,
        running_only: bool = False,
        enabled_only: bool = False,
        limit: int = 100,
    ) -> WorkflowListResult:
        """The registered workflows that fit."""
        query = WorkflowQuery(
            name=dataset_filter,
            source=source_type,
            status=status,
            running_only=running_only,
            enabled_only=enabled_only,
            limit=limit,
        )
        return self._call(lambda client: client.list_workflows(query))

    def history(
        self,
        *,
        dataset_name: str | None = None,
        source_type: SourceType | None = None,
        run_status: RunStatus | None = None,
        limit: int = 20,
        include_dataset_info: bool = True,
    ) -> WorkflowHistoryResult:
        """The runs that fit, newest first."""
        query = HistoryQuery(
            workflow=dataset_name, source=source_type, status=run_status, limit=limit
        )
        return self._call(
            lambda client: client.history(query, include_dataset_info=include_dataset_info)
        )

    # Schedule control

    def pause(self, dataset_name: str, *, reason: str | None = None) -> WorkflowRunResult:
        """Hold a schedule."""
        return self._call(lambda client: client.pause(dataset_name, reason=reason))

    def unpause(self, dataset_name: str, *, reason: str | None = None) -> WorkflowRunResult:
        """Let a schedule fire again."""
        return self._call(lambda client: client.unpause(dataset_name, reason=reason))

    def _call(self, work: Callable[[WorkflowClient], Coroutine[Any, Any, Result]]) -> Result:
        return self._loop.call(work)

    def _registration(
        self, dataset_name: str, schedule: ScheduleConfig, *, force: bool
    ) -> Registration:
        """The request, with owner, team, description and text of the local spec."""
        try:
            return registration_from(self.context.project_path, dataset_name, schedule, force=force)
        except DatasetNotFoundError:
            if self.context.execution_mode is not ExecutionMode.MOCK:
                # Where Git owns the name, finding the spec would not help.
                with suppress(ServerError):
                    self._call(lambda client: client.require_manual(dataset_name))
                raise
            # Mock mode knows every dataset, so it needs no file for one.
            return Registration(dataset_name, schedule, force=force)

    def _open(self) -> AbstractAsyncContextManager[WorkflowClient]:
        given = self._given
        if isinstance(given, Backend):
            return served(given)
        if given is not None:
            return _borrowed(given)
        match self.context.execution_mode:
            case ExecutionMode.MOCK:
                return mocked()
            case ExecutionMode.DEMO:
                return opened(Target())
            case ExecutionMode.SERVER:
                return opened(self._server())

    def _server(self) -> Target:
        url = self.context.server_url or os.environ.get("DLI_TUI_URL")
        if not url:
            raise ConfigurationError(
                "server_url required for SERVER mode",
                hint="Set server_url or DLI_TUI_URL, or use ExecutionMode.DEMO or MOCK.",
            )
        environment = dict(os.environ)
        if self.context.api_token is not None:
            environment["DLI_TUI_TOKEN"] = self.context.api_token
        profile = profile_for_url(Kind.BASECAMP, url, environment)
        return Target(profile, environment=environment)


@asynccontextmanager
async def _borrowed(client: WorkflowClient) -> AsyncIterator[WorkflowClient]:
    """A client that somebody else closes."""
    yield client
