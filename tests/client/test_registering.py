import pytest

from dli_tui.client.registering import registration_from
from dli_tui.domain.errors import DLIError, ErrorCode
from dli_tui.domain.schedule import ScheduleConfig

SPEC = """\
version: v1
name: web.clicks
owner: me@example.com
team: "@web"
description: Clicks of the day
notifications:
  on_failure:
    - {type: slack, channel: "#web"}
"""
DAILY = ScheduleConfig(cron="0 9 * * *", timezone="Asia/Seoul")


@pytest.fixture
def project(tmp_path):
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "dataset.web.clicks.yaml").write_text(SPEC)
    return tmp_path


def test_what_the_spec_says_goes_with_what_the_person_says(project):
    found = registration_from(project, "web.clicks", DAILY, force=True)
    assert (found.dataset_name, found.owner, found.team) == ("web.clicks", "me@example.com", "@web")
    assert (found.description, found.yaml_content) == ("Clicks of the day", SPEC)
    assert found.force
    assert found.schedule.cron == "0 9 * * *"
    assert found.schedule.timezone == "Asia/Seoul"
    (told,) = found.schedule.notifications.on_failure
    assert (told.type, told.channel, told.url) == ("slack", "#web", None)


@pytest.mark.parametrize(
    ("name", "schedule", "code"),
    [
        ("no.such", DAILY, ErrorCode.DATASET_NOT_FOUND),
        ("../web.clicks", DAILY, ErrorCode.WORKFLOW_REGISTRATION_FAILED),
        ("web.clicks", ScheduleConfig(cron="@daily"), ErrorCode.WORKFLOW_INVALID_CRON),
        ("web.clicks", ScheduleConfig(cron="0 0 31 2 *"), ErrorCode.WORKFLOW_INVALID_CRON),
        ("web.clicks", ScheduleConfig(timezone="Mars/Base"), ErrorCode.CONFIG_INVALID),
    ],
)
def test_what_is_wrong_is_found_before_anything_is_asked(project, name, schedule, code):
    with pytest.raises(DLIError) as caught:
        registration_from(project, name, schedule)
    assert caught.value.code is code


def test_the_cron_is_checked_before_the_spec_is_looked_for(tmp_path):
    with pytest.raises(DLIError) as caught:
        registration_from(tmp_path, "no.such", ScheduleConfig(cron="invalid"))
    assert caught.value.code is ErrorCode.WORKFLOW_INVALID_CRON
