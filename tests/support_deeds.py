"""What tests of questions share: going to a row, reading before answering, a server that waits."""

from __future__ import annotations

import asyncio

from tests.support_backends import ScriptedBackend

_TURNS = 6


async def go_to(here, name):
    """Put the cursor on a row of the list, by a part of its shown name."""
    rows = here.app.listing.rows.values()
    here.app.go_to(next(row.key for row in rows if name in row.name))
    await here.settle()


async def answer(here, key="enter"):
    """Look at what stands there for a second, then press the key that sends."""
    await here.pass_by(1)
    await here.press(key)


async def tap(here, *keys):
    """Press keys while something is being sent, which a `settle` would wait for."""
    for key in keys:
        here.app.simulate_key(key)
        for _ in range(_TURNS):
            await here.pilot.pause(0)


def notices(here):
    """What the notices say."""
    return [notice.message for notice in here.app._notifications]


class WaitingBackend(ScriptedBackend):
    """Tells steps and answers a pause when it is let to."""

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.gate = asyncio.Event()

    async def steps(self, ref):
        await self.gate.wait()
        return ()

    async def pause(self, name, *, reason=None):
        answered = await super().pause(name, reason=reason)
        await self.gate.wait()
        return answered
