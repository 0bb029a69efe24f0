"""What the local project holds is read when somebody asks, and never on the event loop."""

from __future__ import annotations

import asyncio

import pytest

from dli_tui.domain.errors import ConfigurationError, DatasetNotFoundError
from dli_tui.session.project import Project
from dli_tui.specs.errors import SpecError
from tests.support_project import TOTALS, project
from tests.support_session import NO_PROJECT, surroundings


@pytest.fixture
def here(tmp_path):
    return Project(project(tmp_path), surroundings())


async def test_its_datasets_are_those_of_the_last_look(here):
    assert here.names == ()
    names = ("orders_daily", "orders_hourly", "sales.daily_totals", "web.clicks", "web.views")
    assert await here.look() == here.names == names
    (here.folder / "models" / "dataset.web.views.yaml").unlink()
    assert here.names == names
    assert "web.views" not in await here.look()


async def test_a_spec_comes_with_its_file_and_its_text(here):
    found = await here.spec("sales.daily_totals")
    assert found.file == "models/dataset.sales.daily_totals.yaml"
    assert found.spec.text == TOTALS
    assert found.spec.spec.owner == "sales@example.com"


async def test_a_spec_is_read_anew_each_time(here):
    await here.spec("orders_hourly")
    path = here.folder / "models" / "dataset.orders_hourly.yaml"
    await asyncio.to_thread(path.write_text, "name: orders_hourly\nowner: new\n")
    assert (await here.spec("orders_hourly")).spec.spec.owner == "new"


async def test_what_is_wrong_with_a_spec_is_said_as_everywhere(here):
    with pytest.raises(SpecError, match=r"schedule\.cron"):
        await here.spec("web.clicks")
    with pytest.raises(DatasetNotFoundError):
        await here.spec("no.such")


async def test_where_there_is_no_folder_there_are_no_datasets():
    assert await Project(NO_PROJECT, surroundings()).look() == ()


async def test_a_folder_that_can_not_be_read_is_an_error_of_ours(here, monkeypatch):
    def refuse(_folder):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("dli_tui.specs.find.dataset_names", refuse)
    with pytest.raises(ConfigurationError, match="can't be read: Permission denied") as caught:
        await here.look()
    assert "name its folder in the profile" in caught.value.hint
