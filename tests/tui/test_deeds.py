"""From the key to what is sent: who is asked, who is refused, and what is meant."""

from __future__ import annotations

import pytest

from dli_tui.domain.errors import AnswerLostError, ServerError
from dli_tui.domain.ids import RunRef
from dli_tui.domain.request_id import current_request_id
from dli_tui.domain.status import RunStatus
from dli_tui.tui.deeds import once
from dli_tui.tui.modals.question import Question
from dli_tui.tui.opening import Where
from tests.support_backends import ScriptedBackend, row, run
from tests.support_deeds import WaitingBackend, answer, go_to, notices, tap
from tests.support_tui import dashboard


@pytest.mark.parametrize("key", ["p", "u", "R", "s", "t"])
async def test_read_only_refuses_before_anything_is_asked(key):
    async with dashboard(read_only=True) as here:
        await here.press(key)
        assert not isinstance(here.screen, Question)
        assert "READ-ONLY" in notices(here)[0]
        assert here.sent == []


@pytest.mark.parametrize(
    ("name", "key", "says"),
    [
        ("orders_snapshot", "p", "it is paused already. Let it fire again with u."),
        ("orders_snapshot", "R", "it is paused. Let it fire again with u."),
        ("orders_daily", "u", "it is active already. Hold its schedule with p."),
        ("finance.tax", "p", "it is disabled. It has to be enabled again where it is defined."),
        ("orders_daily", "s", "its run is completed. There is nothing to stop."),
        ("weekly_summary", "t", "it has never run. Start a run with R."),
    ],
)
async def test_a_key_that_is_off_says_why_and_what_helps(name, key, says):
    async with dashboard() as here:
        await go_to(here, name)
        await here.press(key)
        assert notices(here)[-1].endswith(says)
        assert not isinstance(here.screen, Question)


async def test_a_hint_names_the_key_that_the_person_gave_to_the_command():
    async with dashboard(keys={"do.unpause": "U"}) as here:
        await go_to(here, "orders_snapshot")
        await here.press("p")
        assert notices(here)[-1].endswith("Let it fire again with U.")


async def test_what_is_sent_is_what_was_shown_whatever_moves_behind():
    backend = ScriptedBackend(
        [row("d", is_running=True, last_run=run("r1", RunStatus.RUNNING))],
    )
    async with dashboard(backend=backend) as here:
        await here.press("s")
        backend.rows = [row("d", is_running=True, last_run=run("r2", RunStatus.RUNNING))]
        await here.pass_by(60)
        assert "run r1" in here.picture
        await answer(here)
        assert [ref.run_id for ref, _ in backend.arrived("stop")] == ["r1"]


async def test_a_row_that_somebody_else_paused_meanwhile_is_answered_without_sending():
    async with dashboard() as here:
        await go_to(here, "orders_daily")
        await here.press("p")
        await here.backend.pause("orders_daily")
        await answer(here)
        assert here.sent == ["pause"]
        assert notices(here)[-1] == "Workflow 'orders_daily' is already paused"


async def test_a_row_that_vanished_meanwhile_is_refused_in_the_form():
    backend = ScriptedBackend([row("d"), row("e")])
    async with dashboard(backend=backend, size=(80, 24)) as here:
        await here.press("p")
        backend.rows = [row("e")]
        await answer(here)
        assert "[DLI-800] Workflow 'd' not found" in here.picture
        assert backend.sent == []


async def test_hidden_rows_are_counted_marked_and_typed():
    async with dashboard() as here:
        await go_to(here, "orders_daily")
        await here.press("space", "space", "slash", *"ml.", "enter")
        await here.press("p")
        assert here.picture.count("  hidden by the filter  ") == 2
        assert "2 hidden by the filter: type 2" in here.picture
        await answer(here)
        assert here.sent == []
        await here.press("2", "enter")
        assert here.sent == ["pause", "pause"]


async def test_many_ask_once_and_each_has_its_result():
    rows = [row(name) for name in "abc"]
    refusal = ServerError("the scheduler is busy", hint="Wait a minute.")
    backend = ScriptedBackend(rows, pause=[None, refusal, None])
    async with dashboard(backend=backend, size=(80, 24)) as here:
        await here.press("asterisk", "p")
        await answer(here)
        assert "1 of 3 failed" in here.picture
        assert "failed  b" in here.picture
        assert "[DLI-503] the scheduler is busy" in here.picture
        assert "Wait a minute." in here.picture
        assert "try the 1 that failed again" in here.picture
        await here.press("enter")
        assert len(backend.sent) == 3, "too soon to have read the results"
        await answer(here)
        assert len(backend.sent) == 4
        assert not isinstance(here.screen, Question)


