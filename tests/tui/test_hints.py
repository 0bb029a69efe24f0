"""A hint that names a command names the key instead, where there is one."""

from __future__ import annotations

import pytest

from dli_tui.tui import keys
from dli_tui.tui.hints import in_keys


@pytest.mark.parametrize(
    ("hint", "says"),
    [
        ("Resume it first: dli-tui workflow unpause a.b", "Let it fire again with u."),
        ("Pause it now: dli-tui workflow pause a.b", "Hold its schedule with p."),
        ("See it with: dli-tui workflow status a_1", "Look again with r."),
        (
            "It may have happened all the same. Look first: dli-tui workflow history -d a.b",
            "It may have happened all the same. Look again with r.",
        ),
        ("Ask an administrator.", "Ask an administrator."),
        ("Stop them first, or use --force.", "Stop them first, or turn on force."),
        ("", ""),
    ],
)
def test_a_hint_says_the_key(hint, says):
    assert in_keys(hint, lambda command_id: keys.BY_ID[command_id].keys) == says


def test_in_a_dialog_the_key_is_for_after_it():
    hint = "See it with: dli-tui workflow status a_1"
    assert in_keys(hint, lambda _: "r", in_dialog=True) == "Look again with r after esc."
