"""The places that a person has, for the dashboard: read from the config file when asked for."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from dli_tui.config.files import load, locate
from dli_tui.config.model import Profile
from dli_tui.config.target import DEMO, Target
from dli_tui.domain.errors import ConfigurationError
from dli_tui.domain.text import safe_line
from dli_tui.tui.opening import Context, Draft, OpenSession, Where

if TYPE_CHECKING:
    from dli_tui.client import WorkflowClient
    from dli_tui.session.contexts import Contexts
    from dli_tui.session.pace import Pace
    from dli_tui.session.session import Session


class ProfilePlaces:
    """The profiles of the config file, the demo, and the place that the command line named."""

    def __init__(self, target: Target, config: Path | None) -> None:
        self._here = target
        self._config = config
        self._targets = {target.profile.name: target}

    @property
    def kept_in(self) -> str:
        return str(locate(self._config, os.environ).path)

    def contexts(self) -> Sequence[Context]:
        profiles = dict(load(self._config, os.environ).profiles)
        profiles.setdefault(DEMO.name, DEMO)
        self._targets = {name: self._target(profile) for name, profile in profiles.items()}
        self._targets[self._here.profile.name] = self._here
        return [context_of(target) for target in self._targets.values()]

    def glances(self, pace: Pace) -> Contexts:
        from dli_tui.session.contexts import Contexts  # noqa: PLC0415 - after the first paint

        return Contexts(self._opened, pace)

    def session(self, name: str) -> OpenSession:
        target = self._targets[name]
        return lambda crashed: session_of(target, crashed)

    def problems(self, draft: Draft) -> Mapping[str, str]:
        from dli_tui.config import adding  # noqa: PLC0415 - only a form asks

        found = adding.problems(draft.settings)
        if not found:
            try:
                adding.checked(draft.name, draft.settings)
            except ConfigurationError as problem:
                found[""] = problem.message.partition(": ")[2]
        return found

    async def test(self, draft: Draft) -> str:
        from dli_tui.config import adding  # noqa: PLC0415 - as above
        from dli_tui.domain.query import WorkflowQuery  # noqa: PLC0415 - as above
        from dli_tui.present import words  # noqa: PLC0415 - as above
        from dli_tui.wiring import opened  # noqa: PLC0415 - as above

        profile = adding.checked(draft.name, draft.settings)
        async with opened(self._target(profile)) as client:
            found = await client.list_workflows(WorkflowQuery(limit=1))
        many = "at least " if found.more else ""
        return f"It answers: {many}{words.plural(found.total_count, 'workflow')}"

    def add(self, draft: Draft) -> None:
        from dli_tui.config.adding import add_profile  # noqa: PLC0415 - as above

        add_profile(locate(self._config, os.environ).path, draft.name, draft.settings)

    def _opened(self, name: str) -> AbstractAsyncContextManager[WorkflowClient]:
        from dli_tui.wiring import opened  # noqa: PLC0415 - after the first paint

        return opened(self._targets[name])

    def _target(self, profile: Profile) -> Target:
        return replace(self._here, profile=profile)


def context_of(target: Target) -> Context:
    """A place, as the dashboard tells of it."""
    profile = target.profile
    return Context(where_of(target), profile.kind, safe_line(profile.url or ""))


def where_of(target: Target) -> Where:
    """What a person is reminded of at a place."""
    profile = target.profile
    return Where(
        name=profile.name,
        production=profile.production,
        read_only=target.read_only or profile.read_only,
        typed=profile.production and profile.confirm == "type",
    )


def session_of(
    target: Target, crashed: Callable[[BaseException], None]
) -> AbstractAsyncContextManager[Session]:
    """The session for `target`; loads what it takes, so it is called in a thread."""
    from dli_tui.backends.registry import opener_of  # noqa: PLC0415 - after the first paint
    from dli_tui.wiring import watched  # noqa: PLC0415 - as above

    opener_of(target.profile.kind)
    return watched(target, crashed)
