"""What holds for every test: no network but loopback, no waiting, nothing that blocks the loop."""

from __future__ import annotations

import asyncio
import builtins
import fcntl
import gc
import io
import os
import socket
import subprocess
import sys
import time
from functools import wraps

# Its first import reads files and starts a program, which no event loop should wait for.
import croniter  # noqa: F401
import pytest
from hypothesis import settings

# As the program itself does: looking for plugins reads a file of every installed package.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")

# Zones, and the dashboard's sheet, are read from small files once and then kept; everything
# else belongs in a thread.
_READ_ONCE = ("zoneinfo", ".tcss")
_BLOCKING = (
    (builtins, "open"),
    (io, "open"),
    (os, "fsync"),
    (os, "open"),
    (fcntl, "flock"),
    (subprocess, "run"),
    (subprocess, "Popen"),
)

_LOOPBACK = ("127.0.0.1", "::1")
_OF_THE_TERMINAL = {"COLUMNS", "LINES", "FORCE_COLOR", "NO_COLOR", "CLICOLOR_FORCE", "TERM"}

# A test makes an app and drops it whole; looking for garbage every 700 objects finds nothing and
# takes a tenth of the time.
gc.set_threshold(50_000)

# The same few examples each time, so that a run says something about the change alone; new ones
# and many more with `make test ARGS=--hypothesis-profile=thorough`.
settings.register_profile("steady", deadline=None, derandomize=True, max_examples=25)
settings.register_profile("thorough", deadline=None, max_examples=300)
settings.load_profile("steady")


class BlockedLoopError(AssertionError):
    """Something blocking was called in the event loop."""


@pytest.fixture(autouse=True)
def _no_blocking_in_the_loop(monkeypatch):
    def guarded(call, name):
        @wraps(call)
        def guard(*arguments, **options):
            in_loop = asyncio._get_running_loop() is not None
            path = str(arguments[0]) if arguments else ""
            if in_loop and not any(part in path for part in _READ_ONCE):
                raise BlockedLoopError(f"{name} was called in the event loop")
            return call(*arguments, **options)

        return guard

    for module, name in _BLOCKING:
        call = getattr(module, name)
        if not isinstance(call, type):
            monkeypatch.setattr(module, name, guarded(call, f"{module.__name__}.{name}"))


@pytest.fixture(autouse=True)
def _no_network(monkeypatch):
    def guarded(call):
        def guard(self, address, *more):
            if not isinstance(address, tuple) or address[0] not in _LOOPBACK:
                raise AssertionError(f"a test tried to reach {address}")
            return call(self, address, *more)

        return guard

    for name in ("connect", "connect_ex"):
        monkeypatch.setattr(socket.socket, name, guarded(getattr(socket.socket, name)))
    look_up = socket.getaddrinfo

    def known(host, *more, **options):
        # An address is known without asking anybody.
        is_name = isinstance(host, str) and not set(host) <= set("0123456789abcdefABCDEF:.")
        if is_name and host != "localhost":
            raise AssertionError(f"a test looked up {host}")
        return look_up(host, *more, **options)

    monkeypatch.setattr(socket, "getaddrinfo", known)


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch):
    sleep = time.sleep

    def refused(seconds):
        # Waiting for a child process is done by sleeping too, deep in the standard library.
        if sys._getframe(1).f_globals["__name__"].partition(".")[0] in ("dli_tui", "tests"):
            raise AssertionError(f"a test slept for {seconds} s")
        sleep(seconds)

    monkeypatch.setattr(time, "sleep", refused)


@pytest.fixture(autouse=True)
def _own_home(monkeypatch, tmp_path_factory):
    """Neither the person's configuration nor their demo is seen or touched."""
    home = tmp_path_factory.mktemp("home")
    for variable in ("XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(variable, str(home / variable.lower()))
    for variable in list(os.environ):
        if variable.startswith("DLI_TUI_") or variable in _OF_THE_TERMINAL:
            monkeypatch.delenv(variable)
