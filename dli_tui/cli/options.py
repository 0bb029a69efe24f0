"""The options and arguments that several commands have, each said once, and how pairs are read."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from dli_tui.cli.output import Format
from dli_tui.domain.errors import ConfigurationError
from dli_tui.domain.parameters import value_of
from dli_tui.present import parameters

Name = Annotated[str, typer.Argument(metavar="NAME", help="The workflow's name.")]
Run = Annotated[str, typer.Argument(metavar="RUN", help="The run's id.")]
Params = Annotated[
    list[str] | None,
    typer.Option("--param", "-p", metavar="KEY=VALUE", help="A parameter; may be repeated."),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Check only; nothing is started.")]
Rehearsal = Annotated[bool, typer.Option("--dry-run", help="Only say what would be sent.")]
Wait = Annotated[bool, typer.Option("--wait", help="Until it is over; its end is the exit code.")]
Reason = Annotated[str | None, typer.Option("--reason", metavar="TEXT", help="Why, for others.")]
OfBackfill = Annotated[
    str | None,
    typer.Option("--backfill", metavar="ID", help="This backfill of it instead of its schedule."),
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Sure, in a production profile too.")]
Answer = Annotated[Format, typer.Option("--format", "-f", help="table or json.")]
LongAnswer = Annotated[Format, typer.Option("--format", help="table or json.")]
Definition = Annotated[
    str, typer.Option("--file", metavar="FILE", help="YAML or JSON; - is what is piped in.")
]


def pairs_of(given: list[str] | None) -> dict[str, Any]:
    """The `-p key=value` pairs of a command, as values."""
    return {key: value_of(text) for key, text in texts_of(given).items()}


def texts_of(
    given: list[str] | None, *, what: str = "parameter", option: str = "-p"
) -> dict[str, str]:
    """The `key=value` pairs of a command, as they were typed."""
    found: dict[str, str] = {}
    for pair in given or ():
        key, equals, text = pair.partition("=")
        if not equals or not key.strip():
            raise ConfigurationError(
                f"The {what} '{pair}' is not key=value", hint=f"Write it as {option} key=value."
            )
        if key.strip() in found:
            raise ConfigurationError(
                f"The {what} '{key.strip()}' is given twice", hint="Keep one of the two."
            )
        found[key.strip()] = text
    return found


def data_in(text: str) -> dict[str, Any]:
    """The object that --data says, as JSON."""
    stripped = text.strip()
    if not stripped.startswith("{"):
        raise ConfigurationError(
            "--data is not a JSON object", hint="""Write it as --data '{"key": "value"}'."""
        )
    found, problems = parameters.parse(stripped)
    if problems:
        raise ConfigurationError(f"--data: {problems[0].message}", hint="Nothing was sent.")
    return found
