"""The places that a person has, for the dashboard: read from the config file when asked for."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from dli_tui.config.files import load, locate
from dli_tui.config.model import Profile, Settings
from dli_tui.config.target import DEMO, Target
from dli_tui.domain.errors import ConfigurationError
from dli_tui.domain.text import safe_line
from dli_tui.tui.opening import Context, Draft, Where

if TYPE_CHECKING:
    from dli_tui.client import WorkflowClient
    from dli_tui.session.contexts import Contexts
    from dli_tui.session.session import Session

_AD_HOC: Final = "{} (ad hoc)"


@dataclass(frozen=True, slots=True)
class OpensSession:
    """Opens the session of a target; two of the same target are equal."""

    target: Target

    def __call__(
        self, crashed: Callable[[BaseException], None]
    ) -> AbstractAsyncContextManager[Session]:
        """The session; loads what it takes, so it is called in a thread."""
        from dli_tui.backends.registry import opener_of  # noqa: PLC0415 - after the first paint
        from dli_tui.wiring import watched  # noqa: PLC0415 - as above

        opener_of(self.target.profile.kind)
        return watched(self.target, crashed)


class ProfilePlaces:
    """The profiles of the config file, the demo, and the place that the command line named."""

    def __init__(self, target: Target, config: Path | None, settings: Settings) -> None:
        self._config = config
        self._is_of_file = settings.profiles.get(target.profile.name) == target.profile
        self._here = _apart(target, settings)
        self._targets: dict[str, Target] = {}

    @property
    def here(self) -> Context:
        """The place that the command line chose."""
        return context_of(self._here)

    @property
    def kept_in(self) -> str:
        return str(locate(self._config, os.environ).path)

    def contexts(self) -> Sequence[Context]:
        profiles = dict(load(self._config, os.environ).profiles)
        profiles.setdefault(DEMO.name, DEMO)
        targets = {name: self._target(profile) for name, profile in profiles.items()}
        # A profile is as the file has it now; what was named without one is as it was named.
        if not self._is_of_file:
            targets[self._here.profile.name] = self._here
        self._targets = targets
        return [context_of(target) for target in targets.values()]

    def glances(self) -> Contexts:
        from dli_tui.session.contexts import Contexts  # noqa: PLC0415 - after the first paint

        return Contexts(self._opened)

    def problems(self, draft: Draft) -> Mapping[str, str]:
        from dli_tui.config import adding  # noqa: PLC0415 - only a form asks

        return adding.problems(draft.name, draft.settings)

    async def test(self, draft: Draft) -> str:
        from dli_tui.config import adding  # noqa: PLC0415 - as above

        return await answer_of(self._target(adding.checked(draft.name, draft.settings)))

    def add(self, draft: Draft) -> str:
        from dli_tui.config.adding import add_profile  # noqa: PLC0415 - as above

        return add_profile(locate(self._config, os.environ).path, draft.name, draft.settings)

    def _opened(self, name: str) -> AbstractAsyncContextManager[WorkflowClient]:
        from dli_tui.wiring import opened  # noqa: PLC0415 - after the first paint

        if name not in self._targets:
            raise ConfigurationError("It isn't in the config file any more")
        return opened(self._targets[name])

    def _target(self, profile: Profile) -> Target:
        return replace(self._here, profile=profile)


async def answer_of(target: Target) -> str:
    """Connect, and say in words what answered; a DLI error where nothing did."""
    from dli_tui.domain.query import WorkflowQuery  # noqa: PLC0415 - after the first paint
    from dli_tui.present import words  # noqa: PLC0415 - as above
    from dli_tui.wiring import opened  # noqa: PLC0415 - as above

    async with opened(target) as client:
        found = await client.list_workflows(WorkflowQuery(limit=1))
    many = "at least " if found.more else ""
    return f"It answers: {many}{words.plural(found.total_count, 'workflow')}"


def context_of(target: Target) -> Context:
    """A place, as the dashboard tells of it."""
    profile = target.profile
    where = Where(
        name=profile.name,
        production=profile.production,
        read_only=target.read_only or profile.read_only,
        typed=profile.production and profile.confirm == "type",
    )
    return Context(where, profile.kind, safe_line(profile.url or ""), OpensSession(target))


def _apart(target: Target, settings: Settings) -> Target:
    """`target`, by a name of its own where a profile that is another place is called the same."""
    profile = target.profile
    if settings.profiles.get(profile.name, profile) == profile:
        return target
    return replace(target, profile=replace(profile, name=_AD_HOC.format(profile.name)))
