"""Which configurations are in order, and what is said of those that aren't."""

import json
import runpy
from pathlib import Path

import pytest

from dli_tui.domain.configuration import check
from dli_tui.domain.stepkinds import BY_NAME

LOG = {"message": "hello"}


def step(name="a", kind="log", **config):
    return {"name": name, "type": kind, "config": config or LOG}


def said(*steps, is_template=False):
    return [str(one) for one in check({"steps": list(steps)}, is_template=is_template)]


def wrong(*steps, is_template=False):
    found = check({"steps": list(steps)}, is_template=is_template)
    return [str(one) for one in found if one.is_wrong]


SEED = json.loads((Path(__file__).parents[1] / "seeds/003_configurations.json").read_text())
"""Every configuration that stands in the seed."""


@pytest.mark.parametrize("config", [None, {}, {"steps": None}, {"steps": {}}])
def test_without_a_list_of_steps_nothing_can_run(config):
    assert [str(one) for one in check(config or {})] == ["steps: a list of steps was expected"]


def test_no_steps_are_worth_a_look_only():
    (one,) = check({"steps": []})
    assert not one.is_wrong


def test_what_is_in_order_leaves_nothing_to_say():
    config = {"url": "https://example.com/{{trigger.id}}", "method": "get"}
    assert said(step(), step("b", "http_request", **config)) == []


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("text", "step 1: an object with name, type and config was expected"),
        ({"type": "log", "config": LOG}, "step 1: it needs a name"),
        ({"name": "a", "config": {}}, "step a, type: it needs one of http_request, file_process,"),
        ({"name": "a", "type": "logg"}, "step a, type: there is no kind of step 'logg'; did you"),
        ({"name": "a", "type": 7}, "step a, type: there is no kind of step 'what stands there'"),
        ({"name": "a", "type": "log", "config": []}, "step a, config: an object of settings was"),
        ({"name": "a", "type": "log"}, "step a: log needs message: What it says."),
        (step(kind="delay", seconds=-1), "step a, seconds: a number of at least 0 was expected"),
        (step(message="x", level="loud"), "step a, level: one of debug, info, warning, error,"),
        (step(kind="http_request", url="u", expected_status=[99]), "step a, expected_status: a"),
        (step(kind="notification", type="webhook"), "step a: a webhook needs webhook_url: The"),
        (step(message="{{ }}"), "step a, message: {{}} can't be read: names with dots"),
        (step(message="{{exec_id}}"), "step a, message: {{exec_id}} is filled in by nobody"),
        (step(message="{{trigger}}"), "step a, message: {{trigger}} needs a field: {{trigger.N"),
        (step(message="{{execution_id.x}}"), "step a, message: {{execution_id.x}} has no parts"),
        (step(message="{{steps.b}}"), "step a, message: {{steps.b}} needs a step and a field:"),
        (step(message="{{steps.b.c}}"), "step a, message: {{steps.b.c}} names no step"),
        (step(message="{{steps.a.c}}"), "step a, message: {{steps.a.c}} names a step that hasn't"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(given, says):
    (found,) = wrong(given)
    assert found.startswith(says)


def test_a_name_is_given_once():
    assert wrong(step(), step()) == ["step a: another step before it has this name"]


def test_a_step_that_comes_later_is_named_as_such():
    first = step(message="{{steps.late.field}}")
    (found,) = wrong(first, step("late"))
    assert found.endswith("names a step that hasn't run by then: 'late'")
    assert wrong(step("late"), first) == []


def test_the_actions_of_a_conditional_are_checked_as_steps_are():
    inner = {"type": "log", "config": {"message": "{{steps.nope.x}}"}}
    given = step(
        kind="conditional", condition="1", true_action=inner, false_action={"type": "wait"}
    )
    assert wrong(given) == [
        "step a, true_action, message: {{steps.nope.x}} names no step",
        "step a, false_action, type: there is no kind of step 'wait'; there are "
        + ", ".join(BY_NAME),
    ]
    assert wrong(step(kind="conditional", condition="1", true_action="log")) == [
        "step a, true_action: a step without a name: type and config was expected"
    ]


def test_a_setting_that_nobody_knows_is_remarked_and_not_refused():
    given = step(message="x", mesage="y")
    assert wrong(given) == []
    assert said(given) == [
        "step a, mesage: no setting of log that is known here; did you mean message?"
    ]


def test_a_template_leaves_variables_and_texts_open():
    given = step(kind="http_request", url="", headers={"k": "{{api.key}}"}, timeout="{{seconds}}")
    assert wrong(given, is_template=True) == []
    assert len(wrong(given)) == 3


def test_what_is_filled_in_later_may_be_of_any_kind():
    assert wrong(step(kind="delay", seconds="{{trigger.seconds}}")) == []


@pytest.mark.parametrize("shown", SEED, ids=lambda shown: shown["of"])
def test_what_the_seed_shows_is_in_order(shown):
    found = check(shown["config"], is_template=shown["is_template"])
    assert [str(one) for one in found] == []


def test_a_setting_whose_name_is_no_text_is_one_that_is_not_known():
    odd = {"name": "a", "type": "log", "config": {"message": "m", 1: "x"}}
    assert said(odd) == ["step a, 1: no setting of log that is known here"]


def test_what_is_nested_without_end_is_said_to_be():
    action = step()
    for _ in range(5_000):
        action = step(kind="conditional", condition="x", true_action=action)
    assert wrong(action) == ["steps: they are nested too deep to be read"]


def test_every_kind_says_what_it_is_for():
    assert set(BY_NAME) == {
        "http_request",
        "file_process",
        "delay",
        "log",
        "conditional",
        "data_transform",
        "notification",
    }
    for kind in BY_NAME.values():
        assert kind.says.endswith(".")
        assert all(one.says.endswith(".") for one in kind.settings)


def test_the_page_about_the_service_has_every_kind_and_setting():
    table = runpy.run_path("scripts/stepkinds_table.py")["table"]()
    page = Path("docs/pyairtable.md").read_text(encoding="utf-8")
    between = page.partition("a test compares them -->")[2].partition("<!-- /kinds -->")[0]
    assert between.strip() == table
