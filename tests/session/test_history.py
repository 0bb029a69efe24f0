"""A history comes page by page as far as somebody reads, and is kept true from its top."""

from contextlib import asynccontextmanager
from datetime import timedelta

from dli_tui.domain.errors import ConnectionFailedError
from dli_tui.domain.page import Page
from dli_tui.domain.query import HistoryQuery
from dli_tui.domain.status import RunStatus
from dli_tui.session.front import BEHIND_SECONDS
from dli_tui.session.history import CALM_SECONDS, LIVE_SECONDS, MOST_PAGES
from tests.support_backends import NOW, ScriptedBackend, run
from tests.support_session import Told, looking_at

DOWN = ConnectionFailedError()
RUNNING, DONE, FAILED = RunStatus.RUNNING, RunStatus.COMPLETED, RunStatus.FAILED
ALL = HistoryQuery()


class Runs(ScriptedBackend):
    """A place with many runs, newest first, that counts the pages it was asked for."""

    def __init__(self, count=0, *, runs=None, **options):
        numbered = [run(f"r{number:05}") for number in reversed(range(count))]
        super().__init__(runs=runs or numbered, **{"page": 3, **options})
        self.pages = 0
        self.closed = 0

    async def history(self, query):
        self._asked("history", query)
        try:
            start = 0
            while start < len(self.runs):
                self._asked("page", start)
                self.pages += 1
                yield Page(tuple(self.runs[start : start + self.page]), self.total)
                start += self.page
        finally:
            self.closed += 1

    def add(self, *runs):
        """Newer ones."""
        self.runs[:0] = runs


@asynccontextmanager
async def reading(backend, query=ALL):
    async with looking_at(backend) as here:
        feed = here.session.history(query)
        await feed.start()
        await here.settle()
        yield here, feed
        await feed.close()


def ids(feed):
    return [one.run_id for one in feed.runs]


async def test_the_first_page_is_there_and_nothing_more_is_asked():
    backend = Runs(30)
    async with reading(backend) as (_, feed):
        assert ids(feed) == ["r00029", "r00028", "r00027"]
        assert (feed.loading, feed.ended, feed.total) == (False, False, None)
        assert backend.pages == 1


async def test_pages_come_as_they_are_wanted_from_the_same_listing():
    backend = Runs(30)
    async with reading(backend) as (here, feed):
        feed.want(7)
        await here.settle()
        assert len(feed.runs) == 9
        assert (backend.pages, len(backend.arrived("history"))) == (3, 1)
        feed.want(8)
        await here.settle()
        assert backend.pages == 3


async def test_ten_thousand_runs_are_read_with_one_question_a_page():
    backend = Runs(10_000, page=500, total=10_000)
    async with reading(backend) as (here, feed):
        feed.want(20_000)
        await here.settle()
        assert len(feed.runs) == feed.total == 10_000
        assert feed.ended
        assert (backend.pages, len(backend.arrived("history"))) == (20, 1)


async def test_an_empty_history_has_ended():
    async with reading(Runs()) as (_, feed):
        assert (feed.runs, feed.loading, feed.ended) == ((), False, True)


async def test_what_is_new_stands_at_the_top_and_what_was_read_stays():
    backend = Runs(30)
    async with reading(backend) as (here, feed):
        feed.want(9)
        await here.settle()
        before, pages = feed.runs, backend.pages
        backend.add(run("new"))
        await here.pass_by(CALM_SECONDS)
        assert ids(feed)[:2] == ["new", "r00029"]
        assert feed.runs[1:] == before
        assert all(new is old for new, old in zip(feed.runs[1:], before, strict=True))
        assert backend.pages == pages + 1


async def test_where_nothing_is_new_the_runs_are_the_very_same():
    async with reading(Runs(30)) as (here, feed):
        before = feed.runs
        await here.pass_by(CALM_SECONDS)
        assert feed.runs is before


async def test_the_listing_goes_on_where_it_was_although_the_top_has_moved():
    backend = Runs(12)
    async with reading(backend) as (here, feed):
        backend.add(run("new"))
        await here.pass_by(CALM_SECONDS)
        feed.want(100)
        await here.settle()
        assert ids(feed) == ["new", *(f"r{number:05}" for number in reversed(range(12)))]


async def test_a_run_that_moved_is_told_anew_and_asked_for_more_often():
    backend = Runs(runs=[run("r1", RUNNING), run("r0")])
    async with reading(backend) as (here, feed):
        backend.runs[0] = run("r1", FAILED)
        await here.pass_by(LIVE_SECONDS)
        assert feed.runs[0].status is FAILED
        pages = backend.pages
        await here.pass_by(LIVE_SECONDS)
        assert backend.pages == pages


