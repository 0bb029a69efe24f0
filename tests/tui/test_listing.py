"""The list as it is looked at: taken from the session bit by bit, arranged, selected."""

from __future__ import annotations

from datetime import timedelta

from dli_tui.domain.ids import WorkflowKey
from dli_tui.domain.status import RunStatus, SourceType
from dli_tui.present.filters import ListFilter
from dli_tui.tui.listing import Listing
from tests.support_backends import NOW, PAIR, ScriptedBackend, row, run
from tests.support_session import looking_at

CODE, MANUAL = SourceType.CODE, SourceType.MANUAL


def key(name, source=MANUAL):
    return WorkflowKey(name, source)


async def taken(backend):
    async with looking_at(backend) as here:
        listing = Listing()
        listing.take(here.workflows)
        listing.arrange(NOW)
        yield here, listing


async def test_it_takes_everything_once_and_then_only_what_has_moved():
    async for here, listing in taken(ScriptedBackend([row("a"), row("b")])):
        assert [one.key for one in listing.shown] == [key("a"), key("b")]
        assert not listing.take(here.workflows)
        here.backend.rows = [row("a"), row("c", cron="1 1 * * *")]
        await here.pass_by(10)
        assert listing.take(here.workflows)
        listing.arrange(NOW)
        assert [one.key for one in listing.shown] == [key("a"), key("c")]


async def test_what_is_gone_is_no_longer_selected():
    async for here, listing in taken(ScriptedBackend([row("a"), row("b")])):
        listing.selected = frozenset({key("a"), key("b")})
        here.backend.rows = [row("a")]
        await here.pass_by(10)
        listing.take(here.workflows)
        assert listing.selected == {key("a")}


async def test_hidden_counts_the_selected_rows_that_the_filter_hides():
    async for _, listing in taken(ScriptedBackend([row("a"), row("b"), row("c")])):
        listing.select(frozenset({key("a"), key("b")}))
        listing.filter = ListFilter(text="b")
        listing.arrange(NOW)
        assert (listing.hidden, [one.name for one in listing.chosen]) == (1, ["a", "b"])


async def test_while_a_long_list_comes_in_it_is_sorted_each_time_it_has_doubled():
    async for here, listing in taken(ScriptedBackend([row(f"d{at}") for at in range(6)])):
        here.workflows.complete = False
        assert not listing.is_worth_arranging(here.workflows, news=True)
        for at in range(6, 12):
            listing.rows[key(f"d{at}")] = listing.rows[key("d0")]
        assert listing.is_worth_arranging(here.workflows, news=True)


async def test_time_alone_can_make_it_due():
    due = row("a", next_run=NOW + timedelta(minutes=1))
    async for _, listing in taken(ScriptedBackend([due])):
        assert not listing.is_due(NOW + timedelta(minutes=2))
        assert listing.is_due(NOW + timedelta(minutes=4))


async def test_the_next_problem_is_found_round_the_end():
    bad = row("b", last_run=run(status=RunStatus.FAILED, dataset_name="b"))
    async for _, listing in taken(ScriptedBackend([row("a"), bad, row("c")])):
        places = [one.name for one in listing.shown]
        assert listing.problem(len(places) - 1, 1, NOW) == places.index("b")
        assert listing.wrong == 1


async def test_a_key_without_a_source_means_the_row_in_force():
    async for _, listing in taken(ScriptedBackend(PAIR)):
        assert listing.row_of(WorkflowKey("pair")).source is CODE
        assert listing.row_of(key("pair")).source is MANUAL
        assert listing.row_of(WorkflowKey("nobody")) is None


async def test_each_row_of_an_overridden_name_has_its_own_last_runs():
    runs = [
        run("of-code", dataset_name="pair", source_type=CODE),
        run("of-manual", dataset_name="pair", source_type=MANUAL),
    ]
    async for here, listing in taken(ScriptedBackend(PAIR, runs)):
        here.workflows.want_recent(["pair"])
        await here.settle()
        listing.take(here.workflows)
        marks = {
            one.source: [mark.ref.run_id for mark in one.marks] for one in listing.rows.values()
        }
        assert marks == {CODE: ["of-code"], MANUAL: ["of-manual"]}
