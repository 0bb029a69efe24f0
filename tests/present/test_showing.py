"""Templates, sagas and health as a screen holds them: safe to show, raw where it is sent."""

from datetime import UTC, datetime

import pytest

from dli_tui.domain.health import (
    Health,
    HealthComponent,
    ImportFailure,
    RateBudget,
    WorkflowWarning,
)
from dli_tui.domain.saga import Saga, SagaStep, SagaType
from dli_tui.domain.status import HealthStatus, SagaStatus, StepStatus
from dli_tui.domain.template import Template, TemplateCategory, TemplateUsage, UsagePoint
from dli_tui.present import showing

NOW = datetime(2026, 3, 10, 9, 41, tzinfo=UTC)
NASTY = "a\x1b[2J[red]\n\u202eb"
DONE, RUNNING, FAILED = StepStatus.COMPLETED, StepStatus.RUNNING, StepStatus.FAILED


def texts(value):
    """Every text in a row, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple | list):
        for one in value:
            yield from texts(one)


def sheet_of(template):
    return showing.template_sheet(template, showing.template_row(template, {}))


def saga(*steps, status=SagaStatus.RUNNING, **more):
    return Saga(saga_id="s1", saga_type="t", status=status, steps=steps, **more)


def step(status, undoing=None, **more):
    return SagaStep(name="x", status=status, compensation_status=undoing, **more)


def test_a_template_is_found_by_what_it_says():
    template = Template(id="1", name="Copy", description="of a Table", tags=("Nightly",))
    row = showing.template_row(template, {"general": "General things"})
    assert row.found_by == "copy of a table nightly"
    assert row.shelf == "General things"


def test_shelves_keep_the_order_of_the_server():
    told = [
        TemplateCategory(name="z", display_name=""),
        TemplateCategory(name="a", display_name="A"),
    ]
    assert list(showing.shelves(told).items()) == [("z", "z"), ("a", "A")]


def test_shelves_say_how_many_stand_there_whoever_counts_them():
    told = [
        TemplateCategory(name="integration", display_name="Integration", count=5),
        TemplateCategory(name="sync", display_name="Sync"),
    ]
    here = [Template(id="1", name="t", category="sync")]
    assert showing.counted(told, here) == {"integration": "Integration (5)", "sync": "Sync (1)"}


def test_the_use_of_a_template_is_told_in_whatever_a_server_counts():
    told = TemplateUsage(
        template_id="1",
        facts={"usage_count": 5, "success_rate": 99.5, "is_popular": True, NASTY: NASTY},
        series={
            "daily_usage": (UsagePoint(label="Mon", count=1), UsagePoint(label="Tue", count=3)),
            "nothing": (),
        },
    )
    usage = showing.usage(told)
    assert usage.facts[:3] == (
        ("usage count", "5"),
        ("success rate", "99.5%"),
        ("is popular", "yes"),
    )
    assert usage.charts == (("daily usage", "Mon", "Tue", (1.0, 3.0)),)
    assert all(text.isprintable() for text in texts(usage.facts))


@pytest.mark.parametrize(
    ("trigger", "scheduled", "uploads"),
    [
        ({"type": "schedule", "enabled": True}, True, False),
        ({"type": "schedule", "enabled": False}, False, False),
        ({"type": "file_upload"}, False, True),
        ({"type": None}, False, False),
        (None, False, False),
    ],
)
def test_what_starts_the_workflows_of_a_template(trigger, scheduled, uploads):
    template = Template(
        id="1", name="t", default_trigger_config=trigger, default_cron_schedule="0 9 * * 1"
    )
    sheet = sheet_of(template)
    assert (sheet.is_scheduled, sheet.takes_uploads) == (scheduled, uploads)
    assert sheet.schedule


def test_settings_of_a_step_are_told_one_by_one():
    config = {"steps": [{"name": "a", "type": "http", "config": {"url": "{{u}}", "tries": 3}}]}
    sheet = sheet_of(Template(id="1", name="t", template_config=config))
    assert sheet.steps == (("a", "http", ("url = {{u}}", "tries = 3")),)
    assert [field.raw for field in sheet.fields] == ["u"]


def test_how_far_a_saga_is_and_how_far_back():
    forward = showing.saga_row(saga(step(DONE), step(RUNNING)))
    assert (forward.done, forward.total, forward.to_undo) == (1, 2, 0)
    back = showing.saga_row(saga(step(DONE, DONE), step(DONE, RUNNING), step(FAILED)))
    assert (back.undone, back.to_undo) == (1, 2)


@pytest.mark.parametrize(
    ("status", "cancelling"),
    [
        (SagaStatus.PENDING, True),
        (SagaStatus.RUNNING, True),
        (SagaStatus.COMPENSATING, False),
        (SagaStatus.COMPLETED, False),
        (SagaStatus.UNKNOWN, False),
    ],
)
def test_a_saga_is_cancelling_until_it_turns_round(status, cancelling):
    row = showing.saga_row(saga(status=status, cancel_requested=True))
    assert row.cancelling is cancelling


def test_a_word_that_nobody_knows_is_shown_as_it_came():
    row = showing.saga_row(saga(status=SagaStatus.UNKNOWN, raw_status="parked\x1b[2J"))
    assert row.word == "parked"
    assert showing.saga_row(saga(raw_status="running")).word == ""


def test_numbers_are_told_as_they_are_read():
    metrics = {"total_runs": 12_345.0, "rate": 98.76, "odd": float("nan"), "much": float("inf")}
    sheet = showing.health_sheet(Health(status=HealthStatus.HEALTHY, metrics=metrics))
    assert sheet.metrics == (
        ("total runs", "12,345"), ("rate", "98.8%"), ("odd", "nan"), ("much", "inf"),
    )  # fmt: skip


def test_nothing_of_a_hostile_server_can_be_obeyed():
    config = {"steps": [{"name": NASTY, "type": NASTY, "config": {NASTY: [NASTY]}}]}
    template = Template(
        id=NASTY, name=NASTY, description=NASTY, category=NASTY, tags=(NASTY,), version=NASTY,
        template_config=config, default_trigger_config={"type": NASTY},
    )  # fmt: skip
    one = saga(
        step(DONE, service=NASTY, command=NASTY, compensation=NASTY, error_message=NASTY),
        correlation_id=NASTY, tenant_id=NASTY, input_data={NASTY: NASTY}, error_message=NASTY,
    )  # fmt: skip
    health = Health(
        status=HealthStatus.UNKNOWN, service=NASTY, version=NASTY, metrics={NASTY: 1},
        components=(HealthComponent(name=NASTY, status=HealthStatus.UNKNOWN, message=NASTY),),
        import_errors=(ImportFailure(name=NASTY, message=NASTY),),
        warnings=(WorkflowWarning(name=NASTY, message=NASTY),),
        budgets=(RateBudget(name=NASTY, limit=1, remaining=1, resets_at=NOW),),
    )  # fmt: skip
    kind = SagaType(name="k", description=NASTY)
    shown = [
        sheet_of(template)._replace(
            row=showing.template_row(template, {})._replace(raw="", category="")
        ),
        showing.saga_row(one),
        showing.lane_rows(one),
        showing.health_sheet(health),
        showing.saga_kind(kind),
        list(showing.shelves([TemplateCategory(name=NASTY, display_name=NASTY)]).values()),
    ]
    assert all(text.isprintable() for text in texts(shown))
    assert sheet_of(template).row.raw == NASTY


def test_a_rate_has_a_unit_where_it_cannot_be_a_part_of_one():
    metrics = {"success_rate_24h": 87.5, "error_rate": 0.5, "active_executions": 3.0, "rates": 50}
    sheet = showing.health_sheet(Health(status=HealthStatus.HEALTHY, metrics=metrics))
    assert dict(sheet.metrics) == {
        "success rate 24h": "87.5%",
        "error rate": "0.5",
        "runs under way": "3",
        "rates": "50",
    }


def test_how_many_are_undone_is_not_told_where_one_compensation_is_not():
    done = StepStatus.COMPLETED
    row = showing.saga_row(saga(step(done, done), step(done, StepStatus.UNKNOWN)))
    assert (row.undone, row.to_undo) == (None, 2)


def test_secrets_of_what_a_saga_was_given_are_not_shown():
    row = showing.saga_row(saga(input_data={"api_key": "hush", "user": "ann"}))
    assert row.inputs == ("api_key = ***", "user = ann")
