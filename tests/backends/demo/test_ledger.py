"""The list in its order, whatever was registered, delivered or removed."""

from datetime import UTC, datetime

import pytest

from dli_tui.backends.demo.actions import Action, Deed
from dli_tui.backends.demo.cast import STANDARD
from dli_tui.backends.demo.ledger import ledger
from dli_tui.domain.ids import WorkflowKey

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
ROWS = STANDARD.rows
FIRST, LAST = next(iter(ROWS)), next(reversed(ROWS))


@pytest.mark.parametrize(
    "done",
    [
        [],
        [(Deed.REGISTER, "0.before.all")],
        [(Deed.REGISTER, "zzz.after.all"), (Deed.REGISTER, "m.between")],
        [(Deed.DELIVER, FIRST.name), (Deed.DELIVER, LAST.name)],
        [(Deed.WITHDRAW, FIRST.name), (Deed.UNREGISTER, FIRST.name)],
        [(Deed.UNREGISTER, LAST.name), (Deed.WITHDRAW, LAST.name)],
        [(Deed.REGISTER, "m"), (Deed.UNREGISTER, "m"), (Deed.REGISTER, "m")],
    ],
)
def test_each_row_plays_once_and_in_its_place(done):
    book = ledger(STANDARD, [Action(NOON, "me", deed, name) for deed, name in done])
    playing = list(book.playing(NOON))
    keys = [WorkflowKey(workflow.name, workflow.source) for workflow in playing]
    assert keys == sorted(set(keys))
    assert set(keys) == {key for key in {*ROWS, *book.changed} if book.workflow(key, NOON)}
    assert playing == [book.workflow(key, NOON) for key in keys]
    assert list(book.playing(NOON)) == playing
