"""What is done with the programs to get the figures; one function measures what goes together.

A figure that bears the name of a budget is held against it; the others say what is behind it.
"""

from __future__ import annotations

import asyncio
import time
from statistics import median
from typing import Final

from tests.benchmarks import cast, crowd
from tests.benchmarks.airflow import airflow
from tests.benchmarks.figures import Figures, Setting, p95, ratio, spread
from tests.benchmarks.log import seconds_to_make
from tests.terminal import Terminal

_SIZES: Final = (200, 10_000, 100_000)
_HELD_PRESSES: Final = 60
_HELD_RATE: Final = 30.0
_PRESSES_A_FAULT: Final = 9
_DAGS: Final = 3_000
_EVERY_DAG: Final = r"\b3,000 +live"
_MANY_DAGS: Final = 10_000
_MANY_DAGS_SHOWN: Final = r"\b10,000 +live"
_PAGES_LOOKED_AT: Final = 30
"""More rows than are kept with their runs."""
_HOUR_OF_LOG: Final = "2026-11-21T07:30:00+00:00"
"""The long run of six o'clock is over, and nothing of its log is still to come."""


def starting(setting: Setting) -> Figures:
    """From nothing to the frame, to the rows, and back to the shell."""
    hello, frame, rows, quits, wrong = [], [], [], [], 0
    # A start is short and much disturbs it: more rounds than anything else gets.
    for number in range(-1, 3 * setting.effort.rounds):
        with Terminal(cast.HELLO.argv, size=cast.SIZE, env=setting.env) as terminal:
            painted = terminal.until(cast.HELLO.frame) - terminal.started
        ours = cast.crowded(200)
        with Terminal(ours.argv, size=cast.SIZE, env=setting.env) as terminal:
            framed = terminal.until(ours.frame) - terminal.started
            filled = terminal.until(ours.ready) - terminal.started
            terminal.settle(0.3)
            took, left = _quit(terminal)
        wrong = max(wrong, left)
        if number < 0:
            continue  # the first one warms the caches of the disk
        hello.append(painted)
        frame.append(framed)
        rows.append(filled)
        quits.append(took)
    return {
        "first-paint": ratio(frame, hello),
        "rows": ratio(rows, hello),
        "quit": 1_000 * median(quits),
        "quit-clean": wrong,
        "hello, ms": 1_000 * median(hello),
        "first paint, ms": 1_000 * median(frame),
        "rows, ms": 1_000 * median(rows),
    }


def _quit(terminal: Terminal) -> tuple[float, int]:
    """How long it takes to end, and how much is wrong afterwards."""
    asked = time.perf_counter()
    terminal.press("q")
    code = terminal.wait()
    ended = terminal.ended or time.perf_counter()
    return ended - asked, len(terminal.left_over()) + (code != 0)


def pressing(setting: Setting) -> Figures:
    """A key, and the first that is seen of it."""
    effort = setting.effort
    lines: list[float] = []
    downs: dict[int, list[float]] = {size: [] for size in _SIZES}
    pages: list[float] = []
    for _ in range(effort.rounds):
        with cast.at_rest(cast.ONE_LINE, setting.env) as terminal:
            lines.append(median(cast.pressed(terminal, "down", effort.presses)))
        for size in _SIZES:
            with cast.at_rest(cast.crowded(size), setting.env) as terminal:
                downs[size].append(median(cast.pressed(terminal, "down", effort.presses)))
                if size == _SIZES[1]:
                    pages.append(median(cast.pressed(terminal, "pagedown", effort.presses)))
    return {
        **{f"down-{size}": ratio(downs[size], lines) for size in _SIZES},
        "down-spread": spread([median(downs[size]) for size in _SIZES]),
        "page-down": ratio(pages, lines),
        "one line, ms": 1_000 * median(lines),
        **{f"down at {size:,}, ms": 1_000 * median(downs[size]) for size in _SIZES},
        "page down, ms": 1_000 * median(pages),
    }


def holding(setting: Setting) -> Figures:
    """A key that is held, and what ten thousand rows weigh."""
    with cast.at_rest(cast.crowded(10_000), setting.env) as terminal:
        memory = terminal.rss_mib()
        lags = [
            cast.held(terminal, "down", _HELD_PRESSES, _HELD_RATE)
            for _ in range(setting.effort.rounds)
        ]
    return {"held": 1_000 * median(lags), "memory": memory}


def resting(setting: Setting) -> Figures:
    """Nobody does anything, nothing changes, and the place is asked all the same."""
    with cast.at_rest(cast.still(1_000), setting.env) as terminal:
        share, rate = _spent(terminal, setting.effort.rest)
    return {"idle-cpu": share, "idle-bytes": rate}


def churning(setting: Setting) -> Figures:
    """Much changes; the processor, and what keys feel of it."""
    effort = setting.effort
    many = 2 * effort.presses  # one in twenty of a few would be the largest
    quiet: list[float] = []
    busy: list[float] = []
    for _ in range(effort.rounds):
        with cast.at_rest(cast.still(10_000), setting.env) as terminal:
            quiet += cast.pressed(terminal, "down", many)
        with cast.at_rest(cast.churning(10_000), setting.env) as terminal:
            busy += cast.pressed(terminal, "down", many)
    with cast.at_rest(cast.churning(10_000), setting.env) as terminal:
        share, rate = _spent(terminal, effort.rest)
    return {
        "churn-cpu": share,
        "churn-down": p95(busy) / p95(quiet),
        "churn, bytes/s": rate,
        "churn, down p95, ms": 1_000 * p95(busy),
        "churn, down longest, ms": 1_000 * max(busy),
        "quiet, down p95, ms": 1_000 * p95(quiet),
    }


