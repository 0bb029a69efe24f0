"""Documents for an editor: what is written means the same, and what is wrong has its place."""

import json

import pytest

from dli_tui.domain.template import TemplateDraft
from dli_tui.present import definitions

CONFIG = {
    "steps": [
        {"name": "ask", "type": "http_request", "config": {"url": "{{url}}", "method": "GET"}},
        {
            "name": "choose",
            "type": "conditional",
            "config": {
                "condition": "{{steps.ask.json.n}} > 1",
                "true_action": {"type": "log", "config": {"message": "many"}},
                "false_action": {"type": "delay", "config": {"seconds": 1}},
            },
        },
    ]
}
DRAFT = TemplateDraft(
    name="Ask",
    description="of\nlines",
    template_config=CONFIG,
    default_trigger_config={"type": "schedule", "enabled": False},
    default_cron_schedule="0 9 * * 1",
    tags=("a", "b"),
)


def told(remarks):
    return [str(one) for one in remarks]


def test_a_template_comes_back_as_it_went():
    assert definitions.read_template(definitions.of_template(DRAFT)).draft == DRAFT


def test_a_template_may_be_written_as_json():
    text = json.dumps(DRAFT.model_dump(), indent="\t")
    assert definitions.read_template(text).draft == DRAFT


def test_a_configuration_comes_back_as_it_went():
    config = json.loads(json.dumps(CONFIG).replace("{{url}}", "https://x"))
    text = definitions.of_configuration("it", config)
    assert definitions.read_configuration(text) == (config, ())


def test_what_a_new_template_begins_with_lacks_nothing_but_a_name():
    text = definitions.of_template(None)
    assert told(definitions.read_template(text).remarks) == ["line 4, name: a name was expected"]
    assert definitions.read_template(text.replace("name: ''", "name: mine", 1)).draft is not None


def test_the_document_says_which_kinds_of_step_there_are():
    assert "#   delay: seconds*\n" in definitions.of_template(DRAFT)


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        ("method: GET", "method: GRAB", "line 15, step ask, method: one of GET, "),
        ("type: log", "type: lock", "line 21, step choose, true_action, type: there is no kind"),
        ("seconds: 1", "seconds: x", "line 27, step choose, false_action, seconds: a number"),
        ("steps.ask.json.n", "steps.nope.n", "line 19, step choose, condition: {{steps.nope.n}}"),
        ("name: choose", "nam: choose", "step 2: it needs a name"),
        ("category:", "catgory:", "catgory: a template has nothing of that name; did you mean"),
        ("is_public: true", "is_public: 1", "is_public: true or false was expected"),
        ("0 9 * * 1", "0 25 * * 1", "default_cron_schedule: "),
        ("name: Ask", "name: 2026-01-01", "name: 2026-01-01 is read as a date: put it in quotes"),
        ("method: GET", "1: GET", "template_config, steps, config: the name 1 is no text"),
        ("seconds: 1", "seconds: .inf", "template_config, steps, "),
    ],
)
def test_what_is_wrong_is_said_with_its_place(before, after, problem):
    text = definitions.of_template(DRAFT)
    assert before in text
    found = definitions.read_template(text.replace(before, after, 1))
    assert found.draft is None
    assert any(problem in one for one in told(found.remarks)), told(found.remarks)
    assert all(one.startswith("line ") for one in told(found.remarks) if "step " in one)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: [1\nb: 2", "line 2, column 2: "),
        ('{"steps": [}', "line 1, column 12: this is not JSON"),
        ("- a", "document: expected a mapping"),
        ("a: 1\na: 2", "line 2, column 1: 'a' is there already, on line 1"),
        ("a: !!python/object:os.x {}", "line 1, column 4: the tag"),
        ("", "document: "),
    ],
)
def test_what_can_not_be_read_is_said_with_its_line(text, problem):
    assert definitions.read_configuration(text).config is None
    (remark,) = told(definitions.read_configuration(text).remarks)
    assert remark.startswith(problem), remark


def test_a_variable_is_for_a_template_and_nobody_fills_it_in_of_a_workflow():
    text = definitions.of_configuration("it", CONFIG)
    found = definitions.read_configuration(text)
    assert found.config is None
    assert any("{{url}} is filled in by nobody" in one for one in told(found.remarks))


def test_what_is_only_worth_a_look_keeps_nobody():
    text = "steps:\n  - name: a\n    type: delay\n    config:\n      seconds: 1\n      second: 2\n"
    found = definitions.read_configuration(text)
    assert found.config is not None
    assert told(found.remarks) == [
        "line 6, step a, second: no setting of delay that is known here; did you mean seconds?"
    ]
