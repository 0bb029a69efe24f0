"""The dashboard as it is, on a demo in which one row in a hundred changes each second.

    python -m tests.benchmarks.programs.churning --demo --demo-size 10000 --at TIME

At an hour that stands still, whatever changes is the churn's; that follows the machine's time.
"""

from __future__ import annotations

from dli_tui.__main__ import main
from dli_tui.backends.demo.opening import open_demo
from dli_tui.backends.port import Backend
from dli_tui.backends.registry import OPENERS
from dli_tui.config.demo import DemoOptions
from dli_tui.domain.clock import Clock, SystemClock
from tests.benchmarks.churn import Churn


def open_churning(options: DemoOptions, clock: Clock) -> Backend:
    """The demo that is asked for, and no rest in it."""
    return Churn(open_demo(options, clock), SystemClock())


if __name__ == "__main__":
    OPENERS["demo"] = "tests.benchmarks.programs.churning:open_churning"
    main()
