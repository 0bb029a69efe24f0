"""Which rows of a list were asked for."""

from dli_tui.domain.query import WorkflowQuery
from dli_tui.domain.rules import matches_workflow
from tests.support_backends import row


def test_a_tag_is_asked_for_as_a_whole():
    tagged = row("a", tags=("kr", "flaky"))
    assert matches_workflow(tagged, WorkflowQuery(tag="kr"))
    assert not matches_workflow(tagged, WorkflowQuery(tag="k"))
    assert not matches_workflow(row("b"), WorkflowQuery(tag="kr"))
