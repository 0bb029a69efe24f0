"""A monkey at the keyboard: the dashboard lives, has the focus, and asks before it writes.

The keys come from seeds, so what fails once fails again.
"""

from __future__ import annotations

import random
from collections import Counter

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
    # Quitting ends the game; a pager and an editor take the terminal, which there isn't.
    - {"q", "P", "E", "A"}
)
MOVES = ["down", "up", "pagedown", "pageup", "home", "end", "left", "right", "tab", "shift+tab"]
TEXT = [*"aeiort123=_-{}[]'/!:", "space", "backspace", "ctrl+w", "ctrl+u"]
DEEDS_OF = {
    "BackfillQuestion": "backfill",
    "TemplateQuestion": "register",
    "StartSagaQuestion": "start_saga",
    "SureQuestion": "cancel_saga",
}
"""What the journal calls it, where the plan says it in other words."""
DEED_NAMES = {
    *(one.id.removeprefix("do.") for one in keys.COMMANDS if one.writes),
    *DEEDS_OF.values(),
}
DEEDS = [*"pustRbD+", *"123456", "enter", "escape", "ctrl+s"]
KINDS = [(BOUND, 6), (MOVES, 5), (TEXT, 3), (DEEDS, 6)]
SIZES = [(80, 24), (120, 36), (200, 60), (60, 16), (100, 20), (40, 8), (160, 30)]


class Confirmed:
    """What was confirmed, and what became of it, by the deeds' names."""

    def __init__(self):
        self.sent: Counter[str] = Counter()
        """One for each target of each plan that was let through: so many may be done at most."""
        self.done: Counter[str] = Counter()
        """One for each target that was told to be done: so many are done exactly."""


@pytest.fixture
def confirmed(monkeypatch):
    """Everything that went past a question, counted where it is sent and not where keys are."""
    counted = Confirmed()
    see_through = Question._see_through
    # The palette and the line of keys offer it too, and it would end the game.
    monkeypatch.setattr(DashboardScreen, "action_quit", lambda screen: None)

    async def seen(question, answered):
        deed, send = (
            DEEDS_OF.get(type(question).__name__, question.plan.verb.split()[0]),
            question._send,
        )
        writes = deed in DEED_NAMES and not question.stays(answered)

        async def told(answered, progress):
            outcome = await send(answered, progress)
            counted.done[deed] += writes * sum(one.ok for one in outcome)
            return outcome

        counted.sent[deed] += writes * question.plan.targets
        monkeypatch.setattr(question, "_send", told)
        await see_through(question, answered)

    monkeypatch.setattr(Question, "_see_through", seen)
    return counted


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
    if dice < 0.24:
        return await a_deed(here, chance)
    key = chance.choice(chance.choices([kind for kind, _ in KINDS], [n for _, n in KINDS])[0])
    await one_key(here, key)
    return key


async def a_deed(here, chance):
    """Ask for a deed and read what it would do, as luck alone hardly ever does; confirm it."""
    deed = chance.choice("pustRbD")
    await one_key(here, deed)
    here.pace.advance(1)
    await one_key(here, "enter")
    return f"deed {deed}"


async def one_key(here, key):
    """Press a key and don't wait for what comes of it."""
    name, letter = (_character_to_key(key), key) if len(key) == 1 else (key, None)
    here.app.post_message(events.Key(name, letter))
    await here.pilot.pause(0)


# A callback of Textual's that the end overtakes isn't awaited; that is no fault of a screen.
@pytest.mark.filterwarnings("ignore:.*was never awaited", "ignore:.*Screen._watch_selections")
@pytest.mark.parametrize("seed", [1, 3, 4, 5])
async def test_it_survives_and_writes_only_what_was_confirmed(seed, confirmed):
    chance = random.Random(seed)
    done = []
    async with dashboard(size=(100, 30)) as here:
        for step in range(STEPS):
            done.append(await one_step(here, chance))
            if step % 25 == 0:
                await here.pass_by(chance.choice([1, 3, 20]))
            assert here.app.is_running, done
            assert here.app.crash is None, done
            assert Counter(here.sent) <= confirmed.sent, (done, here.sent)
        await here.settle()
        await here.resize(120, 36)
        focused, front = here.app.focused, here.screen
        assert focused is None or focused.screen is front, done
        assert focused is not None or isinstance(front, ModalScreen), done
        assert Counter(here.sent) == +confirmed.done, (done, here.sent)
        assert here.sent, "a monkey that never writes proves nothing"
        await here.press("escape", "escape", "escape", "escape", "escape", "escape")
        assert here.screen is here.app.screen_stack[0], done
        assert here.picture.count("\n") == 35
