"""What is typed into the form of a template, and what comes of it."""

import pytest

from dli_tui.domain.template import Template
from dli_tui.present import filling


def template(*configs, kinds=(), **variables):
    """A template with a step for each of the settings."""
    steps = [
        {"name": f"s{place}", "type": kind, "config": config}
        for place, (config, kind) in enumerate(
            zip(configs, (*kinds, *["http_request"] * len(configs)), strict=False), start=1
        )
    ]
    return Template(id="1", name="t", template_config={"variables": variables, "steps": steps})


def test_a_field_says_what_it_is_what_for_and_what_it_is_unless_told_otherwise():
    told = {"url": {"default": "https://x", "description": "Where\nto ask"}, "n": 3}
    one = template({"url": "{{url}}"}, {"url": "{{url}}/{{n}}", "body": ""}, **told)
    url, number, body = filling.open_fields(one)
    assert (url.raw, url.default, url.says, url.steps) == (
        "url",
        "https://x",
        "Where to ask",
        "s1, s2",
    )
    assert (number.raw, number.default) == ("n", "3")
    assert (body.raw, body.default, body.is_needed) == ("s2.body", "", False)


def test_what_the_service_fills_in_is_never_asked_for():
    text = "{{execution_id}} {{workflow_id}} {{trigger.a}} {{steps.a.b}} {{env.X}} {{mine}}"
    assert [one.raw for one in filling.open_fields(template({"body": text}))] == ["mine"]


def test_a_setting_that_was_left_empty_is_needed_where_its_step_needs_it():
    url, body = filling.open_fields(template({"url": "", "body": ""}))
    assert (url.raw, url.is_needed) == ("s1.url", True)
    assert (body.raw, body.is_needed) == ("s1.body", False)


@pytest.mark.parametrize(
    ("name", "is_secret"),
    [
        *(("api_token", True), ("apiKey", True), ("PASSWORD", True), ("s1.secret", True)),
        *(("db-password-2", True), ("url", False), ("monkey", False), ("tokens_left", False)),
        *(("key", False), ("secret_key_id", True), ("s1.access-key", True)),
    ],
)
def test_a_secret_is_known_by_its_name(name, is_secret):
    assert filling.is_secret(name) is is_secret


@pytest.mark.parametrize(
    ("setting", "kind", "variables", "typed", "value"),
    [
        # Alone in its setting, what looks like a number is one; in a text it is a part of that.
        ({"any": "{{v}}"}, "own", {}, "5", 5),
        ({"any": "{{ v }}"}, "own", {}, "true", True),
        ({"any": "a{{v}}"}, "own", {}, "5", "5"),
        ({"any": "{{v}}", "b": "a{{v}}"}, "own", {}, "5", "5"),
        ({"any": "{{v}}"}, "own", {}, "text", "text"),
        ({"any": "{{v}}"}, "own", {}, '{"a": [1]}', {"a": [1]}),
        # Quotes say that it is a text.
        ({"any": "{{v}}"}, "own", {}, '"5"', "5"),
        # What the setting has to be comes first.
        ({"seconds": "{{v}}"}, "delay", {}, "5", 5),
        ({"message": "{{v}}"}, "log", {}, "5", "5"),
        # So does what the default is.
        ({"any": "{{v}}"}, "own", {"v": {"default": "x"}}, "5", "5"),
        ({"any": "{{v}}"}, "own", {"v": {"default": 1}}, "2.5", 2.5),
        ({"any": "{{v}}"}, "own", {"v": {"default": True}}, "5", "5"),
        # Nothing and half of something are no values.
        ({"any": "{{v}}"}, "own", {}, "null", "null"),
        ({"any": "{{v}}"}, "own", {}, "NaN", "NaN"),
    ],
)
def test_what_is_typed_is_text_unless_it_has_to_be_something_else(
    setting, kind, variables, typed, value
):
    given = filling.values(template(setting, kinds=[kind], **variables), {"v": typed})
    assert given == {"v": value}
    assert type(given["v"]) is type(value)


def test_a_setting_that_was_empty_stays_a_text_unless_it_can_be_none():
    one = template({"body": "", "timeout": ""})
    assert filling.values(one, {"s1.body": "5", "s1.timeout": "5"}) == {
        "s1.body": "5",
        "s1.timeout": 5,
    }


def test_a_secret_is_a_text_whatever_it_looks_like():
    assert filling.values(template({"any": "{{token}}"}), {"token": "123"}) == {"token": "123"}


def test_what_is_empty_or_of_another_template_is_left_out():
    assert filling.values(template({"any": "{{v}}"}), {"v": "", "other": "x"}) == {}


def test_the_preview_has_the_changed_steps_alone_and_no_secret():
    one = template({"url": "{{u}}"}, {"headers": {"Authorization": "Bearer {{token}}"}}, {"a": 1})
    assert filling.masked(one, {"u": "x", "token": "s3cret"}) == {
        "steps": [
            {"name": "s1", "config": {"url": "x"}},
            {"name": "s2", "config": {"headers": {"Authorization": "Bearer ***"}}},
        ]
    }


def test_what_nobody_filled_in_is_named_and_the_rest_is_checked():
    one = template({"url": "{{u}}", "method": "{{m}}"})
    assert filling.unfilled(one, {"m": "GRAB"}) == ("u",)
    (remark,) = filling.remarks(one, {"m": "GRAB"})
    assert "method" in remark.place
    assert filling.remarks(one, {"m": "GET", "u": "https://x"}) == ()


@pytest.mark.parametrize(
    ("typed", "sent"),
    [("pdf,docx,csv", "pdf,docx,csv"), (" .PDF ; ", None), (".PDF, pdf , csv,", "pdf,csv")],
)
def test_file_extensions_are_read_as_people_write_them(typed, sent):
    found, wrong = filling.extensions(typed)
    assert (found or None) == sent
    assert bool(wrong) is (sent is None)


def test_a_definition_is_shown_without_its_secrets():
    config = {"headers": {"Authorization": "Bearer x"}, "list": [{"api_key": "k", "url": "u"}]}
    assert filling.hidden(config) == {
        "headers": {"Authorization": "***"},
        "list": [{"api_key": "***", "url": "u"}],
    }
    variable = {"headers": {"Authorization": "Bearer {{token}}"}, "token": "", "key": "items"}
    assert filling.hidden(variable) == variable
