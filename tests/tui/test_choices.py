"""What was chosen is found again; what was kept and makes no sense is as if it never was."""

from __future__ import annotations

import pytest

from dli_tui.present.arranging import Order
from dli_tui.tui.choices import Choices, Times

CHOSEN = Choices("nord", Order("last", descending=True), Times.UTC)


@pytest.mark.parametrize("choices", [Choices(), CHOSEN])
def test_choices_come_back_as_they_were(choices):
    assert Choices.of(choices.as_words()) == choices


@pytest.mark.parametrize("kept", [{"sort": "colour"}, {"times": "MARS"}, {"nonsense": "1"}])
def test_nonsense_changes_nothing(kept):
    assert Choices.of(kept) == Choices()
