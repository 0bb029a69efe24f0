"""What an edit changes is told step by step: what was, and what will be."""

from dli_tui.domain.template import TemplateDraft
from dli_tui.present import differing


def step(name, kind="log", **config):
    return {"name": name, "type": kind, "config": config}


def between(before, after):
    return differing.of_configurations({"steps": before}, {"steps": after})


def test_a_setting_that_is_another_is_told_with_both():
    before = [step("a", message="x", more={"deep": 1, "same": 2})]
    after = [step("a", message="y", more={"deep": 2, "same": 2})]
    assert between(before, after) == [("a", "message", "x", "y"), ("a", "more.deep", "1", "2")]


def test_what_comes_and_what_goes_has_one_side():
    assert between([step("a", x=1)], [step("a", y=2)]) == [("a", "x", "1", ""), ("a", "y", "", "2")]


def test_a_step_that_comes_is_told_whole_and_one_that_goes_by_its_name():
    assert between([step("a", x=1)], [step("b", "delay", seconds=1)]) == [
        ("b", "", "", "new"),
        ("b", "type", "", "delay"),
        ("b", "seconds", "", "1"),
        ("a", "", "there", ""),
    ]


def test_steps_are_found_by_name_and_another_order_is_told():
    one, two = step("a", x=1), step("b", x=2)
    assert between([one, two], [two, one]) == [("", "order of steps", "a, b", "b, a")]


def test_what_python_takes_for_the_same_is_told_apart():
    assert between([step("a", x=1)], [step("a", x=True)]) == [("a", "x", "1", "true")]
    assert between([step("a", x=1)], [step("a", x="1")]) == [("a", "x", "1", '"1"')]
    assert between([step("a", x="")], [step("a", x=" ")]) == [("a", "x", '""', '" "')]


def test_secrets_are_not_told():
    before = [step("a", headers={"Authorization": "Bearer x"}, api_key="{{key}}")]
    after = [step("a", headers={"Authorization": "Bearer y"}, api_key="k")]
    assert between(before, after) == [
        ("a", "headers.Authorization", "***", "***"),
        ("a", "api_key", "{{key}}", "***"),
    ]


def test_what_a_terminal_obeys_is_spelled_out():
    (change,) = between([step("a", x="y")], [step("a", x="\x1b[2J")])
    assert change.now == '"\\u001b[2J"'


def test_of_a_new_template_all_is_told_and_of_a_changed_one_what_changes():
    draft = TemplateDraft(name="t", template_config={"steps": [step("a", x=1)]})
    assert ("", "name", "", "t") in differing.of_templates(None, draft)
    assert ("a", "", "", "new") in differing.of_templates(None, draft)
    other = draft.twin(name="u", tags=("x",))
    assert differing.of_templates(draft, draft) == []
    assert differing.of_templates(draft, other) == [
        ("", "name", "t", "u"),
        ("", "tags", "[]", '["x"]'),
    ]
