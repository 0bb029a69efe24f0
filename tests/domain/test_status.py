"""One word for every state, whatever a server calls it."""

import pytest

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

_RUN_WORDS = [
    *((word, word) for word in ("PENDING", "RUNNING", "STOPPING", "COMPLETED", "FAILED")),
    *((word, word) for word in ("KILLED", "SKIPPED", "TIMEOUT", "UNKNOWN")),
    ("SUCCESS", "COMPLETED"),
    ("SUCCEEDED", "COMPLETED"),
    ("STOPPED", "KILLED"),
    ("CANCELLED", "KILLED"),
    ("CANCELED", "KILLED"),
    ("QUEUED", "PENDING"),
    ("SCHEDULED", "PENDING"),
    ("UP_FOR_RETRY", "RUNNING"),
    ("RETRYING", "RUNNING"),
    ("ERROR", "FAILED"),
    ("UPSTREAM_FAILED", "FAILED"),
    ("something new", "UNKNOWN"),
    ("", "UNKNOWN"),
]


@pytest.mark.parametrize(("theirs", "ours"), _RUN_WORDS)
def test_the_word_for_a_run_folds_into_ours(theirs, ours):
    spellings = (theirs, theirs.lower(), theirs.title(), f" {theirs}\n")
    assert {RunStatus.of(word) for word in spellings} == {RunStatus(ours)}


@pytest.mark.parametrize(
    ("status", "is_running", "is_terminal"),
    [
        (RunStatus.PENDING, True, False),
        (RunStatus.RUNNING, True, False),
        (RunStatus.STOPPING, True, False),
        (RunStatus.COMPLETED, False, True),
        (RunStatus.FAILED, False, True),
        (RunStatus.KILLED, False, True),
        (RunStatus.SKIPPED, False, True),
        (RunStatus.TIMEOUT, False, True),
        (RunStatus.UNKNOWN, False, False),
    ],
)
def test_a_run_is_under_way_or_over_or_unknown(status, is_running, is_terminal):
    assert (status.is_running, status.is_terminal) == (is_running, is_terminal)


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("active", "active"),
        ("ACTIVE", "active"),
        ("enabled", "active"),
        ("paused", "paused"),
        ("Paused", "paused"),
        ("OVERRIDDEN", "overridden"),
        ("disabled", "disabled"),
        ("inactive", "disabled"),
        ("deleted", "disabled"),
        ("something new", "disabled"),
        ("", "disabled"),
    ],
)
def test_the_word_for_a_workflow_folds_into_ours(theirs, ours):
    assert WorkflowStatus.of(theirs) is WorkflowStatus(ours)


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("adhoc", "adhoc"),
        ("AD_HOC", "adhoc"),
        ("manual", "adhoc"),
        ("scheduled", "scheduled"),
        ("SCHEDULED", "scheduled"),
        ("backfill", "backfill"),
        ("file_upload", "other"),
        ("", "other"),
    ],
)
def test_the_word_for_what_started_a_run_folds_into_ours(theirs, ours):
    assert RunType.of(theirs) is RunType(ours)


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        (None, "pending"),
        *((word, "pending") for word in ("pending", "scheduled", "queued", "deferred")),
        *((word, "pending") for word in ("up_for_reschedule", "awaiting_input")),
        *((word, "running") for word in ("running", "restarting", "RUNNING")),
        *((word, "retrying") for word in ("retrying", "up_for_retry")),
        *((word, "completed") for word in ("completed", "success", "succeeded", "SUCCESS")),
        *((word, "failed") for word in ("failed", "upstream_failed", "error")),
        *((word, "skipped") for word in ("skipped", "removed")),
        *((word, "cancelled") for word in ("cancelled", "canceled")),
        *((word, "unknown") for word in ("unknown", "something new", "")),
    ],
)
def test_the_word_for_a_step_folds_into_ours(theirs, ours):
    assert StepStatus.of(theirs) is StepStatus(ours)


def test_a_step_is_over_when_nothing_more_happens_to_it():
    over = {status for status in StepStatus if status.is_terminal}
    assert over == {
        StepStatus.COMPLETED,
        StepStatus.FAILED,
        StepStatus.SKIPPED,
        StepStatus.CANCELLED,
    }


@pytest.mark.parametrize(
    ("enum", "values"),
    [
        (SourceType, "manual code"),
        (WorkflowStatus, "active paused overridden disabled"),
        (
            RunStatus,
            "PENDING RUNNING STOPPING COMPLETED FAILED KILLED SKIPPED TIMEOUT UNKNOWN",
        ),
        (RunType, "adhoc scheduled backfill other"),
        (StepStatus, "pending running completed failed skipped retrying cancelled unknown"),
        (ResultStatus, "success failed skipped"),
    ],
)
def test_values_are_spelt_as_the_seeds_spell_them(enum, values):
    assert [str(member) for member in enum] == values.split()


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        *((str(status), status) for status in SagaStatus),
        ("STARTED", SagaStatus.RUNNING),
        ("in_progress", SagaStatus.RUNNING),
        ("Rolling_Back ", SagaStatus.COMPENSATING),
        ("timeout", SagaStatus.FAILED),
        ("something new", SagaStatus.UNKNOWN),
    ],
)
def test_the_word_for_a_saga_folds_into_ours(theirs, ours):
    assert SagaStatus.of(theirs) is ours


def test_a_saga_is_over_only_where_nothing_more_happens_to_it():
    going = {SagaStatus.PENDING, SagaStatus.RUNNING, SagaStatus.COMPENSATING, SagaStatus.UNKNOWN}
    assert {status for status in SagaStatus if not status.is_terminal} == going


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        *((str(status), status) for status in HealthStatus),
        ("OK", HealthStatus.HEALTHY),
        ("down", HealthStatus.UNHEALTHY),
        ("configured", HealthStatus.UNKNOWN),
    ],
)
def test_the_word_for_how_a_server_is_folds_into_ours(theirs, ours):
    assert HealthStatus.of(theirs) is ours
