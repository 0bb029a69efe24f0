"""What speaks against a deed is said before anything is asked, and is what the client keeps."""

from __future__ import annotations

import pytest

from dli_tui.domain.status import RunStatus, WorkflowStatus
from dli_tui.tui.permits import PERMITS
from tests.support_backends import row, run

ACTIVE, PAUSED = WorkflowStatus.ACTIVE, WorkflowStatus.PAUSED


@pytest.mark.parametrize(
    ("deed", "status", "run_status", "why"),
    [
        ("pause", ACTIVE, None, None),
        ("pause", PAUSED, None, "it is paused already"),
        ("pause", WorkflowStatus.OVERRIDDEN, None, "it is overridden by CODE"),
        ("unpause", PAUSED, None, None),
        ("unpause", ACTIVE, None, "it is active already"),
        ("unpause", WorkflowStatus.DISABLED, None, "it is disabled"),
        ("run", ACTIVE, None, None),
        ("run", PAUSED, None, "it is paused"),
        ("stop", PAUSED, RunStatus.RUNNING, None),
        ("stop", ACTIVE, None, "it has never run"),
        ("stop", ACTIVE, RunStatus.COMPLETED, "its run is completed"),
        ("retry", ACTIVE, RunStatus.TIMEOUT, None),
        ("retry", ACTIVE, RunStatus.RUNNING, "its run is running"),
        ("retry", ACTIVE, None, "it has never run"),
        ("unregister", PAUSED, None, None),
        (
            "unregister",
            WorkflowStatus.OVERRIDDEN,
            None,
            "CODE owns its name, it is in Git [DLI-803]",
        ),
    ],
)
def test_what_speaks_against_a_deed(deed, status, run_status, why):
    last = None if run_status is None else run("r1", run_status)
    found = PERMITS[deed](row(status=status), last)
    assert (found.why if found else None) == why


@pytest.mark.parametrize("deed", sorted(PERMITS))
def test_what_is_gone_or_unreadable_is_left_alone(deed):
    assert PERMITS[deed](None, None).why == "it is no longer there"
    assert "can't be read" in PERMITS[deed](row(unreadable="torn"), None).why


@pytest.mark.parametrize("deed", ["stop", "retry"])
def test_a_run_without_an_id_is_told_apart_from_none(deed):
    info = row(last_run=run("", RunStatus.FAILED))
    assert PERMITS[deed](info, None).why == "the server doesn't tell its run's id"


def test_what_is_paused_by_disabling_can_be_unpaused_and_not_paused_again():
    held = row(status=WorkflowStatus.DISABLED, raw_status="paused")
    assert PERMITS["unpause"](held, None) is None
    assert PERMITS["pause"](held, None).why == "it is paused already"


def test_a_definition_that_cannot_be_loaded_is_the_reason_and_not_its_state():
    info = row("d", status=WorkflowStatus.DISABLED, import_error="NameError: x")
    for deed in ("run", "pause"):
        objection = PERMITS[deed](info, None)
        assert objection.hint == "NameError: x"
