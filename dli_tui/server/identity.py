"""Who asks, and what they may: found out once by the gate, asked for by whatever needs it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final, NamedTuple

from dli_tui.domain.errors import WorkflowPermissionError

_KEPT: Final = "dli_tui.identity"


class Role(StrEnum):
    """What somebody may; each may what the one before may."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    ADMIN = "admin"

    def covers(self, other: Role) -> bool:
        """Whether this role may all that `other` may."""
        return _RANKS[self] >= _RANKS[other]


_RANKS: Final = {role: rank for rank, role in enumerate(Role)}


class Identity(NamedTuple):
    """Who signed in, and as what."""

    name: str
    role: Role
    token_id: str | None = None

    @property
    def sender(self) -> str:
        """What tells this person apart from all others: a JWT may bear the name of a token."""
        return f"{'jwt' if self.token_id is None else 'token'}:{self.name}"


ANYBODY: Final = Identity("anybody on this machine", Role.ADMIN)
"""Who asks the open demo. What is done there is done by the person who started it."""


def admit(scope: Mapping[str, Any], identity: Identity) -> None:
    """Keep with the request who asks."""
    scope["state"][_KEPT] = identity


def identity_of(scope: Mapping[str, Any]) -> Identity:
    """Who asks, as the gate found out."""
    found: Identity = scope["state"][_KEPT]
    return found


def require(scope: Mapping[str, Any], role: Role) -> None:
    """Refuse what takes more than the role of whoever asks."""
    require_role(identity_of(scope), role)


def require_role(identity: Identity, role: Role) -> None:
    """Refuse what takes more than the role of that person."""
    if not identity.role.covers(role):
        raise WorkflowPermissionError(
            f"This takes the role {role}; {identity.name} is signed in as {identity.role}",
            hint="Ask an administrator of the server for a token with that role.",
        )
