"""Which file of a project is meant by the name of a dataset.

A project is a folder of other people's files too: nothing outside of it is read, however a
name or a link points there, and a search ends even in a folder that never does.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple

from dli_tui.domain.errors import HINTS, ConfigurationError, DatasetNotFoundError, ErrorCode
from dli_tui.domain.ids import why_not_a_name
from dli_tui.specs.errors import SpecError
from dli_tui.specs.model import DatasetSpec
from dli_tui.specs.reader import mapping_of, parse_spec, text_of

MODELS: Final = "models"
MAX_FILES: Final = 2_000
MAX_DEPTH: Final = 4
ENDINGS: Final = (".yaml", ".yml")
PREFIX: Final = "dataset."


class FoundSpec(NamedTuple):
    """A spec, the file it came from and the text as it stands there."""

    path: Path
    text: str
    spec: DatasetSpec


def find_spec(name: str, project: Path) -> FoundSpec:
    """The spec of the dataset `name` in the folder `project`; DLI-101 when there is none."""
    reason = why_not_a_name(name)
    if reason is not None:
        raise ConfigurationError(
            f"{name!r} is not a dataset name: {reason}", hint=HINTS[ErrorCode.DATASET_NOT_FOUND]
        )
    root = project.resolve()
    models = root / MODELS
    require_inside(models, root)
    for path in _paths_for(name, models, root):
        if _is_there(path):
            require_inside(path, root)
            return _read(path, name)
    return _read(_only_one(name, models, root), name)


def dataset_names(project: Path) -> tuple[str, ...]:
    """The names of the datasets in the folder `project`, whether their specs are right or not."""
    root = project.resolve()
    found = {_called(path, root) for path in _files(root)}
    return tuple(sorted(name for name in found if name and why_not_a_name(name) is None))


def _called(path: Path, root: Path) -> str | None:
    """The name under which the spec in a file is found."""
    if path.parent in (root, root / MODELS) and path.name.startswith(PREFIX):
        return path.stem.removeprefix(PREFIX)
    return _name_in(path, "name")


def _paths_for(name: str, *folders: Path) -> Iterator[Path]:
    for folder in folders:
        for stem in (f"{PREFIX}{name}", name):
            for ending in ENDINGS:
                yield folder / f"{stem}{ending}"


def _is_there(path: Path) -> bool:
    # A link counts even where it leads nowhere; a name too long for the file system doesn't.
    try:
        path.lstat()
    except OSError:
        return False
    return True


def require_inside(path: Path, root: Path) -> None:
    """Raise a SpecError if `path` is a link that leads out of the folder `root`."""
    try:
        inside = path.resolve().is_relative_to(root)
    except (OSError, RuntimeError) as error:
        raise SpecError(["it is a link that leads nowhere"], path=path) from error
    if not inside:
        raise SpecError(["it is a link that leaves the project folder"], path=path)


def _read(path: Path, name: str) -> FoundSpec:
    text = text_of(path)
    return FoundSpec(path, text, spec_named(name, text, path))


def spec_named(name: str, text: str, path: Path | None = None) -> DatasetSpec:
    """The spec that `text` holds, which must be of that dataset."""
    spec = parse_spec(text, path)
    if not _agree(name, spec.name):
        raise SpecError(
            [f"name: expected {name!r}, as in the name of the file, got {spec.name!r}"],
            path=path,
            dataset_name=name,
        )
    return spec


def _agree(one: str, other: str) -> bool:
    """Whether they are one name, or one is the end of the other: `clicks` in `web.clicks`."""
    return one == other or one.endswith(f".{other}") or other.endswith(f".{one}")


def _only_one(name: str, models: Path, root: Path) -> Path:
    found = [path for path in _files(root) if _name_in(path, name) == name]
    if not found:
        raise DatasetNotFoundError(
            dataset_name=name,
            hint=f"Looked in {models} and {root}. {HINTS[ErrorCode.DATASET_NOT_FOUND]}",
        )
    if len(found) > 1:
        files = ", ".join(str(path.relative_to(root)) for path in found)
        raise SpecError(
            [f"name: {name!r} is the name in several files: {files}"],
            path=found[0],
            dataset_name=name,
        )
    return found[0]


def _name_in(path: Path, wanted: str = "") -> str | None:
    """The `name` in a file, or None; a file without the word `wanted` isn't looked at closely."""
    try:
        text = text_of(path)
        named = mapping_of(text, path).get("name") if wanted in text else None
    except SpecError:
        return None
    return named if isinstance(named, str) else None


def _files(root: Path) -> Iterator[Path]:
    """The YAML files that a search looks at: under `models`, then in the project itself."""
    return islice(_all_files(root), MAX_FILES)


def _all_files(root: Path) -> Iterator[Path]:
    for top, deepest in ((root / MODELS, MAX_DEPTH), (root, 0)):
        for folder, below, names in islice(os.walk(top), MAX_FILES):
            here = Path(folder)
            depth = len(here.relative_to(top).parts)
            below[:] = sorted(visible(below)) if depth < deepest else []
            for name in sorted(visible(names)):
                path = here / name
                if path.suffix in ENDINGS and _is_ours(path, root):
                    yield path


def visible(names: list[str]) -> Iterator[str]:
    """The names that `ls` would show."""
    return (name for name in names if not name.startswith("."))


def _is_ours(path: Path, root: Path) -> bool:
    try:
        require_inside(path, root)
        return path.is_file()
    except (SpecError, OSError):
        return False
