"""What of a template has to be filled in, and what the server fills in by itself."""

import pytest

from dli_tui.domain.template import Template, TemplateDraft


def template(**config):
    return Template(id="1", name="t", template_config=config)


def steps(*texts):
    return template(steps=[{"name": "a", "config": {"deep": [{"text": text}]}} for text in texts])


def test_placeholders_come_in_order_and_once():
    found = steps("{{url}}/{{ key }}", "Bearer {{url}}", "{{token-2}}").placeholders
    assert found == ("url", "key", "token-2")


@pytest.mark.parametrize(
    "text",
    [
        "{{trigger.file_id}}",
        "{{steps.fetch.rows}}",
        "{{env.TOKEN}}",
        "{{execution_id}}",
        "{{ workflow_id }}",
        "{{}}",
        "{{1}}",
        "{url}",
    ],
)
def test_what_a_run_fills_in_is_not_for_a_person(text):
    assert steps(text).placeholders == ()


def test_what_is_given_stands_in_place_and_the_rest_stays():
    filled = steps("{{url}}", "{{url}}?k={{key}}&r={{steps.a.rows}}", "{{least}}").filled(
        {"url": "https://example.com/{{key}}", "least": 7}
    )
    texts = [step.config["deep"][0]["text"] for step in filled.steps]
    assert texts == [
        "https://example.com/{{key}}",
        "https://example.com/{{key}}?k={{key}}&r={{steps.a.rows}}",
        7,
    ]


def test_filling_in_leaves_the_template_as_it_was():
    one = steps("{{url}}")
    one.filled({"url": "x"})
    assert one.placeholders == ("url",)


def test_what_is_neither_text_nor_made_of_it_stays():
    assert template(retries=3, on=None).filled({"url": "x"}).template_config == {
        "retries": 3,
        "on": None,
    }


def of_two_steps():
    return template(
        steps=[
            {"name": "fetch", "type": "http_request", "config": {"url": "{{api}}/x", "n": 1}},
            {"name": "tell", "type": "log", "config": {"message": "{{word}} {{trigger.id}}"}},
            {"name": "ask", "type": "http_request", "config": {"url": "", "method": "GET"}},
        ],
        variables={"api": {"default": "https://example.com", "description": "where"}, "word": "hi"},
    )


def test_what_is_left_open_is_told_with_its_default_and_where_it_goes():
    told = [(one.name, one.default, one.description, one.steps) for one in of_two_steps().fields]
    assert told == [
        ("api", "https://example.com", "where", ("fetch",)),
        ("word", "hi", None, ("tell",)),
        ("ask.url", None, None, ("ask",)),
    ]


def test_only_changed_steps_are_sent_each_whole():
    custom = of_two_steps().custom_config({"api": "https://e.com", "ask.url": "https://f.com"})
    assert custom == {
        "steps": [
            {"name": "fetch", "config": {"url": "https://e.com/x", "n": 1}},
            {"name": "ask", "config": {"url": "https://f.com", "method": "GET"}},
        ]
    }
    assert of_two_steps().custom_config({}) == {}


@pytest.mark.parametrize(
    "name", ["execution_id", "workflow_id", "trigger.id", "steps.a.b", "env.X"]
)
def test_what_belongs_to_the_service_is_never_replaced(name):
    one = steps(f"{{{{{name}}}}} {{{{mine}}}}")
    assert one.fields[0].name == "mine"
    custom = one.custom_config({name: "x", "mine": "y"})
    assert custom["steps"][0]["config"]["deep"][0]["text"] == f"{{{{{name}}}}} y"


def test_sent_settings_come_back_as_the_filled_template():
    one = of_two_steps()
    given = {"api": "https://e.com", "word": "bye", "ask.url": "u"}
    assert one.customised(one.custom_config(given)) == one.filled(given)


def test_what_a_server_may_have_beside_a_step_stays():
    one = template(steps=[{"name": "a", "retries": 2, "config": {"u": "{{v}}"}}, "no step"])
    made = one.customised({"steps": [{"name": "a", "config": {"u": 1}}, 7]})
    assert made.template_config["steps"] == [
        {"name": "a", "retries": 2, "config": {"u": 1}},
        "no step",
    ]


def test_a_draft_holds_what_a_person_may_change():
    one = of_two_steps().twin(tags=("a",), usage_count=7)
    draft = TemplateDraft.of(one)
    assert draft.template_config == one.template_config
    assert draft.tags == ("a",)
    assert "usage_count" not in draft.model_dump()


def test_a_variable_that_is_called_like_a_setting_does_not_replace_what_that_says():
    one = template(steps=[{"name": "fetch", "config": {"url": "https://{{fetch.url}}/x"}}])
    filled = one.filled({"fetch.url": "example.com"})
    assert filled.steps[0].config == {"url": "https://example.com/x"}


def test_steps_whose_names_are_no_names_are_read_all_the_same():
    one = template(steps=[{"name": ["a"], "config": {"u": "{{v}}"}}])
    assert one.customised({"steps": [{"name": {}, "config": {"u": 1}}]}) == one.customised({})
