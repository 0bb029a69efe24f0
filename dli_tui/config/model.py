"""What can be set: a profile for each server, and a few settings of the program itself.

Each field carries the sentence that explains it, so that the starter file and the help say
the same. Values are plain and frozen; whether they fit together is `check`'s question.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

Confirm = Literal["ask", "type"]


class Kind(StrEnum):
    """The kinds of place where workflows live."""

    DEMO = "demo"
    BASECAMP = "basecamp"
    AIRFLOW = "airflow"
    PYAIRTABLE = "pyairtable"


def _says(sentence: str) -> dict[str, str]:
    return {"help": sentence}


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One server, how to sign in to it, and how careful to be there."""

    name: str = field(metadata=_says("The word that chooses this profile."))
    kind: Kind = field(metadata=_says("demo, basecamp, airflow or pyairtable."))
    url: str | None = field(
        default=None, metadata=_says("Where the server is; every kind but demo needs it.")
    )
    token_env: str | None = field(
        default=None, metadata=_says("The environment variable that holds the token.")
    )
    # An argument can be a secret, though it shouldn't: neither repr nor show gives it away.
    token_command: tuple[str, ...] = field(
        default=(),
        repr=False,
        metadata=_says("A program and its arguments, run without a shell, that prints the token."),
    )
    token_keyring: str | None = field(
        default=None,
        metadata=_says("The keyring entry of the token: SERVICE/USER, or USER of dli-tui."),
    )
    token_file: Path | None = field(
        default=None,
        metadata=_says("A file, readable by you alone, whose first line is the token."),
    )
    token_cookie: str | None = field(
        default=None,
        metadata=_says("The cookie that carries the token, where a server wants it in one."),
    )
    username: str | None = field(
        default=None, metadata=_says("The name to sign in with; needs password_env.")
    )
    password_env: str | None = field(
        default=None, metadata=_says("The environment variable that holds the password.")
    )
    api_key_env: str | None = field(
        default=None, metadata=_says("The environment variable that holds the API key.")
    )
    read_only: bool = field(
        default=False, metadata=_says("Refuses everything that would change something there.")
    )
    production: bool = field(
        default=False, metadata=_says("Marks it on screen; headless writes want --yes.")
    )
    confirm: Confirm = field(
        default="ask", metadata=_says('"ask" for y or n before a write, "type" for the name.')
    )
    trust_dry_run: bool = field(
        default=False, metadata=_says("The server is known to start nothing on a dry run.")
    )
    ca_file: Path | None = field(
        default=None, metadata=_says("Certificates to trust instead of the system's.")
    )
    client_cert: Path | None = field(
        default=None, metadata=_says("The certificate to show to the server.")
    )
    client_key: Path | None = field(
        default=None, metadata=_says("The key of client_cert, when it isn't in the same file.")
    )
    # A proxy is the one address that may carry a password of its own.
    proxy: str | None = field(
        default=None, repr=False, metadata=_says("The proxy to go through; never for loopback.")
    )
    allow_insecure: bool = field(
        default=False, metadata=_says("Lets a secret travel over plain http to another machine.")
    )
    connect_timeout_seconds: float = field(
        default=5.0, metadata=_says("How long to wait for a connection.")
    )
    timeout_seconds: float = field(default=30.0, metadata=_says("How long to wait for an answer."))
    saga_url: str | None = field(
        default=None, metadata=_says("Where the saga service is, when it isn't under url.")
    )
    specs: str | None = field(
        default=None, metadata=_says("Where specs are kept: s3://…, gs://…, az://… or file:///….")
    )
    specs_folder: Path | None = field(
        default=None,
        metadata=_says(
            "The folder from which Airflow reads the specs, where it is on this machine."
        ),
    )
    project: Path | None = field(
        default=None, metadata=_says("The local project folder with the CODE specs.")
    )


def _no_entries() -> Mapping[str, Any]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """A config file as read; without one, everything is as it comes."""

    path: Path | None = field(default=None, metadata=_says("The file that was read, if any."))
    default_profile: str | None = field(
        default=None, metadata=_says("The profile to use when none is named.")
    )
    theme: str | None = field(default=None, metadata=_says("The colours of the dashboard."))
    mouse: bool = field(default=True, metadata=_says("Whether the dashboard listens to the mouse."))
    views: Mapping[str, Mapping[str, Any]] = field(
        default_factory=_no_entries,
        metadata=_says("Saved views of the list: text, source, status, sort, columns."),
    )
    keys: Mapping[str, str] = field(
        default_factory=_no_entries, metadata=_says("Keys of your own, command by command.")
    )
    profiles: Mapping[str, Profile] = field(
        default_factory=_no_entries, metadata=_says("The servers, by name.")
    )
    warnings: tuple[str, ...] = field(
        default=(), metadata=_says("What is accepted but ought to be looked at.")
    )


def sentences(of: type[Profile | Settings]) -> dict[str, str]:
    """The sentence of each field, in the order of the fields."""
    every: tuple[Field[Any], ...] = fields(of)
    return {one.name: one.metadata["help"] for one in every}
