"""What a step was given and what it gave back, beside its log or in its place."""

from __future__ import annotations

import pytest

from dli_tui.domain.capability import Capability
from dli_tui.domain.status import RunStatus, StepStatus
from dli_tui.domain.step import Step
from tests.support_deeds import answer, notices
from tests.support_tui import HOUR, dashboard
from tests.tui.test_run_screen import Place

DONE, FAILED = StepStatus.COMPLETED, StepStatus.FAILED
ASKED = Step(
    name="ask",
    type="http_request",
    status=DONE,
    started_at=HOUR,
    finished_at=HOUR,
    reported_seconds=2.5,
    attempt=2,
    max_attempts=4,
    input_data={"url": "https://x", "list": [1, 2]},
    output_data={"status_code": 200, "nasty": "\x1b[2J"},
)
BROKE = Step(name="send", status=FAILED, started_at=HOUR, error_message="it answered 503")


BEYOND = Step(name="send", status=FAILED, started_at=HOUR, attempt=8, max_attempts=4)


class Steps(Place):
    """One run with the steps that a test gives it."""

    def __init__(self, *steps, status=RunStatus.FAILED, without=()):
        super().__init__(status=status, without=without)
        self.known = steps

    async def steps(self, ref):
        self._asked("steps", ref)
        return self.known


def without_logs(*steps):
    return Steps(*steps, without=[Capability.LOGS])


async def open_run(here):
    await here.press("v")
    return here.screen


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_where_there_are_no_logs_it_stands_in_their_place(size):
    backend = without_logs(ASKED, BROKE)
    async with dashboard(backend=backend, size=size) as here:
        screen = await open_run(here)
        assert "it answered 503" in screen.inside.words
        assert "nothing is told" in screen.inside.words
        await here.press("up")
        lines = screen.inside.words.splitlines()
        assert lines[0] == "ask  http_request"
        assert "completed  try 2 of 4, 06:10 to 06:10, 2s" in lines[1]
        assert lines[3:6] == ["was given", "url: https://x", "list: [1, 2]"]
        assert lines[7:] == ["gave back", "status_code: 200", 'nasty: "\\e[2J"']
        assert "was given" in here.picture
        assert backend.arrived("logs") == []
        assert "enter read" in here.lines[-1]


async def test_a_step_that_was_asked_for_beyond_its_tries_is_not_one_of_so_many():
    async with dashboard(backend=without_logs(ASKED, BEYOND)) as here:
        screen = await open_run(here)
        assert "failed  try 8, 06:10" in screen.inside.words


async def test_keys_of_a_log_say_that_there_is_none():
    async with dashboard(backend=without_logs(BROKE)) as here:
        screen = await open_run(here)
        await here.press("slash")
        assert "doesn't offer showing logs" in notices(here)[-1]
        await here.press("enter")
        assert here.app.focused is screen.inside
        await here.press("escape")
        assert here.app.focused is screen.steps


async def test_where_there_are_logs_a_key_shows_it_in_their_place_and_back():
    async with dashboard(backend=Steps(ASKED, BROKE)) as here:
        screen = await open_run(here)
        assert screen.pane.display
        assert not screen.inside.display
        await here.press("i")
        assert screen.inside.display
        assert not screen.pane.display
        assert "it answered 503" in screen.inside.words
        await here.press("enter")
        assert here.app.focused is screen.inside
        await here.press("z")
        assert not screen.steps.display
        await here.press("z", "i")
        assert screen.pane.display
        assert here.app.focused is screen.log_view


async def test_steps_that_are_concluded_say_so_and_a_failed_one_counts_as_begun():
    steps = (
        Step(name="a", status=DONE, concluded=True, output_data={"n": 1}),
        Step(name="b", status=FAILED, concluded=True, error_message="no"),
        Step(name="c", status=StepStatus.SKIPPED, concluded=True),
    )
    async with dashboard(backend=without_logs(*steps)) as here:
        screen = await open_run(here)
        told = "This server tells no steps: these are concluded from its results"
        assert told in screen.facts.words
        assert screen.steps.current.raw == "b"
        assert "✗ failed" in here.picture
        assert "not run" not in here.picture


async def test_steps_that_are_told_say_nothing_of_the_kind():
    async with dashboard(backend=Steps(ASKED)) as here:
        screen = await open_run(here)
        assert "concluded" not in screen.facts.words


async def test_a_place_that_tells_no_steps_has_nothing_to_look_into():
    async with dashboard(backend=Steps()) as here:
        await open_run(here)
        await here.press("i")
        assert "no steps here to look into" in notices(here)[-1]


# A retry of one step


async def test_of_several_that_failed_the_one_under_the_cursor_runs_again_or_all():
    other = BROKE.twin(name="tell")
    backend = Steps(ASKED, BROKE, other)
    async with dashboard(backend=backend) as here:
        await open_run(here)
        await here.press("t")
        assert "[x] only tell, not all that failed" in here.picture
        assert "again tell, and what comes after" in here.picture
        await here.press("space")
        assert "again send, tell, and what comes after" in here.picture
        await here.press("space")
        await answer(here)
        ((ref, steps),) = backend.arrived("retry")
        assert (ref.run_id, steps) == ("r1", ("tell",))


async def test_all_that_failed_run_again_where_that_is_chosen():
    backend = Steps(BROKE, BROKE.twin(name="tell"))
    async with dashboard(backend=backend) as here:
        await open_run(here)
        await here.press("t", "space")
        await answer(here)
        ((_, steps),) = backend.arrived("retry")
        assert steps == ()


@pytest.mark.parametrize(
    "steps",
    [
        (ASKED, BROKE),
        (BROKE, Step(name="after", status=FAILED)),
        (BROKE.twin(map_index=0), BROKE.twin(map_index=1)),
    ],
)
async def test_where_only_one_failed_or_copies_of_one_there_is_nothing_to_choose(steps):
    backend = Steps(*steps)
    async with dashboard(backend=backend) as here:
        await open_run(here)
        await here.press("t")
        assert not here.screen.query("Toggle")
        await answer(here)
        ((_, named),) = backend.arrived("retry")
        assert named == ()


async def test_a_cursor_on_a_step_that_went_well_means_all_that_failed():
    backend = Steps(ASKED, BROKE, BROKE.twin(name="tell"))
    async with dashboard(backend=backend) as here:
        await open_run(here)
        await here.press("up", "up", "t")
        assert not here.screen.query("Toggle")
        assert "again send, tell" in here.picture
