"""A twin is a copy with other values, at a tenth of the price."""

from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from dli_tui.domain.log import LogLine
from dli_tui.domain.run import WorkflowRun
from dli_tui.domain.status import RunStatus, SourceType, WorkflowStatus
from dli_tui.domain.workflow import WorkflowInfo

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
RUN = WorkflowRun(
    run_id="a_1",
    dataset_name="a",
    status=RunStatus.COMPLETED,
    started_at=NOON,
    finished_at=NOON.replace(hour=13),
    parameters={"day": "2026-03-10"},
)
ROW = WorkflowInfo(
    dataset_name="a",
    source_type=SourceType.CODE,
    status=WorkflowStatus.ACTIVE,
    last_run=RUN,
    tags=("x", "y"),
)


@pytest.mark.parametrize(
    ("original", "other"),
    [
        (ROW, {}),
        (ROW, {"dataset_name": "b"}),
        (ROW, {"last_run": None, "next_run": NOON, "tags": ()}),
        (RUN, {"run_id": "a_2", "finished_at": None, "reported_seconds": 7.5}),
    ],
)
def test_a_twin_is_what_a_copy_would_be(original, other):
    twin, copy = original.twin(**other), original.model_copy(update=other)
    assert type(twin) is type(original)
    assert twin == copy
    assert twin.model_dump() == copy.model_dump()
    assert twin.model_dump_json() == copy.model_dump_json()
    assert repr(twin) == repr(copy)
    assert (twin == original) is (not other)


def test_the_original_stays_as_it_was():
    before = ROW.model_dump()
    twin = ROW.twin(dataset_name="b", last_run=RUN.twin(dataset_name="b"))
    assert ROW.model_dump() == before
    assert (twin.last_run, ROW.last_run) == (RUN.twin(dataset_name="b"), RUN)


def test_what_is_computed_is_computed_of_the_twin():
    assert RUN.duration_seconds == 3600
    assert RUN.twin(finished_at=NOON).duration_seconds == 0


def test_a_twin_is_as_frozen_as_its_original():
    twin = RUN.twin(run_id="a_2")
    with pytest.raises(ValidationError):
        twin.run_id = "a_3"  # type: ignore[misc]
    assert twin.twin(run_id="a_3").run_id == "a_3"
    assert twin.run_id == "a_2"


def test_what_was_given_is_remembered_once_for_all_that_were_given_the_same():
    one, other = (WorkflowRun(run_id=run_id, dataset_name="a", status="RUNNING") for run_id in "12")
    assert one.model_fields_set is other.model_fields_set
    assert one.model_fields_set == {"run_id", "dataset_name", "status"}


def test_a_copy_changes_nothing_of_what_others_were_given():
    copy = RUN.model_copy(update={"reason": "late"})
    assert "reason" in copy.model_fields_set
    assert "reason" not in RUN.model_fields_set


@pytest.mark.parametrize(
    "moment",
    [
        "0001-01-01T00:00:00Z",
        "0001-01-01T00:00:00+23:59",
        "9999-12-31T23:59:59Z",
        "9999-12-31T23:59:59-23:59",
    ],
)
def test_a_moment_that_some_zone_could_not_show_is_none(moment):
    with pytest.raises(ValidationError, match="from 1900 to 9998"):
        LogLine.model_validate({"text": "a", "at": moment})


def test_a_moment_is_held_in_utc():
    line = LogLine.model_validate({"text": "a", "at": "2026-01-01T09:00:00+09:00"})
    assert line.at == datetime(2026, 1, 1, tzinfo=UTC)
    assert line.at.tzinfo is UTC
