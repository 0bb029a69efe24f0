"""Which rows of a list were asked for."""

from dli_tui.domain.query import WorkflowQuery
from dli_tui.domain.rules import matches_workflow
from dli_tui.domain.status import WorkflowStatus
from tests.support_backends import row


def test_a_tag_is_asked_for_as_a_whole():
    tagged = row("a", tags=("kr", "flaky"))
    assert matches_workflow(tagged, WorkflowQuery(tag="kr"))
    assert not matches_workflow(tagged, WorkflowQuery(tag="k"))
    assert not matches_workflow(row("b"), WorkflowQuery(tag="kr"))


def test_what_a_service_pauses_by_disabling_is_paused_to_whoever_asks_for_those():
    held = row("held", status=WorkflowStatus.DISABLED, raw_status="paused")
    gone = row("gone", status=WorkflowStatus.DISABLED)
    query = WorkflowQuery(status=WorkflowStatus.PAUSED)
    assert [matches_workflow(one, query) for one in (held, gone)] == [True, False]
