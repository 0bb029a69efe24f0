"""What all models share: frozen, tolerant of extra keys, built on first use.

Building a pydantic schema costs milliseconds that a command using three of thirty models
should not pay, so every schema is deferred.
"""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict

from dli_tui.domain.clock import FIRST_YEAR, LAST_YEAR, as_utc


def _showable(moment: datetime) -> datetime:
    try:
        found = as_utc(moment)
    except OverflowError:
        found = None
    if found is None or not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise ValueError(f"a moment from {FIRST_YEAR} to {LAST_YEAR} was expected")
    return found


Moment = Annotated[datetime, AfterValidator(_showable)]
"""A point in time, held in UTC; a naive one from a server is UTC already."""


@lru_cache(maxsize=1_024)
def _shared(fields: frozenset[str]) -> set[str]:
    return set(fields)


class Value(BaseModel):
    """A frozen model: a change makes a new one."""

    model_config = ConfigDict(frozen=True, defer_build=True, extra="ignore")

    def model_post_init(self, _context: Any, /) -> None:  # noqa: ANN401 - as pydantic calls it
        """Share the set of given fields with all that were given the same: it takes twice the
        memory of the fields themselves."""
        given = _shared(frozenset(self.__pydantic_fields_set__))
        object.__setattr__(self, "__pydantic_fields_set__", given)

    def twin(self, **changes: Any) -> Self:  # noqa: ANN401 - a field may be of any type
        """A copy with other values, which must be of the right types already.

        A tenth of the price of `model_copy`, which copies the set of given fields each time;
        frozen values can share it. A list of 100,000 rows is made of twins.
        """
        new = self.__class__.__new__(self.__class__)
        object.__setattr__(new, "__dict__", {**self.__dict__, **changes})
        object.__setattr__(new, "__pydantic_fields_set__", self.__pydantic_fields_set__)
        object.__setattr__(new, "__pydantic_extra__", None)
        object.__setattr__(new, "__pydantic_private__", None)
        return new
