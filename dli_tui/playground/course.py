"""How work goes that has steps: every try of each, with its begin and its end.

Laid out ahead, from when it began, so that any moment of it can be told. What somebody does to it
later (a stop, a step tried again) is laid over it in the order in which it was done.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from dli_tui.playground.steps import Outcome

PENDING: Final = "pending"
RUNNING: Final = "running"
RETRYING: Final = "retrying"
COMPLETED: Final = "completed"
FAILED: Final = "failed"
CANCELLED: Final = "cancelled"
SKIPPED: Final = "skipped"
TIMEOUT: Final = "timeout"

_SOON: Final = timedelta(seconds=1)
"""What waits for its turn, when it begins and when it begins again."""
_GROWING: Final = (1.0, 2.0, 4.0)
"""Seconds between one try and the next."""
_NOTHING_TO_DO: Final = timedelta(milliseconds=5)


class Limit(NamedTuple):
    """How long it may take, and what it is called when it took longer."""

    seconds: int
    called: str


class Again(NamedTuple):
    """Somebody had a step tried again."""

    at: datetime
    place: int


class Stop(NamedTuple):
    """Somebody wanted it to end."""

    at: datetime


Event = Again | Stop
Tries = Callable[[int, int], Sequence[Outcome]]
"""How the tries of a step go: by its place, and by how often somebody had it tried again."""


class Try(NamedTuple):
    """One try of a step."""

    begun: datetime
    ended: datetime
    verdict: str
    error: str | None = None


class Lap(NamedTuple):
    """The tries of one step, since somebody last had it tried again."""

    tries: tuple[Try, ...] = ()
    before: int = 0
    """How many tries there were before that."""

    def retries(self, now: datetime) -> int:
        """How often it was tried again so far."""
        return max(0, self.before + sum(one.begun <= now for one in self.tries) - 1)


class Course(NamedTuple):
    """All of it."""

    asked: datetime
    begun: datetime
    ended: datetime
    outcome: str
    error: str | None
    laps: tuple[Lap, ...]

    def status(self, now: datetime) -> str:
        """Where it stands."""
        if now >= self.ended:
            return self.outcome
        return PENDING if now < self.begun else RUNNING

    def status_of(self, place: int, now: datetime) -> str:
        """Where one step stands."""
        tries = [one for one in self.laps[place].tries if one.begun <= now]
        if not tries:
            return SKIPPED if now >= self.ended else PENDING
        if now < tries[-1].ended:
            return RUNNING
        # The last try that fails ends it all; before that, one more is to come.
        if tries[-1].verdict == FAILED and now < self.ended:
            return RETRYING
        return tries[-1].verdict

    def done(self, now: datetime) -> list[int]:
        """The places of the steps that were completed."""
        return [n for n in range(len(self.laps)) if self.status_of(n, now) == COMPLETED]


def course_of(
    count: int,
    tries: Tries,
    asked: datetime,
    *,
    waits: timedelta = _SOON,
    limit: Limit | None = None,
    events: Iterable[Event] = (),
) -> Course:
    """The course of `count` steps, asked for at a moment, each go of it within `limit`."""
    begun, by_hand = asked + waits, Counter[int]()
    laps = [Lap()] * count
    course = _gone(
        Course(asked, begun, begun, COMPLETED, None, tuple(laps)), 0, begun, tries, by_hand
    )
    course = _in_time(course, begun, limit)
    for event in events:
        if isinstance(event, Stop):
            course = _cut(course, event.at, CANCELLED, None)
            continue
        by_hand[event.place] += 1
        start = event.at + _SOON
        course = _gone(course, event.place, start, tries, by_hand)
        course = _in_time(course, start, limit)
    return course


def _gone(
    course: Course, first: int, start: datetime, tries: Tries, by_hand: Counter[int]
) -> Course:
    """The course when the steps from `first` on begin at `start`."""
    laps, moment, error = list(course.laps), start, None
    for place in range(first, len(laps)):
        before = laps[place].before + len(laps[place].tries)
        if error is not None:
            laps[place] = Lap((), before)
            continue
        made = _tried(tries(place, by_hand[place]), moment)
        laps[place] = Lap(made, before)
        moment, error = made[-1].ended, made[-1].error
    end = moment if moment > start else start + _NOTHING_TO_DO
    outcome = COMPLETED if error is None else FAILED
    return course._replace(ended=end, outcome=outcome, error=error, laps=tuple(laps))


def _tried(outcomes: Sequence[Outcome], moment: datetime) -> tuple[Try, ...]:
    made: list[Try] = []
    for turn, (seconds, error) in enumerate(outcomes):
        begun = moment + timedelta(seconds=_GROWING[turn - 1] if turn else 0)
        moment = begun + timedelta(seconds=seconds)
        made.append(Try(begun, moment, COMPLETED if error is None else FAILED, error))
    return tuple(made)


def _in_time(course: Course, start: datetime, limit: Limit | None) -> Course:
    if limit is None:
        return course
    end = start + timedelta(seconds=limit.seconds)
    return _cut(course, end, limit.called, f"Timed out after {limit.seconds} s")


def _cut(course: Course, at: datetime, outcome: str, error: str | None) -> Course:
    """The course when it ends at `at` instead, if it hasn't ended before."""
    if at >= course.ended:
        return course
    verdict = CANCELLED if outcome == CANCELLED else FAILED
    laps = tuple(_cut_lap(lap, at, verdict, error) for lap in course.laps)
    return course._replace(
        begun=min(course.begun, at), ended=at, outcome=outcome, error=error, laps=laps
    )


def _cut_lap(lap: Lap, at: datetime, verdict: str, error: str | None) -> Lap:
    kept = [one for one in lap.tries if one.begun < at]
    if kept and kept[-1].ended > at:
        kept[-1] = Try(kept[-1].begun, at, verdict, error)
    return lap._replace(tries=tuple(kept))
