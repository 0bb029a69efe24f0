"""An S3 on loopback: moto, in an environment of its own, as it brings two dozen packages."""

from __future__ import annotations

import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.airflow.real import end_all, environment, free_port, until_it_answers

BUCKET: Final = "specs"
SETTINGS: Final = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}
_PACKAGES: Final = ("moto[s3]==5.2.5", "Flask", "flask-cors")


def installed() -> Path:
    """The environment of it; made if it isn't there."""
    return environment("moto", "moto", *_PACKAGES)


@contextmanager
def serving(home: Path) -> Iterator[str]:
    """An S3 with one empty bucket, for as long as the block lasts; its address."""
    program, port = installed() / "bin" / "moto_server", free_port()
    address = f"http://127.0.0.1:{port}"
    with (home / "moto.log").open("wb") as log:
        started = subprocess.Popen(
            [program, "-H", "127.0.0.1", "-p", str(port)],
            cwd=home,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        until_it_answers(f"{address}/moto-api/data.json", home)
        request = urllib.request.Request(f"{address}/{BUCKET}", method="PUT")
        urllib.request.urlopen(request).close()
        yield address
    finally:
        end_all([started])
