"""Tell the stories on both versions, each in a process of its own, one beside the other.

    python -m tests.airflow [what pytest takes]

What can't be installed is said, and ends it with 1: nothing is skipped.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Final

from tests.airflow import s3
from tests.airflow.real import THREE, TWO, CannotHaveError, installed

_NEEDED: Final = {
    **{f"Airflow {one.number}": partial(installed, one) for one in (THREE, TWO)},
    "moto": s3.installed,
}
# Stories that need no Airflow are told beside the first.
_PARTS: Final = (f"not {TWO.number}", TWO.number)


def main() -> int:
    """The exit code: 0 when every story went as told."""
    with ThreadPoolExecutor() as pool:
        problems = [one for one in pool.map(_problem, _NEEDED, _NEEDED.values()) if one is not None]
    if problems:
        sys.stderr.writelines(problems)
        return 1
    told = [_begun(part) for part in _PARTS]
    outputs = [one.communicate()[0] for one in told]
    sys.stdout.write("\n".join(outputs))
    return int(any(one.returncode for one in told))


def _problem(name: str, install: Callable[[], object]) -> str | None:
    """Why something can't be had, if it can't."""
    try:
        install()
    except (CannotHaveError, OSError) as problem:
        return f"{name} can't be had: {problem}\n"
    return None


def _begun(part: str) -> subprocess.Popen[str]:
    here = str(Path(__file__).parent)
    words = ["-o", "python_files=*stories.py", "-p", "no:cacheprovider", "-k", part]
    return subprocess.Popen(
        [sys.executable, "-m", "pytest", *words, here, *sys.argv[1:]],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


if __name__ == "__main__":
    sys.exit(main())
