"""A monkey at the keyboard: the dashboard lives, has the focus, and asks before it writes.

The keys come from seeds, so what fails once fails again.
"""

from __future__ import annotations

import random

import pytest
from textual import events
from textual.keys import _character_to_key
from textual.screen import ModalScreen

from dli_tui.tui import keys
from dli_tui.tui.modals.question import Question
from dli_tui.tui.screens.base import DashboardScreen
from tests.support_tui import dashboard

STEPS = 120
BOUND = sorted(
    {key for command in keys.COMMANDS for key in command.keys.split(",")}
    # Quitting ends the game; a pager takes the terminal, which there isn't.
    - {"q", "P"}
)
MOVES = ["down", "up", "pagedown", "pageup", "home", "end", "left", "right", "tab", "shift+tab"]
TEXT = [*"aeiort123=_-{}[]'/!:", "space", "backspace", "ctrl+w", "ctrl+u"]
DEEDS = [*"pustR", "enter", "escape", "ctrl+s"]
KINDS = [(BOUND, 6), (MOVES, 5), (TEXT, 3), (DEEDS, 6)]
SIZES = [(80, 24), (120, 36), (200, 60), (60, 16), (100, 20), (40, 8), (160, 30)]


@pytest.fixture
def submitted(monkeypatch):
    """Every time that a question was answered with yes."""
    answers = []
    submit = Question.action_submit
    # The palette and the line of keys offer it too, and it would end the game.
    monkeypatch.setattr(DashboardScreen, "action_quit", lambda screen: None)

    def counted(question):
        answers.append(question.plan.title)
        submit(question)

    monkeypatch.setattr(Question, "action_submit", counted)
    return answers


async def one_step(here, chance):
    """Do one thing; what it was."""
    dice = chance.random()
    if dice < 0.04:
        size = chance.choice(SIZES)
        await here.pilot.resize_terminal(*size)
        return f"size {size}"
    if dice < 0.12:
        width, height = here.app.size
        spot = chance.randrange(width), chance.randrange(height)
        await here.pilot.click(offset=spot, times=chance.choice([1, 1, 2]))
        return f"click {spot}"
    key = chance.choice(chance.choices([kind for kind, _ in KINDS], [n for _, n in KINDS])[0])
    name, letter = (_character_to_key(key), key) if len(key) == 1 else (key, None)
    here.app.post_message(events.Key(name, letter))
    await here.pilot.pause(0)
    return key


# A callback of Textual's that the end overtakes isn't awaited; that is no fault of a screen.
@pytest.mark.filterwarnings("ignore:.*was never awaited", "ignore:.*Screen._watch_selections")
@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_it_survives_and_writes_only_what_was_confirmed(seed, submitted):
    chance = random.Random(seed)
    done = []
    async with dashboard(size=(100, 30)) as here:
        for step in range(STEPS):
            done.append(await one_step(here, chance))
            if step % 25 == 0:
                await here.pass_by(chance.choice([1, 3, 20]))
            assert here.app.is_running, done
            assert here.app.crash is None, done
            assert len(here.sent) == 0 or submitted, done
        await here.settle()
        await here.resize(120, 36)
        focused, front = here.app.focused, here.screen
        assert focused is None or focused.screen is front, done
        assert focused is not None or isinstance(front, ModalScreen), done
        assert len({(action.at, action.deed) for action in here.backend._journal.actions()}) <= len(
            submitted
        ), (done, submitted, here.sent)
        await here.press("escape", "escape", "escape", "escape", "escape", "escape")
        assert here.screen is here.app.screen_stack[0], done
        assert here.picture.count("\n") == 35