def _spent(terminal: Terminal, seconds: float) -> tuple[float, float]:
    """Percent of a core, and bytes a second."""
    began, cpu, written = time.perf_counter(), terminal.cpu_seconds(), terminal.written
    terminal.watch(seconds)
    took = time.perf_counter() - began
    return 100 * (terminal.cpu_seconds() - cpu) / took, (terminal.written - written) / took


def breaking(setting: Setting) -> Figures:
    """Ten thousand rows over a line that is never well for long, and keys all the while."""
    times: list[float] = []
    with (
        cast.served(10_000, setting.env, *cast.STANDING) as url,
        cast.bad_line(url, setting.env) as line,
        cast.at_rest(cast.on_server(line.url), setting.env) as terminal,
    ):
        line.turn_bad()
        for _ in range(2 * setting.effort.rounds):
            # The list is asked for at once, so that something goes wrong all the time.
            terminal.press("r")
            times += cast.pressed(terminal, "j", _PRESSES_A_FAULT)
    return {
        "broken-line": 1_000 * max(times),
        "broken line, p95, ms": 1_000 * p95(times),
        "broken line, median, ms": 1_000 * median(times),
    }


def asking_airflow(setting: Setting) -> Figures:
    """Three thousand DAGs with ten runs each: what that costs an Airflow in requests."""
    with airflow(_DAGS) as asked:
        program = cast.on_airflow(asked.url)
        with Terminal(program.argv, size=cast.SIZE, env=setting.env) as terminal:
            shown = terminal.until(program.ready, timeout=60)
            terminal.until(_EVERY_DAG, timeout=60)
            cast.calm(terminal)
            whole = len(asked.requests)
            terminal.watch(setting.effort.rest)
            ticks = [one.at for one in asked.requests[whole:]]
    return {
        "airflow-whole": whole,
        "airflow-tick": max(sum(0 <= other - at < 1 for other in ticks) for at in ticks),
        "airflow-line": max(one.length for one in asked.requests),
        "airflow, requests until rows": asked.until(shown),
        "airflow, rows, ms": 1_000 * (shown - terminal.started),
        "airflow, requests in ten quiet seconds": 10 * len(ticks) / setting.effort.rest,
    }


def weighing_airflow(setting: Setting) -> Figures:
    """Ten thousand DAGs with ten runs each, once many of them were looked at."""
    with airflow(_MANY_DAGS, scheduled=True) as asked:
        program = cast.on_airflow(asked.url)
        with Terminal(program.argv, size=cast.SIZE, env=setting.env) as terminal:
            terminal.until(program.ready, timeout=60)
            terminal.until(_MANY_DAGS_SHOWN, timeout=300)
            listed = terminal.rss_mib()
            for _ in range(_PAGES_LOOKED_AT):
                terminal.press("pagedown")
                terminal.settle()
            # A poll tells the zones that were found of all of them.
            terminal.watch(setting.effort.rest)
            cast.calm(terminal)
            return {"airflow-memory": terminal.rss_mib(), "airflow, 10,000 listed, MiB": listed}


def crowding(setting: Setting) -> Figures:
    """Ten thousand rows that move, and five hundred who look at them."""
    with cast.served(10_000, setting.env) as url:
        # The first to come pays for the list.
        asyncio.run(crowd.alone(url, 1.0))
        one = asyncio.run(crowd.alone(url, setting.effort.rest / 2))
        many = asyncio.run(crowd.crowd(url, 2 * setting.effort.rest))
    return {
        "crowd": many.slowest / one.middle,
        "crowd-failed": many.failed,
        "crowd, one alone, median, ms": 1_000 * one.middle,
        "crowd, median, ms": 1_000 * many.middle,
        "crowd, p99, ms": 1_000 * many.slowest,
        "crowd, answers": len(many.times),
    }


def reading(setting: Setting) -> Figures:
    """A log of a hundred thousand lines: opened, and read to its end."""
    with cast.at_rest(cast.demo("--at", _HOUR_OF_LOG), setting.env) as terminal:
        terminal.press("/")
        terminal.settle()
        terminal.send("reindex")
        terminal.until(r"\b1 of \d+")
        terminal.press("enter")
        terminal.settle()
        terminal.press("v")
        terminal.until(r"log swap .* \d+ lines")
        terminal.settle(0.3)
        before = terminal.rss_mib()
        terminal.press("up")
        terminal.settle()
        asked = time.perf_counter()
        terminal.press("enter")
        shown = terminal.until(r"\b100,\d{3} lines", timeout=30) - asked
        terminal.settle(0.3)
        after = terminal.rss_mib()
    made = seconds_to_make(_HOUR_OF_LOG)
    return {
        "log-shown": 1_000 * max(0.0, shown - made),
        "log-memory": after - before,
        "log, key to the last line, ms": 1_000 * shown,
        "log, made by the demo in, ms": 1_000 * made,
    }
