"""A plan says exactly what would be sent, what is left out and why, and what has to be typed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dli_tui.domain.ids import WorkflowKey
from dli_tui.domain.run import RunProgress
from dli_tui.domain.status import RunStatus, SourceType, WorkflowStatus
from dli_tui.present.registrations import Standing
from dli_tui.present.rows import StepRow, WorkflowRow
from dli_tui.tui import plans
from dli_tui.tui.deeds import Frozen, Target
from dli_tui.tui.opening import Where
from dli_tui.tui.permits import Objection
from tests.support_backends import NOW, row, run

PROD = Where("prod", production=True, typed=True)
HOSTILE = "legacy.[bold]import[/bold]"


def target(name="orders", *, run=None, hidden=False, **changes):
    key = WorkflowKey(name, SourceType.CODE)
    known = {"source": SourceType.CODE, "status": WorkflowStatus.ACTIVE, "state": "active"}
    return Target(WorkflowRow(key, name, **{**known, **changes}), run, hidden)


def frozen(*targets, where=None, left_out=()):
    return Frozen(targets or (target(),), left_out, where or Where(), NOW)


def words(plan):
    return ["".join(piece.text for piece in line) for line in plan.lines]


def step(name, status):
    return StepRow(name, name, status, "", "", 1, None, None, None, None, None, "")


@pytest.mark.parametrize(
    ("minutes", "running", "says"),
    [
        (20, False, "holds the run in 20m"),
        (-60, False, "holds the run that was due 1h ago"),
        (20, True, "holds the run in 20m; the run under way goes on"),
        (None, False, "no run is planned"),
    ],
)
def test_a_pause_says_which_run_it_holds(minutes, running, says):
    due = None if minutes is None else NOW + timedelta(minutes=minutes)
    plan = plans.pause(frozen(target(next_at=due, running=running)))
    assert words(plan) == [f"  orders  code, {says}"]
    assert (plan.title, plan.verb) == ("Pause orders?", "pause")


def test_a_stop_tells_of_the_run_that_is_meant_and_not_of_the_latest():
    meant = run(
        "r1",
        RunStatus.RUNNING,
        started_at=NOW - timedelta(minutes=5),
        progress=RunProgress(total_tasks=4, completed_tasks=1),
    )
    plan = plans.stop(frozen(target(run=meant, began=NOW, done=3, steps=4)))
    assert words(plan) == ["  orders  code, 5m00s so far, 25% done", "    run r1"]


def test_a_retry_names_the_steps_that_run_again():
    failed = run("r1", RunStatus.FAILED, finished_at=NOW - timedelta(hours=2))
    plan = plans.retry(frozen(target(run=failed)), ["load, and what comes after"])
    assert words(plan) == [
        "  orders  code, failed 2h ago",
        "    run r1",
        "    again load, and what comes after",
    ]


def test_several_runs_of_one_workflow_are_told_apart_by_their_dates():
    runs = [run(f"r{day}", RunStatus.FAILED, slot=NOW.replace(day=day)) for day in (1, 2)]
    several = [*(target(run=one) for one in runs), target("other", run=run("r9", RunStatus.FAILED))]
    several.append(target(run=run("by hand", RunStatus.FAILED)))
    heads = [line for line in words(plans.retry(frozen(*several), None)) if line[2] != " "]
    assert [line.partition("  code")[0].strip() for line in heads] == [
        f"orders {NOW:%Y-%m}-01 {NOW:%H:%M}",
        f"orders {NOW:%Y-%m}-02 {NOW:%H:%M}",
        "other",
        "orders by hand",
    ]


def test_a_name_too_long_for_its_column_has_a_line_of_its_own():
    long = "x" * 60
    assert words(plans.unpause(frozen(target(long)))) == [
        f"  {long}",
        "    code, runs by its schedule",
    ]


def test_pausing_a_schedule_that_isnt_known_claims_no_absence_of_runs():
    unknown = row("orders", cron=None).twin(schedule_known=False)
    (said,) = words(plans.pause(frozen(target()._replace(info=unknown))))
    assert said.endswith("code, holds its schedule, which isn't known")


def test_letting_go_of_what_has_no_schedule_promises_no_run():
    by_hand = target()._replace(info=row("orders", cron=None))
    assert words(plans.unpause(frozen(by_hand))) == [
        "  orders  code, no run is planned: it has no schedule"
    ]


def test_what_is_left_out_stands_below_with_its_reason():
    objection = Objection("it is disabled", "")
    plan = plans.pause(frozen(target("a"), left_out=[(target(HOSTILE), objection)]))
    assert words(plan)[1:] == ["", "  left out: 1", f"  {HOSTILE}  code, it is disabled"]


def test_a_row_that_the_filter_hides_is_marked_and_the_count_has_to_be_typed():
    plan = plans.pause(frozen(target("a"), target("b", hidden=True)))
    assert words(plan)[1].startswith("  b  hidden by the filter  code")
    assert plan.confirm == "2"
    assert plan.confirm_label == "2 schedules, 1 hidden by the filter: type 2"


@pytest.mark.parametrize(
    ("count", "where", "confirm"),
    [
        (1, Where(), ""),
        (20, Where(), ""),
        (21, Where(), "21"),
        (1, PROD, "a0"),
        (2, PROD, "prod"),
        (21, PROD, "prod 21"),
        (1, PROD._replace(typed=False), ""),
    ],
)
def test_what_has_to_be_typed_grows_with_what_is_at_stake(count, where, confirm):
    plan = plans.pause(frozen(*(target(f"a{at}") for at in range(count)), where=where))
    assert plan.confirm == confirm
    assert confirm in plan.confirm_label


def test_a_name_that_no_keyboard_has_is_typed_as_it_is_shown():
    shown = target()._replace(
        row=target().row._replace(key=WorkflowKey("a\x1b[2J", None), name=r"a\x1b[2J")
    )
    assert plans.run(frozen(shown, where=PROD)).confirm == r"a\x1b[2J"


def test_a_draft_belongs_to_one_question_about_the_same_things():
    ids = {
        plans.pause(frozen(target("a"))).id,
        plans.unpause(frozen(target("a"))).id,
        plans.pause(frozen(target("a"), target("b"))).id,
        plans.stop(frozen(target("a", run=run("r1")))).id,
        plans.stop(frozen(target("a", run=run("r2")))).id,
    }
    assert len(ids) == 5
    assert plans.pause(frozen(target("a"))).id in ids


def test_a_plan_of_very_many_says_how_many_more_there_are():
    names = [target(f"a{at}") for at in range(plans.MOST_TOLD + 7)]
    plan = plans.pause(frozen(*names))
    assert words(plan)[-1] == "  and 7 more of the selected ones"
    assert plan.confirm == str(plans.MOST_TOLD + 7)


def test_an_unregistration_says_of_each_what_is_lost():
    soon = NOW + timedelta(minutes=20)
    standing = Standing("every day at 06:00 (0 6 * * *) UTC", 2, soon, "by ann", "s3://x")
    plan = plans.unregister(frozen(target("a")), [standing])
    assert words(plan) == [
        "  a  code, is removed",
        "    loses   every day at 06:00 (0 6 * * *) UTC; its run in 20m falls out",
        "    active  2 runs under way, refused without force",
        "    made    by ann",
        "    loses   its spec s3://x",
        "  This can't be undone: registering again takes its spec",
        "  Whether past runs are kept, the server decides",
    ]


def test_past_runs_that_go_with_it_are_told():
    standing = Standing("by hand only", 0, None, "", "")
    plan = plans.unregister(frozen(target("a")), [standing], forgets=True)
    assert plan.destroys
    assert words(plan)[-1] == "  Past runs are forgotten too"


def test_of_an_unregistration_what_nobody_knows_is_left_out():
    standing = Standing("by hand only", 0, None, "", "")
    plan = plans.unregister(frozen(target("a"), target("b")), [standing, standing])
    assert plan.title == "Unregister 2 workflows?"
    assert words(plan)[:4] == [
        "  a  code, is removed",
        "    loses   by hand only",
        "  b  code, is removed",
        "    loses   by hand only",
    ]
