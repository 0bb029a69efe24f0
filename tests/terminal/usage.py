"""What a session of processes costs: its memory and its time, from /proc (Linux alone)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

_PROC: Final = Path("/proc")
# Fields of /proc/PID/stat, counted behind the name of the program, which may hold anything.
_PARENT, _SESSION = 1, 3
_TIMES: Final = slice(11, 15)
"""Ticks in the program and in the kernel, its own and those of children that it waited for."""


def cpu_seconds(session: int) -> float:
    """Processor time of all of them so far, in steps of a tick (10 ms)."""
    ticks = sum(int(ticks) for stat in _members(session).values() for ticks in stat[_TIMES])
    return ticks / os.sysconf("SC_CLK_TCK")


def rss_mib(session: int) -> float:
    """The memory that all of them hold now."""
    return sum(_resident_kib(pid) for pid in _members(session)) / 1024


def _members(session: int) -> dict[int, list[str]]:
    """The processes of a session, and their descendants that left it."""
    stats = dict(_stats())
    found = {pid for pid, stat in stats.items() if int(stat[_SESSION]) == session}
    while True:
        more = {pid for pid, stat in stats.items() if int(stat[_PARENT]) in found} - found
        if not more:
            return {pid: stats[pid] for pid in found}
        found |= more


def _stats() -> Iterator[tuple[int, list[str]]]:
    for folder in _PROC.iterdir():
        # A process may end between being listed and being read.
        if folder.name.isdecimal():
            with suppress(FileNotFoundError, ProcessLookupError):
                text = (folder / "stat").read_text(encoding="utf-8", errors="replace")
                yield int(folder.name), text.rpartition(")")[2].split()


def _resident_kib(pid: int) -> int:
    with suppress(FileNotFoundError, ProcessLookupError):
        for line in (_PROC / str(pid) / "status").read_text(encoding="utf-8").splitlines():
            name, _, value = line.partition(":")
            if name == "VmRSS":
                return int(value.split()[0])
    return 0
