"""Where to work, as far as the command line says it. Knows nothing of how it was read.

The dashboard's usual command line is read by `quick`, every other by typer; both fill in the
same options, which are declared here alone.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from dli_tui.config.demo import DemoOptions
from dli_tui.config.files import address_of, choose_profile, profile_for_url
from dli_tui.config.model import Kind, Profile, Settings
from dli_tui.config.target import DEMO, Target
from dli_tui.domain.clock import as_utc

_YEARS: Final = range(1971, 2200)


class WrongUseError(Exception):
    """The command line can't be obeyed as it stands."""


def a_moment(text: str) -> datetime:
    """An ISO time; WrongUseError for anything else."""
    try:
        found = as_utc(datetime.fromisoformat(text))
    except (ValueError, OverflowError):
        found = None
    if found is None or found.year not in _YEARS:
        raise WrongUseError(f"'{text}' is not an ISO time like 2026-11-21T09:00Z")
    return found


def _says(
    text: str, metavar: str | None = None, read: Callable[[str], object] | None = None
) -> dict[str, object]:
    """What an option is for, and how its value is read; a switch has none."""
    return {"help": text, "metavar": metavar, "read": read}


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """Where to work, as far as the command line says it."""

    demo: bool = field(default=False, metadata=_says("The built-in demo, without any server."))
    profile: str | None = field(
        default=None, metadata=_says("A profile of the config file.", "NAME", str)
    )
    basecamp: str | None = field(default=None, metadata=_says("A Basecamp server.", "URL", str))
    airflow: str | None = field(default=None, metadata=_says("An Airflow.", "URL", str))
    pyairtable: str | None = field(
        default=None, metadata=_says("A PyAirtable service.", "URL", str)
    )
    saga_url: str | None = field(
        default=None, metadata=_says("Its saga service, if not under that URL.", "URL", str)
    )
    config: Path | None = field(default=None, metadata=_says("Another config file.", "FILE", Path))
    read_only: bool = field(
        default=False, metadata=_says("Refuse everything that would change something.")
    )
    at: datetime | None = field(
        default=None, metadata=_says("The demo at an hour that stands still.", "TIME", a_moment)
    )
    demo_size: int | None = field(default=None, metadata=_says("A demo of N workflows.", "N", int))
    demo_seed: int | None = field(
        default=None, metadata=_says("A demo with other chances.", "N", int)
    )
    demo_speed: float | None = field(
        default=None, metadata=_says("A demo X times as fast.", "X", float)
    )
    demo_latency: float | None = field(
        default=None, metadata=_says("A demo that answers late.", "MS", float)
    )

    @property
    def about_demo(self) -> bool:
        """Whether something is said that only the demo has."""
        return self.at is not None or any(
            value is not None
            for value in (self.demo_size, self.demo_seed, self.demo_speed, self.demo_latency)
        )


OPTIONS: Final = {f"--{one.name.replace('_', '-')}": one for one in fields(Connection)}
VALUED: Final = frozenset(name for name, one in OPTIONS.items() if one.default is None)
FLAGS: Final = frozenset(name for name, one in OPTIONS.items() if one.default is False)


@dataclass(frozen=True, slots=True)
class Place:
    """What was chosen, and whether the demo only stands in for a profile that isn't there."""

    target: Target
    by_default: bool = False


def place_for(given: Connection, profile: Profile | None) -> Place:
    """A profile as the options want it; without one, the demo stands in."""
    demo = DemoOptions(
        size=given.demo_size,
        seed=given.demo_seed or 0,
        speed=1.0 if given.demo_speed is None else given.demo_speed,
        latency_ms=given.demo_latency or 0.0,
        at=given.at,
    )
    target = Target(
        _with_sagas(given, profile) or DEMO,
        demo,
        read_only=given.read_only,
        environment=dict(os.environ),
    )
    if given.about_demo and not target.is_demo:
        raise WrongUseError("--at and --demo-… are for the demo only; add --demo")
    return Place(target, by_default=profile is None)


def _with_sagas(given: Connection, profile: Profile | None) -> Profile | None:
    """The profile with the saga service that an option names, which only one kind has."""
    if given.saga_url is None:
        return profile
    if profile is None or profile.kind is not Kind.PYAIRTABLE:
        raise WrongUseError("--saga-url is for a PyAirtable service only; add --pyairtable URL")
    return replace(profile, saga_url=address_of("--saga-url", given.saga_url))


def profile_for(given: Connection, settings: Callable[[], Settings]) -> Profile | None:
    """The profile that is meant; None: there is none, and nobody named a place."""
    return named(given) or choose_profile(settings(), given.profile, os.environ)


def named(given: Connection) -> Profile | None:
    """The place that an option names outright, if one does; naming two is wrong use."""
    urls = {
        Kind.BASECAMP: given.basecamp,
        Kind.AIRFLOW: given.airflow,
        Kind.PYAIRTABLE: given.pyairtable,
    }
    asked = [f"--{kind}" for kind, url in urls.items() if url]
    asked += ["--demo"] * given.demo + ["--profile"] * (given.profile is not None)
    if len(asked) > 1:
        raise WrongUseError(f"{' and '.join(asked)} name two places; keep one")
    if given.demo or (given.about_demo and not asked):
        return DEMO
    for kind, url in urls.items():
        if url:
            return profile_for_url(kind, url, os.environ)
    return None
