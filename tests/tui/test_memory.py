"""Garbage is collected once the first picture is there, and also where none ever comes."""

from __future__ import annotations

import gc

import pytest

from dli_tui.domain.errors import ConfigurationError, ConnectionFailedError
from dli_tui.tui import app as module
from tests.support_backends import ScriptedBackend
from tests.support_tui import dashboard


@pytest.fixture(autouse=True)
def _as_it_starts():
    """As `python -m dli_tui` begins; and as it was, after the test."""
    threshold = gc.get_threshold()
    gc.disable()
    yield
    gc.unfreeze()
    gc.set_threshold(*threshold)
    gc.enable()


async def test_it_is_collected_once_the_list_is_there():
    async with dashboard():
        assert gc.isenabled()


async def test_it_is_collected_where_the_profile_cannot_be_opened():
    async with dashboard(refusals=[ConfigurationError()]) as here:
        await here.until(lambda: here.app.bridge.problem is not None)
        assert gc.isenabled()


async def test_it_is_collected_where_nothing_answers():
    async with dashboard(backend=ScriptedBackend(workflows=[ConnectionFailedError()])):
        assert gc.isenabled()


async def test_it_is_collected_where_the_profile_never_opens(monkeypatch):
    monkeypatch.setattr(module, "_LONGEST_START", 0.01)
    async with dashboard(held=True) as here:
        await here.until(gc.isenabled)
