"""Beside the contract our own models come back as they were, and anything else is an error."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dli_tui.domain.backfill import BackfillForecast, RunDates
from dli_tui.domain.capability import Capability
from dli_tui.domain.errors import ErrorCode, ServerError
from dli_tui.domain.health import Health
from dli_tui.domain.ids import WorkflowKey
from dli_tui.domain.log import LogChunk
from dli_tui.domain.saga import Saga, SagaType
from dli_tui.domain.status import SourceType
from dli_tui.domain.step import Step
from dli_tui.domain.template import Template, TemplateCategory
from dli_tui.wire import beside
from tests.wire.models import models

EVIL = "red \x1b[31mhot\x1b]52;c;evil\x07"
WHOLE = {
    Saga: beside.saga_of,
    Template: beside.template_of,
    LogChunk: beside.log_of,
    Health: beside.health_of,
    BackfillForecast: beside.forecast_of,
    RunDates: beside.run_dates_of,
}
SEVERAL = {
    Step: beside.steps_of,
    Saga: beside.sagas_of,
    SagaType: beside.saga_types_of,
    Template: beside.templates_of,
    TemplateCategory: beside.categories_of,
}
ROW = {"dataset_name": "d", "source_type": "MANUAL", "status": "active"}
RUN = {"run_id": "r1", "dataset_name": "d", "status": "SUCCESS"}


def on_the_line(told):
    return json.dumps(told).encode()


@pytest.mark.parametrize("kind", WHOLE)
@given(data=st.data())
def test_a_model_comes_back(kind, data):
    one = data.draw(models(kind))
    assert WHOLE[kind](one.model_dump_json().encode()) == one


@pytest.mark.parametrize("kind", SEVERAL)
@given(data=st.data())
def test_several_come_back(kind, data):
    some = tuple(data.draw(st.lists(models(kind), max_size=2)))
    # What isn't shown to a person is told on the wire all the same.
    told = [
        one.model_dump(mode="json") | {key: getattr(one, key) for key in _kept_back(kind)}
        for one in some
    ]
    assert SEVERAL[kind](on_the_line(told)) == some


def _kept_back(kind):
    return [name for name, field in kind.model_fields.items() if field.exclude]


@pytest.mark.parametrize(
    ("read", "told", "shown"),
    [
        (
            beside.steps_of,
            [{"name": "a", "status": "failed", "error_message": EVIL}],
            lambda found: found[0].error_message,
        ),
        (
            beside.log_of,
            {"lines": [{"text": EVIL}], "cursor": "1", "complete": False},
            lambda found: found.lines[0].text,
        ),
        (
            beside.templates_of,
            [{"id": "1", "name": "a", "description": EVIL}],
            lambda found: found[0].description,
        ),
        (
            beside.saga_of,
            {"saga_id": "1", "saga_type": "t", "status": "failed", "error_message": EVIL},
            lambda found: found.error_message,
        ),
        (
            beside.sagas_of,
            [
                {
                    "saga_id": "1",
                    "saga_type": "t",
                    "status": "failed",
                    "steps": [{"name": "a", "status": "failed", "error_message": EVIL}],
                }
            ],
            lambda found: found[0].steps[0].error_message,
        ),
        (
            beside.saga_types_of,
            [{"name": "a", "description": EVIL}],
            lambda found: found[0].description,
        ),
        (
            beside.health_of,
            {
                "status": "healthy",
                "components": [{"name": "a", "status": "healthy", "message": EVIL}],
            },
            lambda found: found.components[0].message,
        ),
        (
            beside.health_of,
            {"status": "healthy", "import_errors": [{"name": "a", "message": EVIL}]},
            lambda found: found.import_errors[0].message,
        ),
        (
            beside.health_of,
            {"status": "healthy", "warnings": [{"name": "a", "message": EVIL}]},
            lambda found: found.warnings[0].message,
        ),
    ],
)
def test_what_only_is_shown_is_made_safe(read, told, shown):
    assert shown(read(on_the_line(told))) == "red hot"


@pytest.mark.parametrize("read", [*WHOLE.values(), *SEVERAL.values()])
@pytest.mark.parametrize(
    "content",
    [b"", b"hunter2", b"7", b'"hunter2"', b'{"name": "hunter2"}', b'[{"name": ["hunter2"]}]'],
)
def test_what_is_none_is_an_error_that_repeats_nothing_of_it(read, content):
    with pytest.raises(ServerError, match="can't be read") as caught:
        read(content)
    error = caught.value
    assert (
        "hunter2" not in f"{error!r} {error} {error.hint} {error.__cause__!r} {error.__context__!r}"
    )


# What is offered


def test_an_offer_of_a_newer_server_is_read_as_far_as_it_is_known():
    found = beside.offer_of(
        {
            "label": EVIL,
            "user": "me",
            "capabilities": ["RUN", "TELEPATHY", 7, None, ["RUN"]],
            "reasons": {"STOP": EVIL, "TELEPATHY": "no", "PAUSE": 7},
        }
    )
    assert found.capabilities == {Capability.RUN}
    assert found.reasons == {Capability.STOP: "red hot"}
    assert found.label == "red hot"


def test_an_offer_without_a_name():
    found = beside.offer_of({"capabilities": []})
    assert found == ("this Basecamp server", frozenset(), {}, False)


def test_who_keeps_backfills_going_is_read():
    assert beside.offer_of({"capabilities": [], "supervises": True}).supervises
    assert not beside.offer_of({"capabilities": [], "supervises": "perhaps"}).supervises


# Rows, runs and backfills


def test_the_rows_of_a_name():
    (one, broken) = beside.rows_of({"workflows": [ROW, 7]})
    assert (one.dataset_name, broken.unreadable) == ("d", "an object was expected, a number came")
    assert beside.rows_of({"workflows": []}) == ()


def test_what_is_gone_is_read_as_far_as_it_can_be():
    found = beside.changes_of(
        {
            "cursor": "7",
            "workflows": [ROW],
            "gone": [{"dataset_name": "d", "source_type": "CODE"}, {"dataset_name": "e"}, 7, {}],
        }
    )
    assert found.gone == (WorkflowKey("d", SourceType.CODE), WorkflowKey("e"))
    assert (found.cursor, len(found.workflows), found.whole) == ("7", 1, False)


def test_the_recent_runs_of_several():
    found = beside.runs_by_name({"runs": {"d": [RUN, {"run_id": "r2"}], "e": [], "f": 7}})
    assert [run.run_id for run in found["d"]] == ["r1", "r2"]
    assert found["d"][1].dataset_name == "d"
    assert (found["e"], "f" in found) == ((), False)


def test_a_date_without_a_slot_is_left_out():
    told = {
        "whole": RUN,
        "dates": [
            {"slot": "2026-01-01T06:00:00Z", "day": "2026-01-02", "run": RUN},
            {"slot": "2026-01-03T06:00:00Z"},
            {"day": "2026-01-04"},
            7,
        ],
    }
    found = beside.backfill_of(told)
    assert [(str(one.day), one.run is not None) for one in found.dates] == [
        ("2026-01-02", True),
        ("2026-01-03", False),
    ]
    assert (found.timezone, found.parallel, found.by_hand) == ("UTC", False, False)
    assert beside.backfills_of({"backfills": [told]}) == (found,)


@pytest.mark.parametrize(
    ("read", "told"),
    [
        (beside.offer_of, None),
        (beside.offer_of, {"capabilities": "RUN"}),
        (beside.rows_of, None),
        (beside.rows_of, {"workflows": 7}),
        (beside.changes_of, []),
        (beside.changes_of, {"workflows": [], "gone": []}),
        (beside.changes_of, {"cursor": "7", "workflows": []}),
        (beside.runs_by_name, {"runs": []}),
        (beside.runs_by_name, {"runs": {"d": [7]}}),
        (beside.backfill_of, {"dates": []}),
        (beside.backfill_of, {"whole": RUN}),
        (beside.backfills_of, 7),
    ],
)
def test_what_has_another_shape_is_an_error(read, told):
    with pytest.raises(ServerError, match="can't be read") as caught:
        read(told)
    assert caught.value.code is ErrorCode.SERVER_ERROR
