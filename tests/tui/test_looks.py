"""Glyphs: one cell each, no two alike where they could be mistaken, a word for every state."""

from __future__ import annotations

from unicodedata import east_asian_width

import pytest
from rich.cells import cell_len

from dli_tui.domain.status import HealthStatus, RunStatus, SagaStatus, StepStatus, WorkflowStatus
from dli_tui.tui.looks import (
    ASCII_SIGNS,
    CANCELLING,
    HEALTH,
    RUNS,
    SAGAS,
    SCHEDULES,
    SIGNS,
    STEPS,
    Looks,
)

TABLES = [
    (RunStatus, RUNS),
    (StepStatus, STEPS),
    (WorkflowStatus, SCHEDULES),
    (SagaStatus, SAGAS),
    (HealthStatus, HEALTH),
]
LOOKS = (RUNS, STEPS, SCHEDULES, SAGAS, HEALTH)
EVERY = [*(look for table in LOOKS for look in table.values()), CANCELLING]


@pytest.mark.parametrize(
    ("states", "table"), TABLES, ids=["runs", "steps", "schedules", "sagas", "health"]
)
def test_every_state_has_a_look_and_a_word_of_its_own(states, table):
    assert set(table) == set(states)
    assert len({look.word for look in table.values()}) == len(table)


@pytest.mark.parametrize("look", EVERY, ids=lambda look: look.word)
def test_a_glyph_takes_one_cell_in_every_terminal(look):
    assert cell_len(look.glyph) == 1
    assert east_asian_width(look.glyph) in ("N", "Na")
    assert look.ascii.isascii()
    assert len(look.ascii) == 1


@pytest.mark.parametrize("sign", ASCII_SIGNS)
def test_ascii_is_ascii(sign):
    assert sign.isascii()


@pytest.mark.parametrize("sign", [*SIGNS.cursor, *SIGNS.selected, *SIGNS.crumb])
def test_a_sign_takes_one_cell(sign):
    assert cell_len(sign) == 1


def test_looks_draw_with_one_set_or_the_other():
    failed = RUNS[RunStatus.FAILED]
    assert (Looks().glyph(failed), Looks(ascii=True).glyph(failed)) == ("✗", "x")
