"""An answer that was lost is told calmly: what is known of it, and nothing is sent again."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from dli_tui.domain.errors import AnswerLostError, ConnectionFailedError
from dli_tui.domain.status import RunStatus, WorkflowStatus
from dli_tui.tui.modals.question import Question
from tests.support_backends import ScriptedBackend, row, run
from tests.support_deeds import answer, notices, tap
from tests.support_tui import HOUR, dashboard

CUT = AnswerLostError("cut")
DOWN = ConnectionFailedError("no route")
SINCE = HOUR + timedelta(seconds=2)


class Losing(ScriptedBackend):
    """Does what it is told, and loses the answer to what is done to `loses`."""

    def __init__(self, *args, loses=(), starts=True, **options):
        super().__init__(*args, **options)
        self.loses, self.starts = loses, starts
        self.is_down = self.goes_down = False
        self.gate = asyncio.Event()
        self.gate.set()

    async def run(self, request):
        await self.gate.wait()
        done = await super().run(request)
        self.is_down = self.goes_down
        if request.dataset_name not in self.loses:
            return done
        if self.starts:
            begun = run(f"r{len(self.sent)}", created_at=SINCE, triggered_by="ann@example.com")
            known = {"dataset_name": request.dataset_name, "parameters": request.parameters}
            self.runs.insert(0, begun.twin(**known))
        raise CUT

    async def pause(self, name, *, reason=None):
        await super().pause(name, reason=reason)
        held = {"status": WorkflowStatus.PAUSED}
        self.rows = [one.twin(**held) if one.dataset_name == name else one for one in self.rows]
        raise CUT

    def _asked(self, name, what):
        found = super()._asked(name, what)
        if self.is_down:
            raise DOWN
        return found


def place(**options):
    return Losing([row(name) for name in "abc"], **{"loses": "abc", **options})


async def test_what_happened_all_the_same_is_a_success_that_says_so():
    backend = place()
    async with dashboard(backend=backend) as here:
        await here.press("p")
        await answer(here)
        assert notices(here) == ["It happened: a. Its answer was lost on the way"]
        assert not isinstance(here.screen, Question)
        assert backend.sent == ["pause"]
        assert "paused" in here.picture


async def test_what_perhaps_happened_is_told_in_the_form_and_the_form_stays():
    backend = place()
    async with dashboard(backend=backend) as here:
        await here.press("R")
        await here.type("date=today")
        await answer(here)
        told = here.screen.query_one("#refusal").words
        assert (
            "a run by ann@example.com started at 2026-11-21 06:10:02 UTC, perhaps yours: r1" in told
        )
        assert "Look at it before you do it again. Look again with r after esc." in told
        assert "date=today" in here.picture
        assert "enter run all the same" in here.picture
        assert backend.sent == ["run"]


async def test_it_is_sent_again_only_by_somebody_who_has_read_that():
    backend = place()
    async with dashboard(backend=backend) as here:
        await here.press("R")
        await answer(here)
        await here.press("enter")
        assert backend.sent == ["run"], "too soon to have been read"
        await answer(here)
        assert backend.sent == ["run", "run"]


async def test_what_is_unconfirmed_may_be_sent_again_under_its_id():
    backend = place(starts=False)
    async with dashboard(backend=backend, size=(80, 24)) as here:
        await here.press("R")
        await answer(here)
        assert "[DLI-501] The request to run 'a' is unconfirmed" in here.picture
        assert "enter run " in here.picture


async def test_of_many_the_others_go_on_and_this_one_has_its_state():
    backend = place(loses="b")
    async with dashboard(backend=backend) as here:
        await here.press("asterisk", "R")
        await answer(here)
        assert sorted(request.dataset_name for request in backend.arrived("run")) == [*"abc"]
        assert "Of 3: 1 perhaps done, look before you ask for it again" in here.picture
        assert "unsure  b" in here.picture
        assert here.picture.count("  done    ") == 2
        assert "enter" not in here.screen.query_one("#question-keys").words


async def test_what_perhaps_happened_is_never_among_those_that_are_tried_again():
    backend = place(loses="b", run=[ConnectionFailedError("nothing was sent")])
    async with dashboard(backend=backend) as here:
        await here.press("asterisk", "R")
        await answer(here)
        assert "Of 3: 1 failed, 1 perhaps done" in here.picture
        assert "enter try the 1 that failed again" in here.picture
        await answer(here)
        assert [request.dataset_name for request in backend.arrived("run")] == [*"abc", "a"]
        assert not isinstance(here.screen, Question)


async def test_one_that_is_tried_again_and_then_lost_ends_the_trying():
    backend = place(loses="a", run=[ConnectionFailedError("nothing was sent")])
    async with dashboard(backend=backend) as here:
        await here.press("asterisk", "R")
        await answer(here)
        await answer(here)
        assert "unsure  a" in here.picture
        await answer(here)
        assert not isinstance(here.screen, Question), "enter closes what is through"
        assert notices(here) == []
        assert len(backend.sent) == 4


async def test_where_the_look_fails_too_r_looks_again():
    backend = place()
    async with dashboard(backend=backend, size=(120, 36)) as here:
        await here.press("R")
        backend.goes_down = True
        await answer(here)
        told = here.screen.query_one("#refusal").words
        assert "whether it happened can't be told yet (no route)" in told
        assert "Look again before you send it again. Look again with r after esc." in told
        await here.press("escape")
        backend.is_down = False
        backend.rows[0] = row("a", last_run=run("r1", RunStatus.RUNNING, dataset_name="a"))
        await here.press("r")
        assert "running" in here.picture
        assert backend.sent == ["run"]


async def test_who_did_not_wait_is_told_calmly_and_the_draft_is_kept():
    backend = place()
    async with dashboard(backend=backend) as here:
        await here.press("R")
        await here.type("date=today")
        await here.pass_by(1)
        backend.gate.clear()
        await tap(here, "enter", "escape")
        backend.gate.set()
        await here.settle()
        assert "perhaps yours: r1" in notices(here)[-1]
        assert [one.severity for one in here.app._notifications][-1] == "warning"
        await here.press("R")
        assert "date=today" in here.picture
