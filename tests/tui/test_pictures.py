"""What the screens look like, as text, each with a word on what it means.

A picture that changes on purpose is written anew, all of them by one command:

    DLI_TUI_WRITE_PICTURES=1 python -m pytest tests/tui/test_pictures.py
"""

from __future__ import annotations

import asyncio
import os
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path

import pytest

from dli_tui.backends.demo.cast import STANDARD
from dli_tui.backends.demo.scenario import Scenario
from dli_tui.domain.errors import ConnectionFailedError
from dli_tui.domain.ids import RunRef
from dli_tui.domain.query import BackfillRequest
from dli_tui.domain.status import RunStatus
from dli_tui.tui.app import Dashboard
from dli_tui.tui.looks import Looks
from dli_tui.tui.opening import Opening, Where
from dli_tui.tui.widgets.options import Options
from tests.support_places import FakePlaces, among, holding
from tests.support_project import project
from tests.support_tui import SIZES, Pilot, dashboard

FOLDER = Path(__file__).parent / "pictures"
# Files are read and written beside the tests, not in them: nothing blocks the event loop. And
# the variable is read here, for the tests' own home forgets every variable of the program's.
WRITING = "DLI_TUI_WRITE_PICTURES" in os.environ
FAILED = RunStatus.FAILED
FAILING, RUNNING = "logistics.carriers.rates", "ml.recommender.train"
ROUTINE = "catalog.products_sync"


def same(name, here):
    """Whether the picture is the one that is kept; kept anew where that is asked for."""
    path = FOLDER / f"{name}.txt"
    if WRITING:
        WRITTEN[path] = here.picture + "\n"
        return True
    return KEPT.get(path.name) == here.picture + "\n"


KEPT = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.txt")}
WRITTEN: dict[Path, str] = {}


@pytest.fixture(autouse=True, scope="module")
def _written():
    yield
    for path, picture in WRITTEN.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(picture, encoding="utf-8")


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_the_list_opens_worst_first(size):
    async with dashboard(size=size) as here:
        assert [row.last for row in here.screen.listing.shown][:2] == [FAILED, FAILED]
        assert ("schedule" in here.picture) is (size[0] >= 100)
        assert same(f"list-{size[0]}x{size[1]}", here)


async def test_the_list_in_ascii():
    plain = tuple(one for one in STANDARD.workflows if one.name.isascii())
    scenario = Scenario(plain, STANDARD.archive)
    async with dashboard(size=(80, 24), looks=Looks(ascii=True), scenario=scenario) as here:
        assert here.picture.isascii()
        assert same("list-ascii", here)


async def test_a_production_place_where_nothing_may_be_changed():
    where = Where("shop", production=True, read_only=True)
    async with dashboard(size=(80, 24), where=where, read_only=True) as here:
        assert "PROD" in here.lines[0]
        assert "READ-ONLY" in here.lines[0]
        assert same("list-production", here)


@pytest.mark.parametrize("size", [(80, 24), (120, 36)], ids=str)
async def test_a_run_that_failed_says_why(size):
    async with dashboard(size=size, begin=FAILING) as here:
        await here.press("v")
        assert "HTTP 503" in here.picture
        assert same(f"run-{size[0]}x{size[1]}", here)


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_the_page_of_a_workflow_has_its_runs_and_what_is_known_of_it(size):
    async with dashboard(size=size, begin=FAILING) as here:
        await here.press("enter")
        assert "HTTP 503" in here.picture
        assert ("description" in here.picture) is (size[0] >= 100)
        assert same(f"workflow-{size[0]}x{size[1]}", here)


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_the_history_of_all_workflows(size):
    async with dashboard(size=size) as here:
        await here.press("2")
        await here.pass_by(1)
        assert len({run.dataset_name for run in here.screen.feed.runs[:9]}) > 1
        assert same(f"history-{size[0]}x{size[1]}", here)


