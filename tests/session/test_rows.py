"""A picture and what changed make the next picture; who has the old one keeps it."""

import asyncio

import pytest

from dli_tui.domain.page import Changes
from dli_tui.session.rows import applied, rows_of
from tests.support_backends import PAIR, row

A, B, C = row("a"), row("b"), row("c")
BEFORE = {A.key: A, B.key: B}
NEW_B = row("b", owner="new")


@pytest.mark.parametrize(
    ("changes", "rows", "moved"),
    [
        (Changes("", (NEW_B, C)), [A, NEW_B, C], [B, C]),
        (Changes("", (A, B)), [A, B], []),
        (Changes("", gone=(A.key, C.key)), [B], [A]),
        (Changes("", (C,), whole=True), [C], [A, B, C]),
        (Changes("", (A, B), whole=True), [A, B], []),
        (Changes("", (NEW_B,), gone=(B.key,)), [A, NEW_B], [B]),
        (Changes("", (B,), gone=(B.key,)), [A, B], []),
    ],
    ids=["changed", "the same", "gone", "whole", "whole and the same", "back", "back as it was"],
)
async def test_only_what_differs_has_moved(changes, rows, moved):
    before = dict(BEFORE)
    after, keys = await applied(before, changes)
    assert after == {row.key: row for row in rows}
    assert keys == {row.key for row in moved}
    assert before == BEFORE
    assert (after is before) == (not moved)


async def test_the_loop_is_free_while_many_rows_are_compared():
    turns = []

    async def count():
        while True:
            turns.append(1)
            await asyncio.sleep(0)

    counting = asyncio.create_task(count())
    await applied({}, Changes("", tuple(row(f"w{number}") for number in range(5_000))))
    counting.cancel()
    assert len(turns) >= 4


def test_the_rows_of_a_name_begin_with_code():
    picture = {row.key: row for row in reversed(PAIR)} | BEFORE
    assert rows_of(picture, "pair") == PAIR
    assert rows_of(picture, "z") == ()
