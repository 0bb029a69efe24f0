"""Groups whose commands are made when they are called, so that one doesn't pay for all."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

if TYPE_CHECKING:
    Command = TyperCommand | TyperGroup


class LazyGroup(TyperGroup):
    """Knows its commands by `name: "module:function"`."""

    places: ClassVar[Mapping[str, str]] = {}

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


def group_of(**places: str) -> type[LazyGroup]:
    """A group of commands, each `name="module:function"` of this package."""
    found = {name: f"dli_tui.cli.{place}" for name, place in places.items()}
    return type("Group", (LazyGroup,), {"places": found})