@pytest.mark.parametrize(
    ("picture", "said", "presses"),
    [("trend", "median", 1), ("calendar", "no run", 2), ("grid", "A column a run", 3)],
)
async def test_each_picture_of_a_workflow_has_the_page_where_there_is_little_room(
    picture, said, presses
):
    async with dashboard(size=(80, 24), begin=ROUTINE) as here:
        await here.press("enter", *["v"] * presses)
        assert said in here.picture
        assert same(f"workflow-{picture}", here)


async def test_the_page_of_a_workflow_in_ascii():
    async with dashboard(size=(120, 36), looks=Looks(ascii=True), begin=ROUTINE) as here:
        await here.press("enter", "v")
        assert here.picture.isascii()
        assert same("workflow-ascii", here)


async def test_a_history_whose_server_is_gone(monkeypatch):
    async with dashboard(size=(80, 24), begin=FAILING) as here:
        await here.press("enter")

        async def gone(query):
            raise ConnectionFailedError("Nothing answered at https://example.com")
            yield

        monkeypatch.setattr(here.backend, "history", gone)
        await here.press("r")
        assert "OFFLINE" in here.lines[0]
        assert "HTTP 503" in here.picture
        assert same("history-offline", here)


async def test_the_help_of_the_list():
    async with dashboard(size=(120, 36)) as here:
        await here.press("question_mark")
        assert "Only what failed or is late" in here.picture
        assert same("help", here)


async def test_a_question_shows_what_will_be_stopped():
    async with dashboard(size=(100, 30), begin=RUNNING) as here:
        await here.press("s")
        assert f"{RUNNING}_2026" in here.picture
        assert here.sent == []
        assert same("stop", here)


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_templates_stand_shelf_by_shelf(size):
    async with dashboard(size=size) as here:
        await here.press("3")
        await here.press("down")
        assert "Custom Integration Template" in here.picture
        assert ("fill in     api_endpoint" in here.picture) is (size[0] >= 100)
        assert same(f"templates-{size[0]}x{size[1]}", here)


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_a_workflow_made_from_a_template_is_described_before_it_is_made(size):
    async with dashboard(size=size) as here:
        await here.press("3")
        await here.press("down", "plus")
        await here.type("crm.leads")
        assert "makes       crm.leads" in here.picture
        assert same(f"fromtemplate-{size[0]}x{size[1]}", here)


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_sagas_stand_newest_first(size):
    async with dashboard(size=size) as here:
        await here.press("4")
        assert "« compensating" in here.picture
        assert same(f"sagas-{size[0]}x{size[1]}", here)


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_a_saga_has_two_lanes(size):
    async with dashboard(size=size) as here:
        await here.press("4")
        await here.press("down", "down", "enter")
        await here.press("down")
        assert here.picture.index("doing >>") < here.picture.index("<< undoing")
        assert same(f"saga-{size[0]}x{size[1]}", here)


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_a_saga_that_is_to_be_cancelled_says_what_it_will_undo(size):
    async with dashboard(size=size) as here:
        await here.press("4")
        await here.press("down", "s")
        assert here.picture.index("RefundCustomer") < here.picture.index("ReleaseStock")
        assert here.sent == []
        assert same(f"saga-cancel-{size[0]}x{size[1]}", here)


async def test_a_saga_in_ascii():
    async with dashboard(size=(80, 24), looks=Looks(ascii=True)) as here:
        await here.press("4")
        await here.press("down", "down", "enter")
        assert here.picture.isascii()
        assert "< compensating" in here.lines[0]
        assert same("saga-ascii", here)


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_the_health_of_the_server(size):
    async with dashboard(size=size) as here:
        await here.press("5")
        await here.pass_by(100)
        assert "! degraded" in here.lines[0]
        assert ("this dashboard" in here.picture) is (size[0] >= 100)
        assert same(f"health-{size[0]}x{size[1]}", here)


