"""A real Airflow on loopback: installed if it isn't yet, started, and ended with all its processes.

Each version lives in an environment of its own beside `.venv`, with what its constraints file
names. Where that can't be had it is said, and nothing is skipped.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, NamedTuple

from dli_tui.cli.airflow import put_in_place
from tests.airflow import postgres

HERE: Final = Path(__file__).parent
ENVIRONMENTS: Final = HERE.parent.parent / ".airflow"
TOKEN_SECONDS: Final = 15
"""So soon a token runs out: whoever stays longer signs in again, unnoticed."""
SHARDS: Final = 2
OUTSIDE: Final = "192.0.2.7"
"""An address that nobody has; what is sent there comes to a port of loopback (`outside`)."""
_POSTGRES_DRIVERS: Final = ("psycopg2-binary", "asyncpg")
_EAGER: Final = {
    "CORE__MIN_SERIALIZED_DAG_UPDATE_INTERVAL": "1",
    "CORE__MIN_SERIALIZED_DAG_FETCH_INTERVAL": "1",
    "SCHEDULER__PARSING_CLEANUP_INTERVAL": "5",
    "SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.3",
    "SCHEDULER__LOCAL_TASK_JOB_HEARTBEAT_SEC": "1",
    "SCHEDULER__MAX_DAGRUNS_TO_CREATE_PER_LOOP": "50",
    "SCHEDULER__MAX_DAGRUNS_PER_LOOP_TO_SCHEDULE": "50",
}
"""What spares a busy host work, and makes a story wait: a changed DAG counts after 30 seconds, a
deleted one is gone after two minutes, a stopped task ends after five."""
_PATIENCE: Final = 240.0
_DRAIN: Final = 5.0


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
    """The environment of that version with drivers of PostgreSQL; made if it is missing."""
    return environment(
        version.number, version.major, f"apache-airflow=={version.number}", *_POSTGRES_DRIVERS
    )


def environment(name: str, constraints: str, *packages: str) -> Path:
    """An environment with those packages; made if it isn't there."""
    place = ENVIRONMENTS / name
    stamp = place / ".ready"
    if not stamp.exists():
        # Our own pip does it: not every Python brings one for new environments.
        ran([sys.executable, "-m", "venv", "--without-pip", "--clear", str(place)])
        pip = [sys.executable, "-m", "pip", "--python", str(place / "bin" / "python")]
        words = ["install", "--quiet", "--disable-pip-version-check"]
        constrained = ["--constraint", str(HERE / f"constraints-{constraints}.txt")]
        ran([*pip, *words, *constrained, *packages])
        stamp.touch()
    return place


