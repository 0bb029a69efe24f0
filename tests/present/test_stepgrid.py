"""The steps of several runs, a line each."""

from dli_tui.domain.status import RunStatus, StepStatus
from dli_tui.present.rows import StepRow
from dli_tui.present.stepgrid import Cell, Column, grid
from tests.support_backends import NOW

DONE, FAILED = StepStatus.COMPLETED, StepStatus.FAILED
RUN = RunStatus.COMPLETED


def step(name, status=DONE, started=NOW, map_index=None):
    return StepRow(
        raw=name,
        name=name.upper(),
        status=status,
        word="",
        kind="",
        attempt=1,
        attempts=None,
        queued=None,
        started=started,
        finished=None,
        seconds=None,
        error="",
        map_index=map_index,
    )


def test_a_line_a_step_and_a_column_a_run():
    found = grid(
        [Column(RunStatus.FAILED, [step("a"), step("b", FAILED)]), Column(RUN, [step("a")])]
    )
    assert found.runs == (RunStatus.FAILED, RUN)
    assert found.lines == (("A", (Cell(DONE), Cell(DONE))), ("B", (Cell(FAILED), Cell(None))))
    assert not found.awaited


def test_steps_stand_in_the_order_of_the_newest_run():
    found = grid([Column(RUN, [step("old"), step("a")]), Column(RUN, [step("a"), step("b")])])
    assert [name for name, _ in found.lines] == ["A", "B", "OLD"]


def test_what_has_not_come_yet_is_told_apart_from_what_there_is_not():
    found = grid([Column(RUN, None), Column(RUN, [step("a")])])
    assert found.awaited
    assert found.lines == (("A", (Cell(None, known=False), Cell(DONE))),)


def test_of_many_copies_the_worst_is_shown():
    copies = [step("a", map_index=0), step("a", FAILED, map_index=1), step("a", map_index=2)]
    assert grid([Column(RUN, copies)]).lines == (("A", (Cell(FAILED),)),)


def test_a_step_that_was_never_reached_is_not_what_went_wrong():
    found = grid([Column(RUN, [step("a", FAILED, started=None)])])
    assert found.lines == (("A", (Cell(FAILED, reached=False),)),)


def test_without_steps_there_are_no_lines():
    assert grid([]).lines == grid([Column(RUN, [])]).lines == ()
