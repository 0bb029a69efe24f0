"""A registration is told in words that nothing obeys, and what nobody knows is left out."""

from __future__ import annotations

import pytest

from dli_tui.domain.status import RunStatus
from dli_tui.domain.workflow import DatasetInfo
from dli_tui.present import registrations
from dli_tui.specs.reader import parse_spec
from tests.support_backends import NOW, row, run

SPEC = r"""
name: web.clicks
owner: "a\e[31mb"
schedule: {cron: "0 9 * * *", timezone: Asia/Seoul}
steps: [{name: one, type: sql}, {name: two, type: sql}]
"""


def test_what_stands_on_a_server_is_told():
    info = row(registered_by="ann\x1b[2J", registered_at=NOW, s3_path="s3://x", next_run=NOW)
    assert registrations.standing(info, None) == (
        "every day at 09:00 (0 9 * * *) UTC",
        0,
        NOW,
        "by ann 2026-03-10 09:41",
        "s3://x",
    )


def test_what_the_list_leaves_out_the_dataset_may_know():
    known = DatasetInfo(name="d", spec_path="s3://known")
    assert registrations.standing(row(), known).spec == "s3://known"


@pytest.mark.parametrize(
    ("changes", "active"),
    [
        ({"active_runs": 3}, 3),
        ({"last_run": run("r1", RunStatus.RUNNING)}, 1),
        ({"last_run": run("r1", RunStatus.COMPLETED)}, 0),
    ],
)
def test_runs_under_way_are_counted_as_far_as_is_known(changes, active):
    assert registrations.standing(row(**changes), None).active == active


@pytest.mark.parametrize(
    ("cron", "told"),
    [
        (None, "by hand only"),
        ("0 9 * * *", "every day at 09:00 (0 9 * * *) UTC"),
        ("1,2,3,4,9 * 1 * 2", "1,2,3,4,9 * 1 * 2 UTC"),
        ("@daily\x1b[2J", "@daily UTC"),
    ],
)
def test_a_cron_is_told_with_its_words(cron, told):
    assert registrations.schedule_words(cron, "UTC") == told


def test_a_spec_says_only_what_it_says():
    assert registrations.of_spec(parse_spec(SPEC), "models/x.yaml") == (
        ("spec", "models/x.yaml"),
        ("owner", "ab"),
        ("its cron", "every day at 09:00 (0 9 * * *) Asia/Seoul"),
        ("steps", "2: one, two"),
    )
    assert ("steps", "none of its own") in registrations.of_spec(parse_spec("name: a"), "x")
