"""A registration becomes the text of a spec that says all of it, and keeps what it can."""

import pytest

from dli_tui.domain.query import Registration
from dli_tui.domain.schedule import (
    NotificationConfig,
    NotificationTarget,
    RetryConfig,
    ScheduleConfig,
)
from dli_tui.specs.errors import SpecError
from dli_tui.specs.merging import spec_text
from dli_tui.specs.reader import parse_spec

NAME = "web.clicks"
SLACK = NotificationConfig(on_failure=(NotificationTarget(type="slack", channel="#data"),))
WANTED = ScheduleConfig(
    cron="0 6 * * *",
    timezone="Asia/Seoul",
    enabled=False,
    retry=RetryConfig(max_attempts=3, delay_seconds=60),
    notifications=SLACK,
)
TEXT = """\
# the clicks
version: v1
name: clicks  # as on the web
# when
schedule:
  cron: "0 1 * * *"  # nightly
  timezone: UTC

# for the catalogue
columns: {id: integer}  # kept
description: |
  Clicks,
  by day
steps:
  - {name: load, type: sql}
"""


def merged(text, schedule=WANTED, **more):
    return spec_text(Registration(NAME, schedule, yaml_content=text, **more))


def test_without_a_text_it_is_all_that_was_given():
    spec = parse_spec(merged(None, owner="o@example.com", team="@t", description="d"))
    assert (spec.name, spec.owner, spec.team, spec.description) == (
        NAME,
        "o@example.com",
        "@t",
        "d",
    )
    assert spec.schedule_config == WANTED


def test_a_text_that_says_the_same_stays_byte_for_byte():
    text = merged(TEXT)
    assert merged(text) == text
    plain = ScheduleConfig(cron="0 1 * * *")
    assert merged(TEXT, plain, description="Clicks,\nby day\n") == TEXT


def test_only_what_differs_is_written_anew():
    text = merged(TEXT, team="@t")
    for kept in (
        "# the clicks\n",
        "name: clicks  # as on the web\n# when\nschedule:\n",
        "\n\n# for the catalogue\ncolumns: {id: integer}  # kept\n",
        "  - {name: load, type: sql}\n",
    ):
        assert kept in text
    spec = parse_spec(text)
    assert (spec.schedule_config, spec.team) == (WANTED, "@t")
    assert spec.extra == {"columns": {"id": "integer"}}


def test_a_block_of_several_lines_ends_where_it_ends():
    text = merged(TEXT, description="one\ntwo")
    assert parse_spec(text).description == "one\ntwo"
    assert "\nsteps:\n  - {name: load" in text


def test_tries_and_notifications_of_the_text_count_where_nothing_is_said_of_them():
    text = (
        "name: clicks\nretry: {max_attempts: 5}\nnotifications: {on_success: [{type: x, url: y}]}\n"
    )
    spec = parse_spec(merged(text, ScheduleConfig(cron="0 6 * * *")))
    assert spec.retry.max_attempts == 5
    assert spec.notifications.on_success[0].url == "y"


def test_no_cron_means_by_hand_only():
    assert parse_spec(merged(TEXT, ScheduleConfig())).schedule.cron is None


@pytest.mark.parametrize(
    "text",
    [
        "{name: clicks, schedule: {cron: '0 0 * * *'}, other: 1}",
        "name: clicks\nother: 1\n...",
        "name: clicks\nschedule: &same {cron: '0 0 * * *'}\nother: 1\nmore: *same",
        "\ufeffname: clicks\r\nschedule: {cron: '0 0 * * *'} # why\r\nother: 1",
        "name: clicks\nschedule: nonsense\nother: 1",
        "name: clicks\nschedule: {cron: never}\nother: 1\nretry:\n",
        "other: 1",
        "? name\n: clicks\n? other\n: 1\n? schedule\n: {cron: '0 0 * * *'}\n",
    ],
)
def test_whatever_the_text_looks_like_the_result_says_what_was_meant(text):
    spec = parse_spec(merged(text))
    assert spec.schedule_config == WANTED
    assert spec.extra["other"] == 1


@pytest.mark.parametrize(
    "text", ["name: other", "- a", "name: clicks\nsteps: 5", "a: [", "name: clicks\n---\nb: 1"]
)
def test_what_makes_no_spec_is_refused(text):
    with pytest.raises(SpecError):
        merged(text)
