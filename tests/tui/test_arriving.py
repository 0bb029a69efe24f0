"""`dli-tui open NAME|RUN|URL` begins where it was told to, or says calmly what wasn't found."""

import pytest

from dli_tui.backends.demo.backend import DemoBackend
from dli_tui.backends.demo.cast import STANDARD
from dli_tui.backends.demo.journal import MemoryJournal
from dli_tui.domain.errors import Unsupported
from dli_tui.domain.ids import RunRef
from dli_tui.tui.screens.run import RunScreen
from tests.support import ManualClock
from tests.support_backends import ScriptedBackend
from tests.support_tui import HOUR, dashboard

TRAIN = "ml.recommender.train"


@pytest.fixture
async def run_of():
    """The last run of a workflow of the demo."""
    backend = DemoBackend(STANDARD, clock=ManualClock(HOUR), journal=MemoryJournal())

    async def last(name):
        return (await backend.recent_runs([name], 1))[name][0]

    return last


def note(here):
    """The only note on screen."""
    (one,) = here.app._notifications
    return one.message


def current(here):
    return here.app.screen.table.current.name


@pytest.mark.parametrize(
    ("said", "name"),
    [(TRAIN, TRAIN), ("recommender", TRAIN), ("USER_metrics", "iceberg.analytics.user_metrics")],
)
async def test_a_name_or_its_only_fitting_part_puts_the_cursor_on_its_row(said, name):
    async with dashboard(begin=said) as here:
        assert current(here) == name
        assert not here.app._notifications


async def test_of_two_rows_of_one_name_it_is_the_one_in_force():
    async with dashboard(begin="iceberg.analytics.daily_clicks") as here:
        assert here.screen.table.current.key.source == "code"


async def test_a_part_of_several_names_is_answered_with_them():
    async with dashboard(begin="orders_") as here:
        assert note(here).startswith("'orders_' may be orders_daily, orders_hourly")
        assert "Search the list with /" in note(here)


async def test_what_nobody_is_called_is_said_and_how_to_search():
    async with dashboard(begin="no\x1b]0;x\x07pe") as here:
        assert note(here) == "No workflow or run is called 'nope'. Search the list with /"


@pytest.mark.parametrize("with_workflow", [False, True])
async def test_a_run_opens_its_page(run_of, with_workflow):
    run = await run_of(TRAIN)
    said = f"{TRAIN}/{run.run_id}" if with_workflow else run.run_id
    async with dashboard(begin=said) as here:
        assert isinstance(here.screen, RunScreen)
        assert here.screen.crumbs[1] == TRAIN
        await here.press("escape")
        assert here.app.front is here.app.screen_stack[0]


async def test_a_run_that_a_workflow_has_not_leads_to_its_row():
    async with dashboard(begin=f"{TRAIN}/run_7") as here:
        assert current(here) == TRAIN
        assert note(here) == f"{TRAIN} has no run 'run_7'"


async def test_a_run_of_an_unknown_workflow_is_not_found():
    async with dashboard(begin="nobody/run_7") as here:
        assert note(here) == "No workflow is called 'nobody'. Search the list with /"


@pytest.mark.parametrize(
    "link",
    [
        "https://airflow.example.com/dags/{workflow}/runs/{run}",
        "https://airflow.example.com/log?dag_id={workflow}&dag_run_id={run}",
        "https://airflow.example.com/dags/renamed/grid?dag_run_id={run}",
    ],
)
async def test_a_link_as_airflow_writes_it_opens_the_run(run_of, link):
    run = await run_of(TRAIN)
    async with dashboard(begin=link.format(workflow=TRAIN, run=run.run_id)) as here:
        assert isinstance(here.screen, RunScreen)


async def test_the_log_page_of_a_last_run_opens_that_run(run_of):
    run = await run_of(TRAIN)
    async with dashboard(begin=run.logs_url) as here:
        assert here.screen.feed.ref == RunRef(run.run_id, TRAIN)


async def test_a_link_to_a_workflow_leads_to_its_row():
    async with dashboard(begin=f"https://airflow.example.com/dags/{TRAIN}/grid") as here:
        assert current(here) == TRAIN


async def test_a_link_to_something_else_is_not_repeated():
    async with dashboard(begin="https://example.com/?token=s3cret") as here:
        assert "belongs to that link" in note(here)
        assert "s3cret" not in here.picture


async def test_whoever_has_gone_somewhere_meanwhile_is_left_alone():
    async with dashboard() as here:
        await here.press("question_mark")
        here.app.opening = here.app.opening.__class__(session=here.app.opening.session, begin=TRAIN)
        front, before = here.screen, here.app.front.table.current
        here.app.arrive(here.app.bridge.session)
        await here.settle()
        assert (here.screen, here.app.front.table.current) == (front, before)


async def test_a_list_that_is_given_up_is_not_waited_for():
    backend = ScriptedBackend([], workflows=[Unsupported("no lists here")])
    async with dashboard(backend=backend, begin="orders") as here:
        await here.settle()
        assert not [one for one in here.app.workers if one.group == "going" and one.is_running]
