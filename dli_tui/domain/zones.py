"""Time zones by their IANA names."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from dli_tui.domain.errors import ConfigurationError

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

_NOT_ZONES: Final = ("posix", "posixrules", "right", "localtime", "Factory", "SystemV")
_ZONE_HINT: Final = "Use a name such as UTC, Asia/Seoul or America/New_York."


@lru_cache(maxsize=1)
def zone_names() -> tuple[str, ...]:
    """The name of every zone; it looks through the zone database."""
    from zoneinfo import available_timezones  # noqa: PLC0415 - as below

    return tuple(sorted(name for name in available_timezones() if _is_zone(name)))


@lru_cache(maxsize=512)
def zone_of(name: str) -> ZoneInfo:
    """The IANA zone called `name`; DLI-001 for anything else."""
    from zoneinfo import ZoneInfo  # noqa: PLC0415 - the first paint tells no time

    if not _is_zone(name):
        raise ConfigurationError(f"'{name}' is not an IANA time zone", hint=_ZONE_HINT)
    try:
        return ZoneInfo(name)
    # A folder of the zone database, a name with a NUL or a path: ZoneInfo has an error for each.
    except (KeyError, ValueError, OSError) as error:
        raise ConfigurationError(f"'{name}' is not an IANA time zone", hint=_ZONE_HINT) from error


def _is_zone(name: str) -> bool:
    """Whether it isn't one of the other things that stand in the zone database."""
    return name.split("/", 1)[0] not in _NOT_ZONES
