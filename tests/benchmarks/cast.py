"""Who is measured: the programs, how one sees that they are there, and a terminal for them."""

from __future__ import annotations

import random
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final, NamedTuple

from tests.terminal import NotShownError, Terminal

SIZE: Final = (160, 48)
_ROW: Final = r"\b[a-z]+\.[a-z_]+\.[a-z_]+"
"""A name of the demo; nothing in the frame around the rows looks like one."""
STANDING: Final = ("--at", "2026-11-21T06:03:00+00:00")
"""An hour at which the demo stands."""
_STILL_CPU: Final = 0.05
"""A program that takes less of a core than this has nothing left to do from its start."""


class Program(NamedTuple):
    """What is started, and the patterns that tell how far it is."""

    words: tuple[str, ...]
    frame: str
    """On the screen from the first paint on."""
    ready: str
    """On the screen as soon as it can be used."""

    @property
    def argv(self) -> list[str]:
        """Run by the Python that runs this."""
        return [sys.executable, "-m", *self.words]


HELLO: Final = Program(("tests.benchmarks.programs.hello",), "hello", "hello")
ONE_LINE: Final = Program(("tests.benchmarks.programs.oneline",), "line 2", "pressed 0 times")


def demo(*words: str) -> Program:
    """The dashboard as anybody starts it."""
    return _dashboard("dli_tui", *words)


def crowded(size: int) -> Program:
    """The dashboard with so many workflows."""
    return demo("--demo-size", str(size))


def still(size: int) -> Program:
    """The dashboard where nothing happens; it asks all the same."""
    return demo("--demo-size", str(size), *STANDING)


def churning(size: int) -> Program:
    """The same, but one row in a hundred changes each second."""
    module = "tests.benchmarks.programs.churning"
    return _dashboard(module, "--demo-size", str(size), *STANDING)


@contextmanager
def served(size: int, env: Mapping[str, str], *more: str) -> Iterator[str]:
    """So many workflows behind our server; its URL."""
    words = ("dli_tui", "serve", "--demo", "--demo-size", str(size), "--port", "0", *more)
    with _beside(words, env) as server:
        yield _url_of(server)


@contextmanager
def bad_line(to: str, env: Mapping[str, str]) -> Iterator[BadLine]:
    """A line to a server, good until it is told otherwise."""
    with _beside(("tests.benchmarks.programs.badline", to), env) as line:
        yield BadLine(_url_of(line), line)


class BadLine(NamedTuple):
    """Where it listens, and the program that it is."""

    url: str
    program: subprocess.Popen[str]

    def turn_bad(self) -> None:
        """From now on, each question meets a fault."""
        if self.program.stdin is not None:
            self.program.stdin.write("now\n")
            self.program.stdin.flush()


def on_airflow(url: str) -> Program:
    """The dashboard on an Airflow."""
    return Program(("dli_tui", "--airflow", url), "Workflows", r"\bteam\.area\.d\d+")


def on_server(url: str) -> Program:
    """The dashboard on a Basecamp server."""
    return Program(("dli_tui", "--basecamp", url), "Workflows", r"\b10,\d{3} +live")


@contextmanager
def _beside(words: Sequence[str], env: Mapping[str, str]) -> Iterator[subprocess.Popen[str]]:
    """A program that runs beside what is measured."""
    with subprocess.Popen(
        [sys.executable, "-m", *words],
        env=env,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as program:
        try:
            yield program
        finally:
            program.terminate()


def _url_of(program: subprocess.Popen[str]) -> str:
    said = "" if program.stdout is None else program.stdout.readline()
    found = re.search(r"http://\S+", said)
    if found is None:
        raise NotShownError(f"no server said where it listens, but {said!r}")
    return found[0]


def _dashboard(module: str, *words: str) -> Program:
    return Program((module, "--demo", *words), "Workflows", _ROW)


@contextmanager
def at_rest(program: Program, env: Mapping[str, str]) -> Iterator[Terminal]:
    """The program in a terminal, when it has done all that its start brings with it."""
    with Terminal(program.argv, size=SIZE, env=env) as terminal:
        terminal.until(program.ready, timeout=60)
        calm(terminal)
        yield terminal


def calm(terminal: Terminal, step: float = 0.3, patience: float = 10.0) -> None:
    """Let a program do what it still has to."""
    limit = time.perf_counter() + patience
    while time.perf_counter() < limit:
        before = terminal.cpu_seconds()
        terminal.watch(step)
        if terminal.cpu_seconds() - before < _STILL_CPU * step:
            return


def pressed(terminal: Terminal, key: str, count: int) -> list[float]:
    """Seconds from each press to the first change of the screen; each after the one before."""
    times = []
    for _ in range(count):
        # Not in step with the frames that the program paints.
        terminal.watch(random.uniform(0.01, 0.04))
        began = time.perf_counter()
        terminal.press(key)
        changes = terminal.settle(after=began)
        if not changes:
            raise NotShownError(f"nothing changed after {key!r}; the screen:\n{terminal.text()}")
        times.append(changes[0] - began)
    return times


def held(terminal: Terminal, key: str, count: int, per_second: float) -> float:
    """Seconds from the last of many presses until the screen is still."""
    began = time.perf_counter()
    for number in range(count):
        terminal.watch(began + number / per_second - time.perf_counter())
        last = time.perf_counter()
        terminal.press(key)
    changes = terminal.settle(after=last)
    return changes[-1] - last if changes else 0.0
