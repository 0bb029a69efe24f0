"""The world beyond loopback, as the stories' Airflow sees it: one address, played by a test.

A step may send nothing to loopback, and a test nothing to anywhere else. So what is sent to an
address that nobody has arrives at the port of loopback that the test wrote down.
"""

import os
import socket
from pathlib import Path
from typing import Any

OUTSIDE = "192.0.2.7"
_real = socket.create_connection


def _connection(address: tuple[str, int], *words: Any, **more: Any) -> socket.socket:
    if address[0] != OUTSIDE:
        return _real(address, *words, **more)
    port = int(Path(os.environ["HOME"], "outside.port").read_text("ascii"))
    return _real(("127.0.0.1", port), *words, **more)


socket.create_connection = _connection  # type: ignore[assignment] # as much of it as is called
