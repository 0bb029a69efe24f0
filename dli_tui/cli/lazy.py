"""Groups whose commands are made when they are called, so that one doesn't pay for all.

A group has no connection options of its own: those in front of a command are carried on to
it, which is one place to declare them, and less to build each time.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import Any, ClassVar, Final

import typer
from typer.core import TyperGroup
from typer.main import get_command

from dli_tui.cli.places import FLAGS, VALUED
from dli_tui.domain.text import safe

# The class of every refusal of a command line, which typer keeps to itself.
_WRONG_USE: Final[Any] = typer.BadParameter.__bases__[0]
_COMPLETING: Final = "_DLI_TUI_COMPLETE"
"""The variable by which a shell's completion calls the program."""
_ITSELF: Final = ""
"""The command that a group is itself, where the first word names none of its commands."""


class LazyGroup(TyperGroup):
    """Knows its commands by `name: "module:function"`."""

    places: ClassVar[Mapping[str, str]] = {}
    default: ClassVar[Sequence[str]] = ()
    """The words meant when no command is named."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401 - as below
        moved = _carried_on(args, self.default)
        if _ITSELF in self.places and not (moved and self.get_command(ctx, moved[0])):
            moved = [_ITSELF, *args]
        parsed: list[str] = super().parse_args(ctx, moved)
        return parsed

    def make_context(self, *words: Any, **settings: Any) -> Any:  # noqa: ANN401 - as below
        with _harmless():
            return super().make_context(*words, **settings)

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 - as below
        with _harmless():
            return super().invoke(ctx)

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401 - typer's own type is private
        return [*super().list_commands(ctx), *(name for name in self.places if name != _ITSELF)]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401 - as above
        place = self.places.get(cmd_name)
        if place is None:
            return super().get_command(ctx, cmd_name)
        module, _, function = place.partition(":")
        one = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
        one.command(cmd_name)(getattr(import_module(module), function))
        return get_command(one)


def _carried_on(args: Sequence[str], default: Sequence[str]) -> list[str]:
    """`args` with the connection options in front moved behind the command that follows."""
    rest, own, carried = list(args), [], []
    while rest and rest[0].startswith("-") and rest[0] != "--":
        word = rest.pop(0)
        name, equals, _ = word.partition("=")
        if name not in FLAGS | VALUED:
            own.append(word)
            continue
        carried.append(word)
        if name in VALUED and not equals and rest:
            carried.append(rest.pop(0))
    if not rest and not own and _COMPLETING not in os.environ:
        rest = list(default)
    # Behind the first word; a group there carries them on in its turn.
    return [*own, *rest[:1], *carried, *rest[1:]] if rest else own


@contextmanager
def _harmless() -> Iterator[None]:
    """What was typed is repeated in a refusal: not the part of it that a terminal obeys."""
    try:
        yield
    except _WRONG_USE as problem:
        problem.message = safe(problem.message)
        raise


def group_of(*default: str, itself: str = "", **places: str) -> type[LazyGroup]:
    """A group of commands, each `name="module:function"` of this package; one may be itself.

    `create_workflow` is what a person types as `create-workflow`.
    """
    every = {_ITSELF: itself, **places} if itself else places
    found = {name.replace("_", "-"): f"dli_tui.cli.{place}" for name, place in every.items()}
    return type("Group", (LazyGroup,), {"places": found, "default": default})
