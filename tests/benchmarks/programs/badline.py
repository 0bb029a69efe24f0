"""A line to a server that is never well for long: each question meets the next of these faults.

    python -m tests.benchmarks.programs.badline URL

It says where it listens, and is a good line until something is written to it.
"""

from __future__ import annotations

import asyncio
import re
import sys
from itertools import cycle
from typing import Final

from tests import support_faults as faults

_LATE: Final = 0.4
_HANGING: Final = 1.5
"""Seconds; nobody presses keys for as long as a dashboard really waits."""
_A_PAGE: Final = "/api/v1/workflows"


async def late(exchange: faults.Exchange) -> None:
    """Answer, but not soon."""
    await asyncio.sleep(_LATE)
    await faults.well(exchange)


async def hang(exchange: faults.Exchange) -> None:
    """Give the headers, and then nothing until the line drops."""
    await exchange.give((await exchange.passed_on()).head)
    await asyncio.sleep(_HANGING)
    exchange.reset()


async def forget(exchange: faults.Exchange) -> None:
    """Ask as if for the first time: every row has to be fetched again."""
    raw = re.sub(rb"\?cursor=[^ &]*", b"", exchange.request.raw, count=1)
    await faults.well(faults.Exchange(exchange.request._replace(raw=raw), *exchange.ends))


FAULTS: Final = (forget, late, faults.truncated, faults.says(503), hang, faults.reset_after)


async def main(server: str) -> None:
    """Be that line until the end of the program."""
    turns = cycle(FAULTS)

    async def one_after_the_other(exchange: faults.Exchange) -> None:
        is_page = exchange.request.path == _A_PAGE
        await (faults.well if is_page else next(turns))(exchange)

    async with faults.line_to(server) as line:
        sys.stdout.write(f"{line.url}\n")
        sys.stdout.flush()
        await asyncio.to_thread(sys.stdin.readline)
        line.breaks(one_after_the_other)
        await asyncio.to_thread(sys.stdin.readline)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
