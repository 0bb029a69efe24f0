"""Logs: each line a function of its number, however they are read."""

import pytest

from dli_tui.backends.demo.logs import MOST_LINES
from dli_tui.domain.ids import LogRef, RunRef
from dli_tui.domain.query import HistoryQuery
from dli_tui.domain.status import RunStatus
from tests.support import everything

LONG = LogRef(RunRef("platform.search.reindex_20260310_080000"), "reindex")
LINES = 100_001
"""A hundred thousand, and the one that says that it is done."""


async def test_a_log_of_a_hundred_thousand_lines_is_read_chunk_by_chunk(backend):
    chunks = [await backend.logs(LONG)]
    while not chunks[-1].complete:
        chunks.append(await backend.logs(LONG, chunks[-1].cursor))
    assert all(0 < len(chunk.lines) <= MOST_LINES + 1 for chunk in chunks)
    lines = [line for chunk in chunks for line in chunk.lines]
    assert len(lines) == LINES
    assert lines[0].text == "reindex: try 1 begins"
    assert lines[-1].text == "reindex: done"
    assert all(line.at is not None for line in lines[::5_000])
    assert [line.at for line in lines[::5_000]] == sorted(line.at for line in lines[::5_000])


async def test_the_tail_of_a_long_log_costs_its_own_lines_only(backend):
    chunk = await backend.logs(LONG, str(LINES - 11))
    assert len(chunk.lines) == 11
    assert chunk.complete


async def test_a_log_under_way_has_the_lines_written_so_far(backend, clock):
    run = RunRef("platform.search.reindex_20260310_080000")
    (_, step, _) = await backend.steps(run)
    clock.moment = step.started_at + (step.finished_at - step.started_at) * 0.0105
    chunk = await backend.logs(LONG)
    assert len(chunk.lines) == pytest.approx(1_050, abs=1)
    assert not chunk.complete
    assert chunk.lines[-1].at <= clock.now()


@pytest.mark.parametrize("cursor", ["", "x", "-5", "1.5", "٣x"])
async def test_a_cursor_that_was_not_given_out_begins_at_the_beginning(backend, cursor):
    ref = LogRef(RunRef("catalog.products_sync_20260310_093000"), "fetch")
    assert await backend.logs(ref, cursor) == await backend.logs(ref)


async def test_a_cursor_beyond_the_end_brings_nothing(backend):
    chunk = await backend.logs(LONG, "999999")
    assert (chunk.lines, chunk.complete, chunk.cursor) == ((), True, "999999")


async def test_each_try_has_a_log_of_its_own(backend):
    query = HistoryQuery("logistics.carriers.rates", status=RunStatus.FAILED, limit=1)
    (run,) = await everything(backend.history(query))
    first = await backend.logs(LogRef(run.ref, "fetch", 1))
    second = await backend.logs(LogRef(run.ref, "fetch", 2))
    assert first.lines[0].text == "fetch: try 1 begins"
    assert second.lines[0].text == "fetch: try 2 begins"
    assert first.lines[-1].text == second.lines[-1].text
    assert first.lines[-1].text.startswith("steps.errors.StepFailed: HTTP 503")
    third = await backend.logs(LogRef(run.ref, "fetch", 3))
    assert (third.lines, third.complete) == ((), True)


async def test_what_a_hostile_step_says_comes_as_it_is(backend):
    query = HistoryQuery("legacy.[bold]import[/bold]", status=RunStatus.FAILED, limit=1)
    (run,) = await everything(backend.history(query))
    step = next(step for step in await backend.steps(run.ref) if step.error_message)
    chunk = await backend.logs(LogRef(run.ref, step.name, step.attempt))
    assert any("\x1b[2J" in line.text for line in chunk.lines)
