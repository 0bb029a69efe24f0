"""Pages of words about templates, sagas and health."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from dli_tui.domain.errors import ConnectionFailedError
from dli_tui.domain.health import (
    Health,
    HealthComponent,
    ImportFailure,
    RateBudget,
    WorkflowWarning,
)
from dli_tui.domain.saga import Saga, SagaStep
from dli_tui.domain.status import HealthStatus, SagaStatus, StepStatus
from dli_tui.domain.template import Template
from dli_tui.present import showing
from dli_tui.session.freshness import Freshness
from dli_tui.tui import reading
from dli_tui.tui.looks import Looks, Tone

NOW = datetime(2026, 3, 10, 9, 41, tzinfo=UTC)
LOOKS, ASCII = Looks(), Looks(ascii=True)
DONE, RUNNING = StepStatus.COMPLETED, StepStatus.RUNNING


def said(lines):
    return "\n".join("".join(piece.text for piece in line) for line in lines)


def row(status=SagaStatus.RUNNING, *steps, **more):
    return showing.saga_row(Saga(saga_id="s1", saga_type="t", status=status, steps=steps, **more))


def step(status=DONE, undoing=None, **more):
    return SagaStep(name="x", status=status, compensation_status=undoing, **more)


def lane(**more):
    (found,) = showing.lane_rows(
        Saga(saga_id="s1", saga_type="t", status=SagaStatus.RUNNING, steps=(step(**more),))
    )
    return said(reading.lane(found, "UTC", NOW, LOOKS))


def health(**more):
    return showing.health_sheet(Health(status=HealthStatus.DEGRADED, **more))


def test_what_nobody_knows_of_a_template_is_left_out():
    template = Template(id="1", name="t")
    sheet = showing.template_sheet(template, showing.template_row(template, {}))
    told = said(reading.template(sheet, "UTC", NOW))
    assert "0 workflows made of it" in told
    assert "0 steps" in told
    for label in ("cron", "fill in", "tags", "begins by", "made  "):
        assert label not in told


def test_a_template_that_is_not_for_everybody_says_so():
    template = Template(id="1", name="t", is_public=False, default_cron_schedule="0 9 * * 1")
    sheet = showing.template_sheet(template, showing.template_row(template, {}))
    told = said(reading.template(sheet, "UTC", NOW))
    assert "you alone" in told
    assert "0 9 * * 1" in told


@pytest.mark.parametrize(
    ("steps", "long", "short"),
    [
        ((), "-", "-"),
        ((step(), step(RUNNING)), "done 1/2", "1/2"),
        ((step(DONE, DONE), step(DONE, RUNNING)), "undone 1/2", "undo 1/2"),
    ],
)
def test_progress_counts_what_is_done_or_what_is_undone(steps, long, short):
    one = row(SagaStatus.RUNNING, *steps)
    assert (reading.saga_progress(one), reading.saga_progress(one, short=True)) == (long, short)


def test_a_saga_that_was_asked_to_stop_says_so_until_it_turns_round():
    asked = row(cancel_requested=True)
    assert reading.saga_state(asked, LOOKS).text == "⊘ cancel requested"
    assert reading.saga_state(asked, ASCII).text == "# cancel requested"
    back = row(SagaStatus.COMPENSATING, cancel_requested=True)
    assert reading.saga_state(back, LOOKS).text == "« compensating"


@pytest.mark.parametrize(
    ("status", "times", "told"),
    [
        (SagaStatus.PENDING, {"created_at": NOW}, "asked for 09:41"),
        (SagaStatus.RUNNING, {"started_at": NOW - timedelta(seconds=90)}, "09:39, 1m30s so far"),
        (
            SagaStatus.COMPLETED,
            {"started_at": NOW - timedelta(minutes=2), "finished_at": NOW},
            "09:39 to 09:41, 2m00s",
        ),
        (SagaStatus.FAILED, {"started_at": NOW}, "begun 09:41"),
    ],
)
def test_when_a_saga_began_and_ended(status, times, told):
    assert told in said(reading.saga(row(status, **times), "UTC", NOW, LOOKS))


def test_the_zone_of_the_times_is_told_where_it_is_not_utc():
    one = row(created_at=NOW)
    assert "times in Asia/Seoul" in said(reading.saga(one, "Asia/Seoul", NOW, LOOKS))
    assert "times in" not in said(reading.saga(one, "UTC", NOW, LOOKS))


def test_a_step_says_who_does_it_and_what_undoes_it():
    told = lane(
        service="stock", command="Reserve", compensation="Release", undoing=RUNNING,
        started_at=NOW - timedelta(seconds=75), finished_at=NOW,
    )  # fmt: skip
    assert "x  by stock" in told
    assert "Reserve  ✓ completed  09:39, 1m15s" in told
    assert "Release  ► running" in told


def test_a_step_that_is_over_and_tells_no_end_does_not_go_on():
    told = lane(command="Reserve", started_at=NOW - timedelta(seconds=75))
    assert "Reserve  ✓ completed  09:39\n" in told


def test_a_compensation_whose_result_is_not_told_says_so():
    assert "not told" in lane(compensation="Release", undoing=StepStatus.UNKNOWN)


def test_a_step_that_nothing_undoes_says_so():
    assert "nothing undoes it  not called for" in lane()


def test_a_report_without_anything_says_that_of_each_part():
    empty = health(import_errors=())
    told = said([*reading.report(empty, NOW, LOOKS), *reading.numbers(empty, NOW, LOOKS)])
    for note in (
        "The server names no parts",
        "None: everything could be read",
        "The server gives no numbers",
        "The server tells no limits",
    ):
        assert note in told


def test_a_server_that_tells_no_import_errors_isnt_said_to_have_none():
    assert "import errors" not in said(reading.report(health(), NOW, LOOKS))


def test_parts_say_how_they_are_and_when_they_gave_a_sign():
    parts = (
        HealthComponent(
            name="scheduler",
            status=HealthStatus.UNHEALTHY,
            message="no lock",
            heartbeat_at=NOW - timedelta(minutes=4),
        ),
    )
    told = said(reading.report(health(components=parts), NOW, LOOKS))
    assert "✗ unhealthy  scheduler  no lock  seen 4m ago" in told


def test_what_could_not_be_read_stands_with_its_error():
    broken = (ImportFailure(name="a.yaml", message="no cron", at=NOW - timedelta(hours=2)),)
    told = said(reading.report(health(import_errors=broken), NOW, LOOKS))
    assert "a.yaml  2h ago\n    no cron" in told


def test_numbers_stand_under_each_other():
    told = said(reading.numbers(health(metrics={"a": 1, "long name": 12_000}), NOW, LOOKS))
    assert "  a               1\n  long name  12,000" in told


@pytest.mark.parametrize(
    ("limit", "left", "bar", "tone"),
    [
        (500, 412, "█████████░░░", Tone.COMPLETED),
        (100, 5, "░░░░░░░░░░░░", Tone.LATE),
        (100, 100, "████████████", Tone.COMPLETED),
        (10, 25, "████████████", Tone.COMPLETED),
        (0, 0, "░░░░░░░░░░░░", Tone.LATE),
    ],
)
def test_a_budget_is_a_bar_with_words(limit, left, bar, tone):
    one = RateBudget(
        name="reading", limit=limit, remaining=left, resets_at=NOW + timedelta(minutes=3)
    )
    line = reading.numbers(health(budgets=(one,)), NOW, LOOKS)[-1]
    assert bar in said([line])
    assert line[1].tone is tone
    assert line[-1].text.endswith(f"of {limit}, full again in 3m")


def test_a_budget_that_slows_polling_down_says_so():
    one = RateBudget(name="looking", limit=500, remaining=100, slowed=True)
    told = said(reading.numbers(health(budgets=(one,)), NOW, LOOKS))
    assert "100 of 500" in told
    assert "this program asks less often to leave some for you" in told


def test_bars_are_ascii_where_that_is_wanted():
    one = RateBudget(name="reading", limit=4, remaining=1)
    assert "###........." in said(reading.numbers(health(budgets=(one,)), NOW, ASCII))


def test_how_old_things_are_and_what_is_wrong_with_them():
    known = [
        ("the list", Freshness(as_of=90.0)),
        ("runs", Freshness(as_of=40.0, problem=ConnectionFailedError())),
        ("else", Freshness()),
    ]
    told = said(reading.ages(known, 100.0))
    assert "the list  10s old" in told
    assert "runs      1m old  DLI-501 The server can't be reached" in told
    assert "else      not asked yet" in told


def test_a_traceback_stands_in_its_lines_and_warnings_stand_below():
    broken = (ImportFailure(name="a.py", message="Traceback:\n  line 3\n\nNoModule: rates\n"),)
    warned = (WorkflowWarning(name="orders", message="no such pool", at=NOW),)
    told = said(reading.report(health(import_errors=broken, warnings=warned), NOW, LOOKS))
    at = told.index("import errors")
    assert [line.strip() for line in told[at:].splitlines()] == [
        "import errors",
        "a.py",
        "Traceback:",
        "line 3",
        "NoModule: rates",
        "",
        "warnings",
        "orders  now",
        "no such pool",
    ]
    assert "warnings" not in said(reading.report(health(import_errors=broken), NOW, LOOKS))
