"""`dli-tui airflow …`: what stands beside an Airflow so that specs become its DAGs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Final

import typer

from dli_tui.cli import output
from dli_tui.cli.connection import connected
from dli_tui.cli.running import reports_errors
from dli_tui.domain.errors import ConfigurationError
from dli_tui.present import words

SHARDS: Final = 16
_MOST_SHARDS: Final = 256
_MARK: Final = b"# dli-tui: DAG factory\n"
_OURS: Final = re.compile(r"dli_(dags|errors)_[0-9]{2,4}_of_[0-9]{2,4}\.py")
_SETTINGS: Final = """\
# Airflow 3
AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL=30
AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL=10
AIRFLOW__DAG_PROCESSOR__STALE_DAG_THRESHOLD=30
AIRFLOW__SCHEDULER__PARSING_CLEANUP_INTERVAL=30
# Airflow 2
AIRFLOW__SCHEDULER__DAG_DIR_LIST_INTERVAL=30
AIRFLOW__SCHEDULER__MIN_FILE_PROCESS_INTERVAL=10
# Both: where the specs lie, and what those that people register may reach (nothing at first)
DLI_SPECS=/path/to/the/folder/of/specs
DLI_ALLOWED_CONNECTIONS=
DLI_ALLOWED_URLS="""

_DagsFolder = Annotated[
    Path,
    typer.Option(metavar="DIR", help="The folder that Airflow reads DAGs from.", dir_okay=True),
]
_Shards = Annotated[
    int,
    typer.Option(
        min=1,
        max=_MOST_SHARDS,
        metavar="N",
        envvar="DLI_SHARDS",
        help="Over how many files the DAGs are spread: one for each 100 or so.",
    ),
]


@reports_errors
@connected
def install(
    ctx: typer.Context,  # noqa: ARG001 - what every command is given
    dags_folder: _DagsFolder,
    shards: _Shards = SHARDS,
) -> None:
    """Put the files that make DAGs of specs into a DAGs folder, and say which settings matter.

    Run it again after an update, or for another number of files: files of ours are replaced,
    those that are too many removed. No file of anybody else is touched.
    """
    written, removed = put_in_place(dags_folder, shards)
    where = words.word(str(dags_folder))
    output.line(f"{_said('Written', written)} in {where}" if written else f"As new: {where}")
    if removed:
        output.line(f"{_said('Removed', removed)} of another number of shards")
    output.talk("Settings of all parts of Airflow, as far as yours are longer or not set:")
    output.lines(_SETTINGS.splitlines())


def _said(what: str, count: int) -> str:
    return f"{what}: {words.plural(count, 'file')}"


def put_in_place(folder: Path, shards: int) -> tuple[int, int]:
    """Put the factory there, once for each shard; how many files were written and removed."""
    factory = files("dli_tui").joinpath("airflow_dags", "dli_dags.py").read_bytes()
    wanted = {
        f"dli_{role}_{shard:02}_of_{shards:02}.py"
        for role in ("dags", "errors")
        for shard in range(shards)
    }
    try:
        there = _ours(folder, wanted)
        # Old ones go first: a DAG in two files would be read from one, then from the other.
        old = there.keys() - wanted
        for name in old:
            (folder / name).unlink()
        new = sorted(name for name in wanted if there.get(name) != factory)
        for name in new:
            _replace(folder / name, factory)
    except OSError as problem:
        raise ConfigurationError(
            f"{folder} can't be written: {problem.strerror}",
            hint="Check who owns that folder and what its permissions are.",
        ) from None
    return len(new), len(old)


def _ours(folder: Path, wanted: set[str]) -> Mapping[str, bytes]:
    """The files of ours in a folder; an error where somebody else's stands in the way."""
    if not folder.is_dir():
        raise ConfigurationError(
            f"There is no such folder: {folder}",
            hint="It is the one that AIRFLOW__CORE__DAGS_FOLDER names.",
        )
    found = {}
    for path in folder.iterdir():
        if not _OURS.fullmatch(path.name):
            continue
        content = path.read_bytes() if path.is_file() and not path.is_symlink() else b""
        if content.startswith(_MARK):
            found[path.name] = content
        elif path.name in wanted:
            raise ConfigurationError(
                f"{path} is not a file of dli-tui, so it isn't replaced",
                hint="Nothing was written. Give it another name, then try again.",
            )
    return found


def _replace(path: Path, content: bytes) -> None:
    """Write a file as a whole: Airflow may read it at any moment."""
    # Not a name that Airflow would read.
    new = path.with_name(f".{path.name}.new")
    try:
        new.write_bytes(content)
        new.replace(path)
    except OSError:
        with suppress(OSError):
            new.unlink()
        raise
