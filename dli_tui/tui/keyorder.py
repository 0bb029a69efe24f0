"""Keys in the order in which they were pressed, whichever part of the dashboard handles them.

A letter goes to the message queue of the widget that is typed in; an editing key or a command is
a binding, which the app runs. In one burst (a macro, a slow connection, a busy loop) a binding
would run before the letters pressed earlier, or after the letters pressed later. So the app
handles one key at a time, and waits for a widget's queue where the next key depends on it.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from textual.screen import Screen

if TYPE_CHECKING:
    from textual.message_pump import MessagePump
    from textual.widget import Widget

_LONGEST_WAIT: Final = 1.0
"""A widget that is removed while its queue is waited for never answers."""


def takes_text(widget: Widget) -> bool:
    """Whether `widget` is one to type in."""
    return widget.check_consume_key("a", "a")


async def wait_for(widget: Widget) -> None:
    """Wait until a widget and all around it have handled the messages sent so far.

    A change of the text is a message that climbs to the screen, so each queue is emptied in turn.
    """
    with suppress(TimeoutError):
        async with asyncio.timeout(_LONGEST_WAIT):
            # What the widget sends while it handles a key is in its own queue first.
            await _empty_queue(widget)
            for node in widget.ancestors_with_self:
                await _empty_queue(node)
                if isinstance(node, Screen):
                    break


async def _empty_queue(pump: MessagePump) -> None:
    reached = asyncio.Event()
    if pump.call_later(reached.set):
        await reached.wait()
