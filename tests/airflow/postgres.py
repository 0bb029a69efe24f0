"""A PostgreSQL on loopback for the databases of Airflow, which SQLite is too slow for.

PostgreSQL refuses to run as root; then the user `nobody` runs it, in a folder of its own.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

USER: Final = "airflow"
_UNPRIVILEGED: Final = "nobody"
_PATIENCE: Final = 60.0
_FAST: Final = ("fsync=off", "full_page_writes=off", "synchronous_commit=off")
"""Settings for data that nobody needs after a crash."""


class NoPostgresError(RuntimeError):
    """PostgreSQL isn't installed or doesn't start."""


@contextmanager
def running(port: int) -> Iterator[None]:
    """A PostgreSQL server at that port of loopback for as long as the block lasts."""
    bin_folder = _bin_folder()
    folder = Path(tempfile.mkdtemp(prefix="dli-postgres-"))
    user = _UNPRIVILEGED if os.geteuid() == 0 else None
    if user is not None:
        shutil.chown(folder, user)
    data = folder / "data"
    options = [f"-c{setting}" for setting in (*_FAST, "max_connections=200")]
    server = None
    try:
        _run(user, bin_folder / "initdb", "-A", "trust", "-U", USER, "-E", "UTF8", "-D", data)
        server = subprocess.Popen(
            [
                *(
                    bin_folder / "postgres",
                    "-D",
                    data,
                    "-p",
                    str(port),
                    "-h",
                    "127.0.0.1",
                    "-k",
                    "",
                ),
                *options,
            ],
            user=user,
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        _wait(bin_folder, port)
        yield
    finally:
        if server is not None:
            server.terminate()
            server.wait()
        shutil.rmtree(folder, ignore_errors=True)


def create_database(port: int, name: str) -> None:
    """Create an empty database."""
    _run(None, _bin_folder() / "createdb", *_where(port), name)


def execute(address: str, statement: str) -> None:
    """Run a statement of SQL in the database at `USER@HOST:PORT/NAME`."""
    _run(None, _bin_folder() / "psql", "-q", "-c", statement, f"postgresql://{address}")


def _where(port: int) -> tuple[str, ...]:
    return ("-h", "127.0.0.1", "-p", str(port), "-U", USER)


def _wait(bin_folder: Path, port: int) -> None:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        done = subprocess.run(
            [bin_folder / "pg_isready", *_where(port)], check=False, capture_output=True
        )
        if done.returncode == 0:
            return
        # The server starts; no test runs yet.
        time.sleep(0.2)
    raise NoPostgresError(f"PostgreSQL did not answer at port {port} in {_PATIENCE:.0f} s")


def _bin_folder() -> Path:
    """The folder of PostgreSQL's programs; Debian keeps them off the search path."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    found = shutil.which("initdb")
    candidates = [*([Path(found).resolve().parent] if found else []), *versions]
    for folder in candidates:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise NoPostgresError("PostgreSQL isn't installed: install its server (postgresql)")


def _run(user: str | None, *words: str | Path) -> None:
    # The current folder may be closed to the other user.
    done = subprocess.run(words, check=False, user=user, cwd="/", capture_output=True, text=True)
    if done.returncode:
        last = done.stderr.strip().splitlines()[-3:]
        raise NoPostgresError(f"{Path(words[0]).name} ended {done.returncode}: {last}")
