"""What the local project holds: its datasets and their specs, read in a thread.

It is read anew whenever somebody asks: people edit their specs while this is open. What comes of
it is raw, as a server's words are.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, ParamSpec, TypeVar

from dli_tui.domain.errors import ConfigurationError
from dli_tui.domain.threads import Threads

if TYPE_CHECKING:
    from dli_tui.session.surroundings import Surroundings
    from dli_tui.specs.find import FoundSpec

Given = ParamSpec("Given")
Answer = TypeVar("Answer")


class Found(NamedTuple):
    """A spec, and where in the project it stands."""

    file: str
    spec: FoundSpec


class Project:
    """One folder, and the names that were found in it last."""

    def __init__(self, folder: Path, around: Surroundings) -> None:
        self.folder = folder
        self.names: tuple[str, ...] = ()
        self._around, self._threads = around, Threads(1)

    async def look(self) -> tuple[str, ...]:
        """The names of its datasets as they are now; until then `names` are those of last time."""
        self.folder, self.names = await self._read(_names, self.folder)
        return self.names

    async def spec(self, name: str) -> Found:
        """The spec of a dataset; DLI-101 where there is none, DLI-801 where it makes no sense."""
        return await self._read(_spec, name, self.folder)

    async def _read(
        self, read: Callable[Given, Answer], *given: Given.args, **more: Given.kwargs
    ) -> Answer:
        with self._around.activity.under_way():
            try:
                return await self._threads.run(lambda: read(*given, **more))
            except OSError as error:
                reason = error.strerror or type(error).__name__
                raise ConfigurationError(
                    f"The project folder '{self.folder}' can't be read: {reason}",
                    hint="Start dli-tui in your project, or name its folder in the profile.",
                ) from error


def _names(folder: Path) -> tuple[Path, tuple[str, ...]]:
    """Where the folder really is, and the names."""
    # YAML is slow to load, and most sessions register nothing.
    from dli_tui.specs.find import dataset_names  # noqa: PLC0415

    place = folder.resolve()
    return place, dataset_names(place)


def _spec(name: str, folder: Path) -> Found:
    from dli_tui.specs.find import find_spec  # noqa: PLC0415 - as above

    place = folder.resolve()
    found = find_spec(name, place)
    return Found(str(found.path.relative_to(place)), found)