async def test_a_run_that_no_longer_fits_is_gone():
    backend = Runs(9)
    async with reading(backend) as (here, feed):
        del backend.runs[1]
        await here.pass_by(CALM_SECONDS)
        assert "r00007" not in ids(feed)


async def test_a_run_far_below_that_is_under_way_is_asked_for_by_itself():
    backend = Runs(runs=[*(run(f"r{at}") for at in range(3)), run("slow", RUNNING), run("old")])
    async with reading(backend) as (here, feed):
        feed.want(5)
        await here.settle()
        backend.runs[3] = run("slow", DONE)
        await here.pass_by(LIVE_SECONDS)
        assert [ref.run_id for ref in backend.arrived("run_status")] == ["slow"]
        assert feed.runs[3].status is DONE


async def test_when_everything_is_new_the_history_begins_anew():
    backend = Runs(6)
    async with reading(backend) as (here, feed):
        fresh = [run(f"n{at:02}") for at in range(3 * MOST_PAGES)]
        backend.add(*fresh)
        await here.pass_by(CALM_SECONDS)
        assert ids(feed) == [one.run_id for one in fresh]
        feed.want(100)
        await here.settle()
        assert len(feed.runs) == len(fresh) + 6


async def test_a_history_whose_runs_are_all_gone_is_empty():
    backend = Runs(6)
    async with reading(backend) as (here, feed):
        backend.runs.clear()
        await here.pass_by(CALM_SECONDS)
        assert (feed.runs, feed.ended) == ((), True)


async def test_a_problem_leaves_what_is_known_and_a_listing_that_broke_goes_on():
    backend = Runs(12, cues={"page": [None, DOWN]})
    async with reading(backend) as (here, feed):
        feed.want(5)
        await here.settle()
        assert feed.freshness.problem is DOWN
        assert len(feed.runs) == 3
        await here.pass_by(5)
        assert feed.freshness.problem is None
        assert len(feed.runs) == len(set(ids(feed))) >= 5


async def test_a_first_page_that_never_came_is_asked_for_again():
    async with reading(Runs(3, cues={"history": [DOWN]})) as (here, feed):
        assert feed.loading
        await here.pass_by(5)
        assert len(feed.runs) == 3


async def test_while_it_is_covered_nothing_is_asked():
    backend = Runs(30)
    async with reading(backend) as (here, feed):
        feed.pause()
        feed.want(9)
        await here.pass_by(100)
        assert backend.pages == 1
        feed.resume()
        await here.settle()
        assert len(feed.runs) == 9


async def test_behind_other_windows_it_is_asked_less_often():
    backend = Runs(30)
    async with reading(backend) as (here, _feed):
        here.session.front(is_front=False)
        await here.pass_by(CALM_SECONDS)
        assert backend.pages == 1
        await here.pass_by(BEHIND_SECONDS - CALM_SECONDS)
        assert backend.pages == 2


async def test_who_wants_it_now_has_the_top_at_once_also_while_pages_are_read():
    backend = Runs(30)
    async with reading(backend) as (here, feed):
        backend.add(run("new"))
        feed.want(7)
        await here.refresh(feed)
        assert ids(feed)[0] == "new"
        assert len(feed.runs) >= 7


async def test_a_listing_that_is_left_is_closed():
    backend = Runs(30)
    async with reading(backend) as (here, feed):
        assert backend.closed == 0
        await feed.close()
        await here.settle()
        assert backend.closed == 1


async def test_there_is_news_when_a_page_has_come():
    async with reading(Runs(30)) as (here, feed):
        told = Told(feed)
        feed.want(6)
        await here.settle()
        assert told.count > 0


async def test_the_question_is_the_one_that_was_asked():
    query = HistoryQuery(workflow="d", start_date=(NOW - timedelta(days=3)).date())
    moved = [run("r1", started_at=NOW), run("r0", started_at=NOW - timedelta(days=9))]
    backend = Runs(runs=moved)
    async with reading(backend, query) as (_, feed):
        assert backend.arrived("history") == [query]
        # The place filters nothing; the client does.
        assert ids(feed) == ["r1"]


async def test_pages_of_which_nothing_fits_are_read_past_and_take_nothing_away():
    runs = [run(f"r{at:02}", FAILED if at == 16 else DONE) for at in reversed(range(30))]
    backend = Runs(runs=runs)
    async with reading(backend, HistoryQuery(status=FAILED)) as (here, feed):
        assert ids(feed) == ["r16"]
        pages = backend.pages
        assert pages == 5
        await here.pass_by(CALM_SECONDS)
        assert ids(feed) == ["r16"]
        assert backend.pages == pages + MOST_PAGES
        feed.want(2)
        await here.settle()
        assert (ids(feed), feed.ended) == (["r16"], True)