async def test_the_health_of_the_server_in_ascii():
    async with dashboard(size=(120, 36), looks=Looks(ascii=True)) as here:
        await here.press("5")
        assert here.picture.isascii()
        assert "############  500 of 500" in here.picture
        assert same("health-ascii", here)


async def test_a_filter_that_nothing_fits_says_how_to_take_it_off():
    async with dashboard(size=(80, 24)) as here:
        await here.press("slash")
        await here.type("zzzz")
        assert not here.screen.listing.shown
        assert "zzzz" in here.picture
        assert same("nothing-fits", here)


async def test_a_server_that_is_gone_leaves_the_last_good_picture(monkeypatch):
    async with dashboard(size=(80, 24)) as here:

        async def gone(cursor):
            raise ConnectionFailedError("Nothing answered at https://example.com")

        monkeypatch.setattr(here.backend, "changes", gone)
        await here.press("r")
        assert "OFFLINE" in here.lines[0]
        assert FAILING in here.picture
        assert same("offline", here)


async def test_a_server_that_is_slow_is_waited_for_in_words():
    @asynccontextmanager
    async def never(_crashed):
        await asyncio.Event().wait()
        yield

    app = Dashboard(Opening(session=never))
    async with app.run_test(size=(80, 24)) as pilot:
        here = Pilot(app, pilot, None, None, None)
        app.front._tell_waiting()
        await pilot.pause(0)
        assert "Asking demo" in here.picture
        assert "loading" in here.lines[0]
        assert same("loading", here)


async def test_a_failed_row_has_the_themes_colour_of_failure():
    async with dashboard(size=(80, 24)) as here:
        wanted = here.app.get_css_variables()["status-failed"].casefold()
        table = here.screen.table
        painted = table.render_line(table.head_height)
        failed = [part.style.color for part in painted if "failed" in part.text]
        assert [colour.triplet.hex for colour in failed] == [wanted]


@pytest.fixture
def specs(tmp_path):
    return project(tmp_path)


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_a_registration_shows_what_would_be_sent_and_when_it_fires(size, specs):
    async with dashboard(size=size, project=specs, zone="Asia/Seoul") as here:
        await here.press("plus")
        here.screen.query_one("#field-dataset").value = "sales.daily_totals"
        await here.settle()
        await here.pass_by(1)
        assert "16:30 +09:00 here" in here.picture
        assert "enter register" in here.picture
        assert same(f"register-{size[0]}x{size[1]}", here)


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_a_registration_that_overwrites_and_has_a_wrong_cron(size, specs):
    async with dashboard(size=size, project=specs) as here:
        await here.press("plus")
        here.screen.query_one("#field-dataset").value = "orders_hourly"
        await here.settle()
        await here.pass_by(1)
        here.screen.query_one("#field-cron").value = "15 24 * * *"
        await here.settle()
        assert "[DLI-805] hour" in here.picture
        assert "overwrites" in here.picture
        assert same(f"register-over-{size[0]}x{size[1]}", here)


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_what_is_unregistered_says_what_is_lost(size):
    async with dashboard(size=size) as here:
        await here.press("slash")
        await here.type("orders_")
        await here.press("enter", "asterisk", "D")
        assert "Unregister 3 workflows?" in here.picture
        assert "falls out" in here.picture
        assert same(f"unregister-{size[0]}x{size[1]}", here)


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_the_places_of_a_person_at_a_glance(size):
    places = FakePlaces(shop=holding("a"), gone=ConnectionFailedError("Nothing answered"))
    places.wheres["shop"] = Where("shop", production=True, read_only=True)
    async with among(places, size=size) as here:
        await here.press("c")
        await here.press("down", "down")
        assert "PROD READ-ONLY" in here.picture
        assert "unreachable" in here.picture
        assert same(f"contexts-{size[0]}x{size[1]}", here)


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_a_profile_that_is_added_says_where_secrets_stay(size):
    async with among(FakePlaces(), size=size) as here:
        await here.press("c")
        await here.press("a")
        here.screen.query_one("#way").chosen = "password"
        await here.settle()
        assert "No secret is typed here" in here.picture
        assert same(f"contexts-add-{size[0]}x{size[1]}", here)


