"""Counters and gauges in the text format of Prometheus, for whoever signs in.

Nothing in them names a person, a workflow or an address.
"""

from __future__ import annotations

import resource
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from dli_tui._version import __version__

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "DELETE", "OPTIONS"})
_BOUNDS: Final = (0.005, 0.025, 0.1, 0.5, 1.0, 5.0, 30.0)

Sample = tuple[str, float]
"""Labels as they are written, and a value."""
Family = tuple[str, str, str, Iterable[Sample]]
"""A name, its kind, what it means, and its samples."""


class Requests:
    """What was answered since the server began."""

    def __init__(self) -> None:
        self._began = time.time()
        self._answered: Counter[tuple[str, str]] = Counter()
        self._buckets = [0] * (len(_BOUNDS) + 1)
        self._seconds = 0.0

    def note(self, method: str, status: int | None, seconds: float) -> None:
        """Count one more."""
        known = method if method in _METHODS else "other"
        self._answered[known, "none" if status is None else str(status)] += 1
        self._buckets[bisect_left(_BOUNDS, seconds)] += 1
        self._seconds += seconds

    def families(self) -> Iterable[Family]:
        """What is told of them."""
        yield (
            "dli_tui_requests_total",
            "counter",
            "Requests that were answered.",
            [
                (f'{{method="{method}",status="{status}"}}', count)
                for (method, status), count in sorted(self._answered.items())
            ],
        )
        yield (
            "dli_tui_request_seconds",
            "histogram",
            "How long requests took.",
            self._histogram(),
        )
        yield (
            "dli_tui_build_info",
            "gauge",
            "The version that runs.",
            [(f'{{version="{__version__}"}}', 1)],
        )
        yield (
            "process_start_time_seconds",
            "gauge",
            "When the server began, in seconds since 1970.",
            [("", round(self._began, 3))],
        )

    def _histogram(self) -> Iterable[Sample]:
        count = 0
        for bound, here in zip((*_BOUNDS, "+Inf"), self._buckets, strict=True):
            count += here
            yield f'_bucket{{le="{bound}"}}', count
        yield "_sum", round(self._seconds, 6)
        yield "_count", count


def gauge(name: str, means: str, value: float) -> Family:
    """A single value that goes up and down."""
    return name, "gauge", means, [("", value)]


def counter(name: str, means: str, value: float) -> Family:
    """A single value that only goes up."""
    return name, "counter", means, [("", value)]


def by_component(name: str, means: str, values: Mapping[str, float]) -> Family:
    """A value for each component."""
    return name, "gauge", means, [(f'{{component="{one}"}}', values[one]) for one in values]


def text_of(families: Iterable[Family]) -> str:
    """The families as they are scraped."""
    lines: list[str] = []
    for name, kind, means, samples in families:
        lines += [f"# HELP {name} {means}", f"# TYPE {name} {kind}"]
        lines += [f"{name}{labels} {value:.17g}" for labels, value in samples]
    return "\n".join([*lines, ""])


def of_the_process() -> Iterable[Family]:
    """What the system knows of this process; reads files."""
    memory = _resident()
    if memory is not None:
        yield gauge("process_resident_memory_bytes", "Memory that is in use.", memory)
    with suppress(OSError):
        count = sum(1 for _ in Path("/proc/self/fd").iterdir())
        yield gauge("process_open_fds", "Files and connections that are open.", count)
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    if limit != resource.RLIM_INFINITY:
        yield gauge("process_max_fds", "How many may be open.", limit)


def _resident() -> int | None:
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    except (OSError, ValueError, IndexError):
        return None
    return pages * resource.getpagesize()
