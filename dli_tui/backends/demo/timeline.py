"""How one run goes: every try of every step, with its begin and end.

Laid out in seconds since the run was queued, from chance alone, so any moment of it can be
asked for at any time. A stop cuts the line short, a retry lengthens it; both are applied in
the order in which they were made.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from dli_tui.backends.demo.dice import Dice
from dli_tui.backends.demo.scenario import DemoWorkflow
from dli_tui.domain.status import RunStatus, StepStatus

STOP_SECONDS: Final = 4.0
RETRY_QUEUE_SECONDS: Final = 2.0
_CANCELLED: Final = StepStatus.CANCELLED
_SLOWEST_START: Final = 6.0
_SLOWEST_PACE: Final = 1.2
_BUSY: Final = 1.9
_FAILED_SHARE: Final = 0.6
_FLAKY_SHARE: Final = 0.4
_LONGEST_PAUSE: Final = 30.0


class Try(NamedTuple):
    """One try of one step."""

    step: int
    attempt: int
    start: float
    end: float
    outcome: StepStatus
    planned: float | None = None
    """When it would have ended, had nobody stopped it."""


class Retry(NamedTuple):
    """At `at` seconds the steps numbered in `steps` (none: whatever failed) begin again."""

    at: float
    steps: tuple[int, ...] = ()


class Stop(NamedTuple):
    """At `at` seconds somebody asked it to stop."""

    at: float


class Timeline(NamedTuple):
    """A whole run: its tries, and where it ends up."""

    started: float
    finished: float
    outcome: RunStatus
    tries: tuple[Try, ...]
    stopping: float | None = None
    """When the stop was asked for, if it was."""
    resumed: float | None = None
    """When the last retry was asked for, if one was."""

    def status(self, moment: float) -> RunStatus:
        """Where the run stands `moment` seconds after it was queued."""
        if moment >= self.finished:
            return self.outcome
        if self.stopping is not None and moment >= self.stopping:
            return RunStatus.STOPPING
        return RunStatus.RUNNING if moment >= self.started else RunStatus.PENDING


def timeline(
    workflow: DemoWorkflow, seed: int, key: int, events: Iterable[Retry | Stop] = ()
) -> Timeline:
    """The run of `workflow` that `key` tells from its others, after what was done to it."""
    dice = Dice(seed, workflow.luck, key)
    queued = 1.0 + (_SLOWEST_START - 1.0) * dice.roll()
    fated = _fails(workflow, key, dice)
    line = _play(workflow, dice, queued, range(len(workflow.pattern.steps)), {}, fated=fated)
    for number, event in enumerate(events, start=1):
        if isinstance(event, Stop):
            line = _stop(line, event.at)
        else:
            line = _retry(workflow, Dice(seed, workflow.luck, key, number), line, event)
    return line


def longest(workflow: DemoWorkflow) -> float:
    """Seconds in which every run of `workflow` that nobody retried is over."""
    again = workflow.retry.max_attempts - 1
    struggle = max(1.0, _FAILED_SHARE * (again + 1), 1.0 + _FLAKY_SHARE * again)
    pauses = again * min(workflow.retry.delay_seconds, _LONGEST_PAUSE)
    play = workflow.seconds * _SLOWEST_PACE * _BUSY * struggle
    return _SLOWEST_START + play + pauses + STOP_SECONDS


def _fails(workflow: DemoWorkflow, key: int, dice: Dice) -> bool:
    chance = dice.roll()
    if workflow.temper.bad_weekday is not None:
        # Day 0 of the epoch was a Thursday, the fourth day of the week.
        local = key + 9 * 3600 if workflow.timezone == "Asia/Seoul" else key
        return (local // 86_400 + 3) % 7 == workflow.temper.bad_weekday
    return chance < workflow.temper.failure_rate


def _play(
    workflow: DemoWorkflow,
    dice: Dice,
    start: float,
    steps: Iterable[int],
    attempts: dict[int, int],
    *,
    fated: bool,
) -> Timeline:
    """Play `steps` from `start` on; a fated run fails at one of them."""
    temper, plan = workflow.temper, workflow.pattern.steps
    pace = workflow.seconds * (0.8 + 0.4 * dice.roll()) / sum(step.share for step in plan)
    if dice.roll() < 0.03:  # noqa: PLR2004 - one run in thirty meets a busy cluster
        pace *= _BUSY
    wanted = tuple(steps)
    trouble = _trouble(workflow, wanted, dice)
    flaky = not fated and dice.roll() < temper.flaky_rate
    tries: list[Try] = []
    begin, failed = start, False
    for stage in sorted({plan[index].stage for index in wanted}):
        end = begin
        for index in (index for index in wanted if plan[index].stage == stage):
            seconds = plan[index].share * pace
            first = attempts.get(index, 0) + 1
            if index != trouble or not (fated or flaky):
                tries.append(Try(index, first, begin, begin + seconds, StepStatus.COMPLETED))
            else:
                tries.extend(_struggle(workflow, index, first, begin, seconds, fated=fated))
                failed = fated
            end = max(end, tries[-1].end)
        begin = end
        if failed:
            break
    return Timeline(start, begin, RunStatus.FAILED if failed else RunStatus.COMPLETED, tuple(tries))


def _trouble(workflow: DemoWorkflow, wanted: tuple[int, ...], dice: Dice) -> int:
    """The step at which this run fails or stumbles, if it does."""
    named = workflow.temper.fails_at
    chance = dice.pick(len(wanted))
    for index in wanted:
        if workflow.pattern.steps[index].name == named:
            return index
    return wanted[chance]


def _struggle(
    workflow: DemoWorkflow, index: int, first: int, begin: float, seconds: float, *, fated: bool
) -> list[Try]:
    """Tries of a step that fails: all of them for a fated run, else all but the last."""
    pause = min(workflow.retry.delay_seconds, _LONGEST_PAUSE)
    tries: list[Try] = []
    for attempt in range(first, first + workflow.retry.max_attempts):
        last = attempt == first + workflow.retry.max_attempts - 1
        good = last and not fated
        share = 1.0 if good else _FAILED_SHARE if fated else _FLAKY_SHARE
        end = begin + seconds * share
        outcome = StepStatus.COMPLETED if good else StepStatus.FAILED
        tries.append(Try(index, attempt, begin, end, outcome))
        begin = end + pause
    return tries


def _stop(line: Timeline, at: float) -> Timeline:
    if at >= line.finished:
        return line
    end = at + STOP_SECONDS
    cut = tuple(
        one if one.end <= at else one._replace(end=end, outcome=_CANCELLED, planned=one.end)
        for one in line.tries
        if one.start <= at
    )
    return line._replace(finished=end, outcome=RunStatus.KILLED, tries=cut, stopping=at)


def _retry(workflow: DemoWorkflow, dice: Dice, line: Timeline, event: Retry) -> Timeline:
    if line.outcome is not RunStatus.FAILED or event.at < line.finished:
        return line
    plan = workflow.pattern.steps
    latest = {one.step: one for one in line.tries}
    attempts = {step: one.attempt for step, one in latest.items()}
    done = {step for step, one in latest.items() if one.outcome is StepStatus.COMPLETED}
    first = min((plan[step].stage for step in event.steps), default=len(plan))
    steps = [
        index
        for index, step in enumerate(plan)
        if index in event.steps or index not in done or step.stage > first
    ]
    fated = dice.roll() < workflow.temper.failure_rate
    again = _play(workflow, dice, event.at + RETRY_QUEUE_SECONDS, steps, attempts, fated=fated)
    return again._replace(started=line.started, tries=line.tries + again.tries, resumed=event.at)