async def test_the_places_in_ascii():
    async with among(FakePlaces(shop=holding("a")), looks=Looks(ascii=True)) as here:
        await here.press("c")
        assert here.picture.isascii()
        assert same("contexts-ascii", here)


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_the_saved_views(size):
    views = {"mornings": {"problems": True, "columns": ["name", "last"]}, "all": {}}
    async with dashboard(size=size, views=views) as here:
        await here.press("V")
        assert "problems, worst first, 2 columns" in here.picture
        assert same(f"views-{size[0]}x{size[1]}", here)


PRODUCTION = Where("shop", production=True, typed=True)


async def planned(here):
    """Open the planner and choose the last week, whatever exists."""
    await here.press("b")
    await here.pass_by(1)
    for name, day in (("from", "2026-11-15"), ("to", "2026-11-21")):
        here.screen.query_one(f"#date-{name}").value = day
    with here.screen.prevent(Options.Changed):
        here.screen.query_one("#scope").chosen = "missing"
    await here.press("tab", "left", "shift+tab")
    await here.pass_by(1)


async def begun(here):
    """Have a backfill started, and see its second date under way."""
    request = BackfillRequest(ROUTINE, date(2026, 11, 16), date(2026, 11, 16))
    result = await here.backend.backfill(request)
    here.app.open_backfill(RunRef(result.run_id, ROUTINE), ROUTINE)
    await here.settle()
    while here.screen.sheet.done < 1:
        await here.pass_by(10)


@pytest.mark.parametrize("size", [(60, 16), *SIZES], ids=str)
async def test_a_backfill_is_planned_day_by_day(size):
    async with dashboard(size=size, begin=FAILING) as here:
        await planned(here)
        assert "+20" in here.picture
        assert "enter start 319 runs" in here.picture
        assert here.sent == []
        assert same(f"backfill-question-{size[0]}x{size[1]}", here)


async def test_a_backfill_is_planned_in_ascii():
    async with dashboard(size=(80, 24), begin=FAILING, looks=Looks(ascii=True)) as here:
        await planned(here)
        assert here.picture.isascii()
        assert "20x" in here.picture
        assert same("backfill-question-ascii", here)


async def test_a_backfill_in_production_shows_the_week_that_is_chosen_and_what_to_type():
    async with dashboard(size=(80, 24), begin=FAILING, where=PRODUCTION) as here:
        await planned(here)
        assert "shop is production" in here.picture
        assert "+20" in here.picture
        assert same("backfill-question-production", here)


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_the_dates_of_a_backfill_as_they_go(size):
    async with dashboard(size=size) as here:
        await begun(here)
        assert "✓►" in here.screen.facts.words
        assert "1/" in here.lines[0]
        assert same(f"backfill-{size[0]}x{size[1]}", here)


async def test_the_dates_of_a_backfill_in_ascii_and_in_production():
    where = PRODUCTION
    async with dashboard(size=(80, 24), looks=Looks(ascii=True), where=where) as here:
        await begun(here)
        assert here.picture.isascii()
        assert "PROD" in here.lines[0]
        assert "+>" in here.screen.facts.words
        assert same("backfill-ascii", here)


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_the_backfills_of_a_place(size):
    async with dashboard(size=size) as here:
        await begun(here)
        await here.press("6")
        assert "1/48" in here.picture
        assert same(f"backfills-{size[0]}x{size[1]}", here)


async def test_the_backfills_of_a_production_place_in_ascii():
    async with dashboard(size=(80, 24), looks=Looks(ascii=True), where=PRODUCTION) as here:
        await begun(here)
        await here.press("6")
        assert here.picture.isascii()
        assert "> running" in here.picture
        assert same("backfills-ascii", here)
