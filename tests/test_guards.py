"""The guards of conftest guard: without this, a silent one would prove nothing."""

from __future__ import annotations

import socket
import time
from pathlib import Path

import pytest

from tests.conftest import BlockedLoopError


async def test_opening_a_file_in_the_event_loop_fails(tmp_path):
    with pytest.raises(BlockedLoopError, match="open was called"):
        (tmp_path / "file").read_text()


def test_opening_a_file_elsewhere_is_fine():
    assert Path(__file__).read_text().startswith('"""The guards')


def test_reaching_for_the_network_fails():
    with socket.socket() as one, pytest.raises(AssertionError, match="tried to reach"):
        one.connect(("192.0.2.1", 9))


def test_looking_up_a_name_fails():
    with pytest.raises(AssertionError, match="looked up"):
        socket.getaddrinfo("x.example.com", 80)


def test_sleeping_fails():
    with pytest.raises(AssertionError, match="slept"):
        time.sleep(0.001)