class Server:
    """One Airflow: its programs, started and ended together, and the folder of what they keep."""

    def __init__(self, version: Version, home: Path, database: str) -> None:
        """`database` is the address of an empty PostgreSQL database."""
        self.version, self._home, self._database = version, home, database
        port = free_port()
        self.address = f"http://127.0.0.1:{port}"
        place = installed(version)
        self._airflow = str(place / "bin" / "airflow")
        # A copy: stories add to the DAGs, and break them.
        self.dags = Path(shutil.copytree(HERE / "dags", home / "dags"))
        # What makes DAGs of specs is there from the start: 2.x looks for new files every 5 minutes.
        put_in_place(self.dags, SHARDS)
        self.specs = home / "specs"
        self.specs.mkdir()
        self._env = _environment(version, place, home, port, database)
        self._started: dict[tuple[str, ...], subprocess.Popen[bytes]] = {}
        self._stopping = threading.Event()
        self._keeper: threading.Thread | None = None

    def prepare(self) -> None:
        """Make its database, and the administrator that 2.x keeps there."""
        self.told("db", "migrate")
        if self.version is TWO:
            who = ["--firstname", "a", "--lastname", "b", "--email", "admin@example.com"]
            known = ["--username", "admin", "--password", "admin", "--role", "Admin"]
            self.told("users", "create", *known, *who)
            self.hash_quickly("admin")

    def hash_quickly(self, name: str) -> None:
        """Let 2.x keep the password of somebody, which is their name, by a hash that costs nothing.

        It checks the password with each request: by its own hash that takes a tenth of a second.
        """
        quick = f"UPDATE ab_user SET password = '{_hash(name)}' WHERE username = '{name}'"
        postgres.execute(self._database, quick)

    def told(self, *words: str) -> None:
        """Run a command of its own."""
        ran([self._airflow, *words], self._env)

    def start(self) -> None:
        """Start its programs, and wait until it answers."""
        self._stopping.clear()
        for words in self.version.programs:
            self._started[words] = self._begun(words)
        self._keeper = threading.Thread(target=self._keep, daemon=True)
        self._keeper.start()
        until_it_answers(self.address + self.version.version_path, self._home)

    def _begun(self, words: tuple[str, ...]) -> subprocess.Popen[bytes]:
        with (self._home / f"{words[0]}.log").open("ab") as log:
            return subprocess.Popen(
                [self._airflow, *words],
                env=self._env,
                cwd=self._home,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def _keep(self) -> None:
        """Start a program again that ended, as the host of an Airflow does."""
        while not self._stopping.wait(1.0):
            for words, one in self._started.items():
                if one.poll() is not None:
                    self._started[words] = self._begun(words)

    def stop(self) -> None:
        """End all that it started."""
        self._stopping.set()
        if self._keeper is not None:
            self._keeper.join()
        end_all(list(self._started.values()))
        self._started = {}


@contextmanager
def running(version: Version, home: Path) -> Iterator[Server]:
    """That version, for as long as the block lasts."""
    port, name = free_port(), f"airflow{version.major}"
    with postgres.running(port):
        postgres.create_database(port, name)
        server = Server(version, home, f"{postgres.USER}@127.0.0.1:{port}/{name}")
        server.prepare()
        try:
            server.start()
            yield server
        finally:
            server.stop()


def _hash(password: str) -> str:
    """A password as Airflow 2 keeps it, hashed in one round."""
    salt = secrets.token_hex(8)
    hashed = hashlib.pbkdf2_hmac("sha256", password.encode(), salt.encode(), 1)
    return f"pbkdf2:sha256:1${salt}${hashed.hex()}"


def _environment(
    version: Version, place: Path, home: Path, port: int, database: str
) -> dict[str, str]:
    (home / "passwords.json").write_text(json.dumps({"admin": "admin", "viewer": "viewer"}))
    settings = {
        "CORE__DAGS_FOLDER": str(home / "dags"),
        "CORE__LOAD_EXAMPLES": "False",
        # Else only files that hold the words "dag" and "airflow" are read.
        "CORE__DAG_DISCOVERY_SAFE_MODE": "False",
        **_EAGER,
        "DATABASE__SQL_ALCHEMY_CONN": f"postgresql+psycopg2://{database}",
        **(_of_three(home, port) if version is THREE else _of_two(port)),
    }
    own = {f"AIRFLOW__{name}": value for name, value in settings.items()}
    path = f"{place / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    outside = {"DLI_ALLOWED_URLS": f"http://{OUTSIDE}/", "PYTHONPATH": str(HERE / "outside")}
    user = {"PATH": path, "HOME": str(home), "AIRFLOW_HOME": str(home), "TZ": "UTC"}
    return {**user, **outside, "DLI_SPECS": str(home / "specs"), **own}


def _of_three(home: Path, port: int) -> Mapping[str, str]:
    secret = secrets.token_hex(32)
    return {
        "CORE__EXECUTOR": "LocalExecutor",
        "CORE__PARALLELISM": "4",
        "CORE__SIMPLE_AUTH_MANAGER_USERS": "admin:admin,viewer:viewer",
        "CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(home / "passwords.json"),
        "CORE__EXECUTION_API_SERVER_URL": f"http://127.0.0.1:{port}/execution/",
        "API__HOST": "127.0.0.1",
        "API__PORT": str(port),
        "API__BASE_URL": f"http://127.0.0.1:{port}",
        "API__SECRET_KEY": secret,
        "API_AUTH__JWT_SECRET": secret,
        "API_AUTH__JWT_EXPIRATION_TIME": str(TOKEN_SECONDS),
        "API_AUTH__JWT_LEEWAY": "0",
        "DAG_PROCESSOR__REFRESH_INTERVAL": "5",
        "DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "5",
        "DAG_PROCESSOR__BUNDLE_REFRESH_CHECK_INTERVAL": "2",
        "DAG_PROCESSOR__STALE_DAG_THRESHOLD": "10",
        "WORKERS__MIN_HEARTBEAT_INTERVAL": "1",
    }


def _of_two(port: int) -> Mapping[str, str]:
    return {
        "CORE__EXECUTOR": "LocalExecutor",
        "CORE__PARALLELISM": "4",
        "API__AUTH_BACKENDS": "airflow.api.auth.backend.basic_auth",
        "WEBSERVER__WEB_SERVER_HOST": "127.0.0.1",
        "WEBSERVER__WEB_SERVER_PORT": str(port),
        "WEBSERVER__WORKERS": "1",
        "SCHEDULER__MIN_FILE_PROCESS_INTERVAL": "5",
        "SCHEDULER__DAG_DIR_LIST_INTERVAL": "5",
        "SCHEDULER__STALE_DAG_THRESHOLD": "10",
    }


def ran(words: list[str], env: Mapping[str, str] | None = None) -> None:
    """Run a program to its end."""
    done = subprocess.run(
        words, env=env, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    if done.returncode:
        last = "\n".join(done.stdout.splitlines()[-5:])
        raise CannotHaveError(f"{' '.join(words[:4])} … ended {done.returncode}:\n{last}")


def until_it_answers(url: str, home: Path) -> None:
    """Return when something answers at `url`; what it logs to `home` is named if nothing does."""
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        with suppress(OSError), urllib.request.urlopen(url, timeout=2):
            return
        # A program that starts rings no bell; no test runs yet.
        time.sleep(0.5)
    raise CannotHaveError(f"nothing answered at {url} in {_PATIENCE:.0f} s; see {home}/*.log")


def free_port() -> int:
    """A port that nobody has."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def end_all(started: list[subprocess.Popen[bytes]]) -> None:
    """End each with all that it started."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        for one in started:
            with suppress(ProcessLookupError):
                os.killpg(one.pid, number)
        for one in started:
            with suppress(subprocess.TimeoutExpired):
                one.wait(_DRAIN)
