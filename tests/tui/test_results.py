"""What became of many things is told for each, what failed first and with its reason."""

from __future__ import annotations

import pytest

from dli_tui.tui.deeds import Told
from dli_tui.tui.looks import Tone
from dli_tui.tui.modals import results

DONE = Told("a", ok=True, words="started")
FAILED = Told("b", ok=False, words="[DLI-503] no \x1b[31mroom", hint="Look with: r")
UNSURE = Told("c", ok=False, words="[DLI-501] perhaps yours: r7", unsure=True)


def told(*outcomes):
    lines = results.lines(outcomes, lambda hint: hint.replace("with: r", "with f5"))
    return ["".join(piece.text for piece in line) for line in lines]


def test_what_failed_comes_first_with_reason_and_hint():
    assert told(DONE, FAILED) == [
        "  failed  b",
        "          [DLI-503] no room",
        "          Look with f5",
        "  done    a",
    ]


def test_what_nobody_knows_of_stands_between_what_failed_and_what_is_done():
    assert told(DONE, UNSURE, FAILED)[3:] == [
        "  unsure  c",
        "          [DLI-501] perhaps yours: r7",
        "  done    a",
    ]


@pytest.mark.parametrize(
    ("outcomes", "tone"),
    [
        ([DONE], Tone.COMPLETED),
        ([DONE, UNSURE], Tone.LATE),
        ([DONE, UNSURE, FAILED], Tone.FAILED),
    ],
)
def test_the_gravest_of_them_gives_the_tone(outcomes, tone):
    assert results.tone(outcomes) is tone


@pytest.mark.parametrize(
    ("outcomes", "rehearsed", "says"),
    [
        ([DONE, FAILED], False, "1 of 2 failed"),
        (
            [DONE, FAILED, UNSURE],
            False,
            "Of 3: 1 failed, 1 perhaps done, look before you ask for it again",
        ),
        ([DONE, UNSURE], False, "Of 2: 1 perhaps done, look before you ask for it again"),
        ([DONE, FAILED], True, "1 of 2 would fail. Checked only, nothing was started"),
        ([DONE, DONE], True, "All 2 went well. Checked only, nothing was started"),
    ],
)
def test_they_are_summed_up(outcomes, rehearsed, says):
    assert results.summed_up(outcomes, rehearsed=rehearsed) == says
