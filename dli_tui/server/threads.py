"""Threads of the gate alone: tokens, the audit log and the kept answers.

Reading a spec of a megabyte keeps a thread for a second; some of those at once took all threads
of the event loop, and whoever only wanted to sign in waited behind them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

T = TypeVar("T")

_GATE: Final = ThreadPoolExecutor(4, thread_name_prefix="gate")


async def in_gate_thread(work: Callable[[], T]) -> T:
    """Do some work on a disk in a thread that nothing else takes."""
    return await asyncio.get_running_loop().run_in_executor(_GATE, work)