async def test_of_two_clicks_at_once_one_asks():
    async with dashboard() as here:
        for _ in range(2):
            here.app.deeds.begin("pause", here.app.front)
        await here.settle()
        assert len(here.app.screen_stack) == 2


async def test_the_run_that_is_meant_is_the_one_that_the_row_opens():
    nameless = run("", RunStatus.RUNNING)
    backend = ScriptedBackend(
        [row("d", is_running=True, last_run=nameless)], [run("r1", RunStatus.RUNNING)]
    )
    async with dashboard(backend=backend) as here:
        await here.press("s")
        assert "run r1" in here.picture
        await here.press("escape")
        await here.press("w")
        assert here.app.bridge.session.watching.is_watched(RunRef("r1", "d"))


async def test_a_run_whose_id_nobody_tells_is_neither_stopped_nor_watched():
    nameless = run("", RunStatus.RUNNING)
    backend = ScriptedBackend([row("d", is_running=True, last_run=nameless)])
    async with dashboard(backend=backend) as here:
        await here.press("s")
        assert notices(here)[-1].startswith("Can't stop d: the server doesn't tell its run's id.")
        await here.press("w")
        assert notices(here)[-1] == "There is no run to watch"
        await here.press("v")
        assert notices(here)[-1] == "The server doesn't tell the last run of d"


async def test_what_is_for_one_is_for_the_row_under_the_cursor_whatever_is_selected():
    rows = [row(name, is_running=True) for name in "ab"]
    runs = [run(f"r-{name}", RunStatus.RUNNING, dataset_name=name) for name in "ab"]
    backend = ScriptedBackend(rows, runs)
    async with dashboard(backend=backend) as here:
        await here.press("asterisk")
        await go_to(here, "b")
        await here.press("w")
        assert here.app.bridge.session.watching.is_watched(RunRef("r-b", "b"))
        await here.press("l")
        assert here.app.front.crumbs[1] == "b"


async def test_where_nothing_can_be_changed_no_key_is_offered_for_it():
    async with dashboard(read_only=True) as here:
        assert "p pause" not in here.lines[-1]
        assert "enter open" in here.lines[-1]
    async with dashboard() as here:
        assert "p pause" in here.lines[-1]


async def test_quitting_while_something_is_sent_wants_to_be_meant():
    backend = WaitingBackend([row("d")])
    async with dashboard(backend=backend) as here:
        await here.press("p")
        await here.pass_by(1)
        await tap(here, "enter", "escape", "q")
        assert here.app.is_running
        assert notices(here)[-1].startswith("Still sending: Pause d. Quit again")
        await tap(here, "q")
        assert here.app._exit
        assert backend.sent == ["pause"]


async def test_production_is_seen_and_the_name_typed_out():
    where = Where("prod", production=True, typed=True)
    async with dashboard(where=where, size=(80, 24)) as here:
        await go_to(here, "orders_daily")
        await here.press("p")
        assert " PROD " in next(line for line in here.lines if "Pause orders_daily?" in line)
        frame = here.screen.query_one("#question").styles.border_top
        assert frame[0] == "heavy"
        await answer(here)
        assert here.sent == []
        assert "Type orders_daily to go on" in here.picture
        await here.type("orders_daily")
        await here.press("enter")
        assert here.sent == ["pause"]


async def test_on_the_page_of_a_run_that_run_is_meant_and_not_the_latest():
    old, new = run("r1", RunStatus.RUNNING), run("r2", RunStatus.RUNNING)
    backend = ScriptedBackend([row("d", is_running=True, last_run=new)], [new, old])
    async with dashboard(backend=backend) as here:
        here.app.open_run(old.ref, "d")
        await here.settle()
        await here.press("s")
        assert "run r1" in here.picture
        await answer(here)
        assert [ref.run_id for ref, _ in backend.arrived("stop")] == ["r1"]


async def test_the_same_words_stand_there_once_however_often_the_key_comes():
    async with dashboard(read_only=True) as here:
        await here.press("p", "p", "D", "p")
        assert len([told for told in notices(here) if "READ-ONLY" in told]) == 1


async def test_the_same_answer_has_one_id_until_it_succeeded_and_then_another():
    ids, problems = [], [AnswerLostError(), ServerError(), None, None]

    async def call(_answer):
        ids.append(current_request_id())
        problem = problems.pop(0)
        if problem is not None:
            raise problem
        return "done"

    send = once("saga", call)
    for _ in range(4):
        await send("a", lambda _through: None)
    first, again, succeeded, next_one = ids
    assert first is not None
    assert first == again == succeeded != next_one
