"""What was chosen of a backfill comes out of a draft as it went in, down to single slots."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from dli_tui.domain.query import BackfillChoice, BackfillScope
from dli_tui.tui.modals import drafts

FIRST, LAST = date(2026, 3, 1), date(2026, 3, 7)


@pytest.mark.parametrize(
    "choice",
    [
        BackfillChoice(FIRST, LAST),
        BackfillChoice(FIRST, LAST, BackfillScope.FAILED, parallel=True),
        BackfillChoice(FIRST, LAST, without=frozenset({FIRST, LAST})),
        BackfillChoice(FIRST, LAST, only=frozenset({datetime(2026, 3, 2, 9, 30, tzinfo=UTC)})),
        BackfillChoice(FIRST, LAST, only=frozenset()),
    ],
)
def test_a_choice_is_kept_whole(choice):
    assert drafts.choice_of(drafts.choice_kept(choice)) == choice


def test_a_draft_without_dates_has_no_choice():
    assert drafts.choice_of({"parameters": "full=true"}) is None
