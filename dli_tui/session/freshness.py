"""How old a picture is, and what keeps it from being newer: data, shown beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from dli_tui.domain.errors import DLIError


class Freshness(NamedTuple):
    """Moments are seconds of the session's pace."""

    as_of: float | None = None
    """When the last good answer came, if one did."""
    problem: DLIError | None = None
    """Why the last question wasn't answered, if it wasn't."""
    retry_at: float | None = None
    """When it will be asked again after a problem; None: not by itself."""
    busy: bool = False
    """Whether a question is under way."""
