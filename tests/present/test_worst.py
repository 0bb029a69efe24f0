"""One ranking of how runs went, and it has every status."""

from dli_tui.domain.status import RunStatus
from dli_tui.present.worst import WORST_FIRST, worst


def test_every_status_has_its_place():
    assert set(WORST_FIRST) == {*RunStatus, None}
    assert len(WORST_FIRST) == len(RunStatus) + 1


def test_the_worst_is_what_somebody_has_to_look_at_first():
    failed, skipped, done = RunStatus.FAILED, RunStatus.SKIPPED, RunStatus.COMPLETED
    assert worst([done, failed, skipped]) is failed
    assert worst([done, skipped]) is skipped
    assert worst([]) is None
