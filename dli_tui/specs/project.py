"""Every spec of a project at once, with all that is wrong in any of its files.

For whoever checks or publishes a whole project; the spec of one name is found by `find`.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from dli_tui.domain.errors import ConfigurationError, WorkflowRegistrationError
from dli_tui.domain.ids import dag_id_of, why_not_a_name
from dli_tui.specs.errors import SpecError
from dli_tui.specs.find import (
    ENDINGS,
    MODELS,
    PREFIX,
    FoundSpec,
    require_inside,
    spec_named,
    visible,
)
from dli_tui.specs.reader import parse_spec, text_of


class Fault(NamedTuple):
    """A file that can't be used, and everything that is wrong with it."""

    path: Path
    problem: WorkflowRegistrationError

    @property
    def sentences(self) -> tuple[str, ...]:
        """Each problem as one sentence."""
        if isinstance(self.problem, SpecError):
            return self.problem.problems
        return (self.problem.message,)


class Project(NamedTuple):
    """The specs of some files and folders, by name, and the files that can't be used."""

    specs: dict[str, FoundSpec]
    faults: tuple[Fault, ...]


def read_project(paths: Iterable[Path]) -> Project:
    """What those files and folders hold; DLI-001 where there is no spec at all.

    A folder stands for all YAML below its `models`, and for each `dataset.*.yaml` in it.
    """
    specs: dict[str, FoundSpec] = {}
    faults: list[Fault] = []
    firsts: dict[str, FoundSpec] = {}
    given = tuple(paths)
    for path, root in _files(given):
        try:
            name, found = _read(path, root)
            _require_new(name, found, firsts)
            specs[name] = found
        except WorkflowRegistrationError as problem:
            faults.append(Fault(path, problem))
    if not specs and not faults:
        raise ConfigurationError(
            f"There is no spec in {', '.join(map(str, given))}",
            hint=f"Specs are {PREFIX}NAME.yaml, or any YAML below {MODELS}/; or name the files.",
        )
    return Project(specs, tuple(faults))


def _read(path: Path, root: Path | None) -> tuple[str, FoundSpec]:
    if root is not None:
        require_inside(path, root)
    text = text_of(path)
    if path.name.startswith(PREFIX):
        name = path.stem.removeprefix(PREFIX)
        spec = spec_named(name, text, path)
    else:
        spec = parse_spec(text, path)
        name = spec.name
    wrong = why_not_a_name(name)
    if wrong is not None:
        raise SpecError([f"name: {name!r} is not a dataset name: {wrong}"], path=path)
    return name, FoundSpec(path, text, spec)


def _require_new(name: str, found: FoundSpec, firsts: dict[str, FoundSpec]) -> None:
    """A second file of one name, or of one DAG, would make the first one disappear."""
    first = firsts.setdefault(dag_id_of(name), found)
    if first is not found:
        raise SpecError(
            [f"name: {name!r} would be the same DAG as {first.spec.name!r} in {first.path}"],
            path=found.path,
            dataset_name=name,
        )


def _files(paths: Iterable[Path]) -> Iterator[tuple[Path, Path | None]]:
    """Each file with the folder that it mustn't leave; one that is named may lie anywhere."""
    seen: set[Path] = set()
    for path in paths:
        root = path.resolve() if path.is_dir() else None
        for file in (path,) if root is None else _in_folder(path):
            if file.resolve() not in seen:
                seen.add(file.resolve())
                yield file, root


def _in_folder(folder: Path) -> Iterator[Path]:
    try:
        there = sorted(folder.iterdir())
    except OSError as problem:
        _refuse(problem)
        return
    for path in there:
        if path.name.startswith(PREFIX) and path.suffix in ENDINGS:
            yield path
    for here, below, names in os.walk(folder / MODELS, onerror=_refuse):
        below[:] = sorted(visible(below))
        for name in sorted(visible(names)):
            if name.endswith(ENDINGS):
                yield Path(here) / name


def _refuse(problem: OSError) -> None:
    # No `models` is fine; a folder that can't be read would be a project with holes.
    if not isinstance(problem, FileNotFoundError):
        raise ConfigurationError(
            f"The folder {problem.filename} can't be read: {problem.strerror}",
            hint="Check its permissions.",
        )
