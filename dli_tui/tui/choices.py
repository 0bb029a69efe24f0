"""What a person chose and wants to find again: theme, order, columns, which times are told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final, NamedTuple, TypeVar

from dli_tui.present.arranging import WORST, Order
from dli_tui.tui.columns import ALL, named

ORDERS: Final = (WORST.column, *ALL)


Option = TypeVar("Option")


def following(options: Iterable[Option], chosen: Option, by: int = 1) -> Option:
    """The option that comes next where a key goes through them, round the end."""
    every = tuple(options)
    return every[(every.index(chosen) + by) % len(every)]


class Times(StrEnum):
    """In which zone times are told."""

    SCHEDULE = "the schedule's zone"
    HERE = "your zone"
    UTC = "UTC"


class Choices(NamedTuple):
    """The choices in force."""

    theme: str | None = None
    order: Order = WORST
    times: Times = Times.SCHEDULE
    columns: tuple[str, ...] = ALL

    def as_words(self) -> dict[str, str]:
        """How they are kept."""
        kept = {
            "sort": self.order.column,
            "sort_direction": "down" if self.order.descending else "up",
            "times": self.times.name,
            "columns": ",".join(self.columns),
        }
        return kept if self.theme is None else {**kept, "theme": self.theme}

    @classmethod
    def of(cls, kept: Mapping[str, str]) -> Choices:
        """What was kept; anything unknown is as if it had never been chosen."""
        column = kept.get("sort", WORST.column)
        order = Order(column, kept.get("sort_direction") == "down") if column in ORDERS else WORST
        times, columns = kept.get("times", ""), kept.get("columns", "")
        return cls(
            theme=kept.get("theme"),
            order=order,
            times=Times[times] if times in Times.__members__ else Times.SCHEDULE,
            columns=named(columns.split(",")) if columns else ALL,
        )
