"""What of a template has to be filled in, and what the server fills in by itself."""

import pytest

from dli_tui.domain.template import Template


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
