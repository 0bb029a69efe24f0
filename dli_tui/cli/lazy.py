"""Groups whose commands are made when they are called, so that one doesn't pay for all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar, Final

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from dli_tui.domain.text import safe

if TYPE_CHECKING:
    Command = TyperCommand | TyperGroup


# The class of every refusal of a command line, which typer keeps to itself.
_WRONG_USE: Final[Any] = typer.BadParameter.__bases__[0]


class LazyGroup(TyperGroup):
    """Knows its commands by `name: "module:function"`."""

    places: ClassVar[Mapping[str, str]] = {}

    def make_context(self, *words: Any, **settings: Any) -> Any:  # noqa: ANN401 - as below
        with _harmless():
            return super().make_context(*words, **settings)

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 - as below
        with _harmless():
            return super().invoke(ctx)

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401 - typer's own type is private
        return [*super().list_commands(ctx), *self.places]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401 - as above
        place = self.places.get(cmd_name)
        if place is None:
            return super().get_command(ctx, cmd_name)
        module, _, function = place.partition(":")
        one = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
        one.command(cmd_name)(getattr(import_module(module), function))
        return get_command(one)


@contextmanager
def _harmless() -> Iterator[None]:
    """What was typed is repeated in a refusal: not the part of it that a terminal obeys."""
    try:
        yield
    except _WRONG_USE as problem:
        problem.message = safe(problem.message)
        raise


def group_of(**places: str) -> type[LazyGroup]:
    """A group of commands, each `name="module:function"` of this package."""
    found = {name: f"dli_tui.cli.{place}" for name, place in places.items()}
    return type("Group", (LazyGroup,), {"places": found})
