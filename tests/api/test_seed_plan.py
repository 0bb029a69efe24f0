"""The test plan of the seed for the library (004 §10.1), as it is written there."""

import pytest

from dli_tui import (
    ExecutionContext,
    ExecutionMode,
    ResultStatus,
    SourceType,
    WorkflowAPI,
    WorkflowStatus,
)


@pytest.fixture
def mock_api():
    """Create WorkflowAPI in mock mode."""
    api = WorkflowAPI(context=ExecutionContext(execution_mode=ExecutionMode.MOCK))
    yield api
    api.close()


class TestWorkflowAPIRegister:
    """Tests for WorkflowAPI.register()."""

    def test_register_mock_success(self, mock_api: WorkflowAPI) -> None:
        """Register returns success in mock mode."""
        result = mock_api.register(
            "test.dataset",
            cron="0 9 * * *",
            timezone="Asia/Seoul",
        )

        assert result.status == ResultStatus.SUCCESS
        assert result.source_type == SourceType.MANUAL
        assert result.workflow_info is not None
        assert result.workflow_info.cron == "0 9 * * *"
        assert result.workflow_info.timezone == "Asia/Seoul"

    def test_register_mock_disabled(self, mock_api: WorkflowAPI) -> None:
        """Register with enabled=False creates paused workflow."""
        result = mock_api.register(
            "test.dataset",
            cron="0 9 * * *",
            enabled=False,
        )

        assert result.workflow_info is not None
        assert result.workflow_info.status == WorkflowStatus.PAUSED
        assert result.workflow_info.next_run is None


class TestWorkflowAPIRun:
    """Tests for WorkflowAPI.run()."""

    def test_run_mock_success(self, mock_api: WorkflowAPI) -> None:
        """Run returns mock run_id."""
        result = mock_api.run(
            "test.dataset",
            parameters={"date": "2025-01-01"},
        )

        assert result.status == ResultStatus.SUCCESS
        assert result.run_id is not None
        assert "mock_" in result.run_id

    def test_run_mock_dry_run(self, mock_api: WorkflowAPI) -> None:
        """Dry run does not return run status."""
        result = mock_api.run("test.dataset", dry_run=True)

        assert result.dry_run is True
        assert result.run_status is None


class TestWorkflowAPIList:
    """Tests for WorkflowAPI.list_workflows()."""

    def test_list_mock_returns_workflows(self, mock_api: WorkflowAPI) -> None:
        """List returns mock workflows."""
        result = mock_api.list_workflows()

        assert result.status == ResultStatus.SUCCESS
        assert len(result.workflows) > 0
        assert result.total_count > 0

    def test_list_filter_by_source_type(self, mock_api: WorkflowAPI) -> None:
        """List filters by source type."""
        result = mock_api.list_workflows(source_type=SourceType.MANUAL)

        assert result.workflows
        for wf in result.workflows:
            assert wf.source_type == SourceType.MANUAL


class TestWorkflowAPIHistory:
    """Tests for WorkflowAPI.history()."""

    def test_history_mock_returns_runs(self, mock_api: WorkflowAPI) -> None:
        """History returns mock runs."""
        result = mock_api.history(dataset_name="test.dataset")

        assert result.status == ResultStatus.SUCCESS
        assert len(result.runs) > 0


class TestWorkflowAPIPauseUnpause:
    """Tests for WorkflowAPI.pause() and unpause()."""

    def test_pause_mock_success(self, mock_api: WorkflowAPI) -> None:
        """Pause returns success."""
        result = mock_api.pause("test.dataset")

        assert result.status == ResultStatus.SUCCESS
        assert result.message is not None
        assert "paused" in result.message.lower()

    def test_unpause_mock_success(self, mock_api: WorkflowAPI) -> None:
        """Unpause returns success."""
        result = mock_api.unpause("test.dataset")

        assert result.status == ResultStatus.SUCCESS
        assert result.message is not None
        assert "resumed" in result.message.lower()
