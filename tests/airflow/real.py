"""A real Airflow on loopback: installed if it isn't yet, started, and ended with all its processes.

Each version lives in an environment of its own beside `.venv`, with what its constraints file
names. Where that can't be had it is said, and nothing is skipped.
"""

from __future__ import annotations

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, NamedTuple

HERE: Final = Path(__file__).parent
ENVIRONMENTS: Final = HERE.parent.parent / ".airflow"
_PATIENCE: Final = 240.0
_DRAIN: Final = 15.0


class Version(NamedTuple):
    """One version of Airflow, and what it takes to run it."""

    number: str
    version_path: str
    programs: tuple[tuple[str, ...], ...]

    @property
    def major(self) -> str:
        return self.number.partition(".")[0]


THREE: Final = Version(
    "3.3.2",
    "/api/v2/version",
    (("api-server",), ("scheduler", "--skip-serve-logs"), ("dag-processor",)),
)
TWO: Final = Version(
    "2.11.2", "/api/v1/version", (("webserver",), ("scheduler", "--skip-serve-logs"))
)


class CannotHaveError(RuntimeError):
    """It can't be installed or doesn't start; the text says why."""


def installed(version: Version) -> Path:
    """The environment of that version; made if it isn't there."""
    place = ENVIRONMENTS / version.number
    if not (place / "bin" / "airflow").exists():
        _ran([sys.executable, "-m", "venv", str(place)])
        packages = ["-c", str(HERE / f"constraints-{version.major}.txt")]
        _ran(
            [
                *(str(place / "bin" / "python"), "-m", "pip", "install", "--quiet"),
                *("--disable-pip-version-check", *packages, f"apache-airflow=={version.number}"),
            ]
        )
    return place


@contextmanager
def running(version: Version, home: Path) -> Iterator[str]:
    """Where that version answers, for as long as the block lasts."""
    place, port = installed(version), _free_port()
    env = _environment(version, place, home, port)
    airflow = str(place / "bin" / "airflow")
    _ran([airflow, "db", "migrate"], env)
    if version is TWO:
        who = ["--firstname", "a", "--lastname", "b", "--email", "admin@example.com"]
        names = ["--username", "admin", "--password", "admin", "--role", "Admin"]
        _ran([airflow, "users", "create", *names, *who], env)
    started: list[subprocess.Popen[bytes]] = []
    try:
        for words in version.programs:
            with (home / f"{words[0]}.log").open("wb") as log:
                started.append(
                    subprocess.Popen(
                        [airflow, *words],
                        env=env,
                        cwd=home,
                        stdout=log,
                        stderr=subprocess.STDOUT,
                        start_new_session=True,
                    )
                )
        address = f"http://127.0.0.1:{port}"
        _until_it_answers(address + version.version_path, home)
        yield address
    finally:
        _end(started)


def _environment(version: Version, place: Path, home: Path, port: int) -> dict[str, str]:
    (home / "passwords.json").write_text(json.dumps({"admin": "admin", "viewer": "viewer"}))
    settings = {
        "CORE__DAGS_FOLDER": str(HERE / "dags"),
        "CORE__LOAD_EXAMPLES": "False",
        "DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home}/airflow.db",
        **(_of_three(home, port) if version is THREE else _of_two(port)),
    }
    own = {f"AIRFLOW__{name}": value for name, value in settings.items()}
    path = f"{place / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    return {"PATH": path, "HOME": str(home), "AIRFLOW_HOME": str(home), "TZ": "UTC"} | own


def _of_three(home: Path, port: int) -> Mapping[str, str]:
    secret = secrets.token_hex(32)
    return {
        "CORE__EXECUTOR": "LocalExecutor",
        "CORE__PARALLELISM": "2",
        "CORE__SIMPLE_AUTH_MANAGER_USERS": "admin:admin,viewer:viewer",
        "CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(home / "passwords.json"),
        "CORE__EXECUTION_API_SERVER_URL": f"http://127.0.0.1:{port}/execution/",
        "API__HOST": "127.0.0.1",
        "API__PORT": str(port),
        "API__BASE_URL": f"http://127.0.0.1:{port}",
        "API__SECRET_KEY": secret,
        "API_AUTH__JWT_SECRET": secret,
        "DAG_PROCESSOR__REFRESH_INTERVAL": "5",
        "DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "5",
    }


def _of_two(port: int) -> Mapping[str, str]:
    return {
        "CORE__EXECUTOR": "SequentialExecutor",
        "API__AUTH_BACKENDS": "airflow.api.auth.backend.basic_auth",
        "WEBSERVER__WEB_SERVER_HOST": "127.0.0.1",
        "WEBSERVER__WEB_SERVER_PORT": str(port),
        "WEBSERVER__WORKERS": "1",
        "SCHEDULER__MIN_FILE_PROCESS_INTERVAL": "5",
    }


def _ran(words: list[str], env: Mapping[str, str] | None = None) -> None:
    done = subprocess.run(
        words, env=env, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    if done.returncode:
        last = "\n".join(done.stdout.splitlines()[-5:])
        raise CannotHaveError(f"{' '.join(words[:4])} … ended {done.returncode}:\n{last}")


def _until_it_answers(url: str, home: Path) -> None:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        with suppress(OSError), urllib.request.urlopen(url, timeout=2):
            return
        # A program that starts rings no bell; no test runs yet.
        time.sleep(0.5)
    raise CannotHaveError(f"nothing answered at {url} in {_PATIENCE:.0f} s; see {home}/*.log")


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def _end(started: list[subprocess.Popen[bytes]]) -> None:
    """End each with all that it started."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        for one in started:
            with suppress(ProcessLookupError):
                os.killpg(one.pid, number)
        for one in started:
            with suppress(subprocess.TimeoutExpired):
                one.wait(_DRAIN)
