"""The demo as its options want it."""

from __future__ import annotations

import getpass
from pathlib import Path

from dli_tui.backends.demo.backend import DemoBackend
from dli_tui.backends.demo.cast import STANDARD
from dli_tui.backends.demo.crowd import with_crowd
from dli_tui.backends.demo.journal import FileJournal, Journal, MemoryJournal
from dli_tui.config.demo import DemoOptions
from dli_tui.domain.clock import Clock


def open_demo(options: DemoOptions, clock: Clock) -> DemoBackend:
    """The demo that `options` describe, at the hour of `clock`."""
    journal: Journal = journal_of(options) if options.remembers else MemoryJournal()
    return DemoBackend(
        STANDARD if options.size is None else with_crowd(options.size, options.seed),
        clock=clock,
        journal=journal,
        seed=options.seed,
        user=_user(),
        latency=options.latency_ms / 1000,
    )


def journal_of(options: DemoOptions) -> FileJournal:
    """What the demo of that seed remembers."""
    return FileJournal((options.state or _state_folder()) / f"demo-{options.seed}.jsonl")


def _state_folder() -> Path:
    from platformdirs import user_state_path  # noqa: PLC0415 - only where something is remembered

    return user_state_path("dli-tui", appauthor=False)


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user need not have a name
        return "you"
