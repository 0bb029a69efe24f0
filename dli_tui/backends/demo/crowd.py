"""As many more workflows as one likes, for trying out how a long list feels.

They share two hundred schedules and a thousand fates: what the workflows of one fate show
is worked out once, and each gets a copy with its own name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from dli_tui.backends.demo import portraits
from dli_tui.backends.demo.cast import STANDARD
from dli_tui.backends.demo.dice import Dice
from dli_tui.backends.demo.scenario import (
    CODE,
    ETL,
    MANUAL,
    MODEL,
    REPORT,
    SYNC,
    DemoWorkflow,
    Pattern,
    Scenario,
    Temper,
)
from dli_tui.backends.demo.world import World
from dli_tui.domain.run import WorkflowRun
from dli_tui.domain.status import WorkflowStatus
from dli_tui.domain.workflow import WorkflowInfo

SCHEDULES: Final = 200
FATES: Final = 1_000
_FIRST_FATE: Final = 1 << 33
"""Beyond every hash of a name."""
_TEAMS: Final = ("commerce", "growth", "finance", "ml", "platform", "logistics")
_LAYERS: Final = ("raw", "staging", "core", "mart")
_THINGS: Final = ("events", "orders", "users", "stock", "costs", "clicks", "prices", "calls")
_PATTERNS: Final[tuple[Pattern, ...]] = (ETL, SYNC, MODEL, REPORT)
_MANUAL_SHARE: Final = 0.3
_PAUSED_SHARE: Final = 0.04
_TEMPER: Final = Temper(failure_rate=0.03, flaky_rate=0.08)
_ZONES: Final = ("UTC", "Asia/Seoul", "Europe/Berlin", "America/New_York")


def with_crowd(size: int, seed: int) -> Scenario:
    """The standard scenario, cut or filled up to `size` workflows."""
    standard = STANDARD.workflows[:size]
    extra = size - len(standard)
    fates = [_fated(fate, seed) for fate in range(min(FATES, extra))]
    crowd = (
        DemoWorkflow(f"{fates[number % FATES].name}_{number:05}", *fates[number % FATES][1:])
        for number in range(extra)
    )
    return Scenario((*standard, *crowd), STANDARD.archive)


class Portraits:
    """Rows of one moment: those of one fate are drawn once and shared."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._drawn: dict[int, WorkflowInfo] = {}

    def row(self, workflow: DemoWorkflow) -> WorkflowInfo:
        """The row of `workflow`."""
        if not workflow.fate or workflow.name in self._world.book.touched:
            return portraits.row(self._world, workflow)
        drawn = self._drawn.get(workflow.fate)
        if drawn is None:
            drawn = self._drawn[workflow.fate] = portraits.row(self._world, workflow)
        return _named(drawn, workflow)


def rows(world: World) -> Iterator[WorkflowInfo]:
    """Every row of the list now, in its order."""
    return map(Portraits(world).row, world.playing())


def alike(world: World) -> Iterable[Sequence[DemoWorkflow]]:
    """Every workflow there is now, those together whose runs differ by nothing but the name."""
    fates: dict[int | str, list[DemoWorkflow]] = {}
    for place, workflow in enumerate(world.playing()):
        shared = workflow.fate and workflow.name not in world.book.touched
        fates.setdefault(workflow.fate if shared else f"own {place}", []).append(workflow)
    return fates.values()


def called(runs: Iterable[WorkflowRun], workflows: Sequence[DemoWorkflow]) -> Iterator[WorkflowRun]:
    """The runs of the first of some that are alike, and the same of each of the others."""
    for run in runs:
        yield run
        for workflow in workflows[1:]:
            yield _own_run(run, workflow)


def _own_run(run: WorkflowRun, workflow: DemoWorkflow) -> WorkflowRun:
    run_id = workflow.name + run.run_id.removeprefix(run.dataset_name)
    return run.twin(run_id=run_id, dataset_name=workflow.name)


def _named(drawn: WorkflowInfo, workflow: DemoWorkflow) -> WorkflowInfo:
    """The row of another workflow of the same fate."""
    last = drawn.last_run
    return drawn.twin(
        dataset_name=workflow.name,
        last_run=None if last is None else _own_run(last, workflow),
        s3_path=portraits.store_path(workflow.source, workflow.name),
        airflow_dag_id=workflow.name.replace(".", "_"),
    )


def _fated(fate: int, seed: int) -> DemoWorkflow:
    """What the workflows of one fate have in common; the name lacks its number."""
    dice = Dice(seed, fate, 17)
    team = _TEAMS[fate % len(_TEAMS)]
    layer, thing = _LAYERS[dice.pick(len(_LAYERS))], _THINGS[dice.pick(len(_THINGS))]
    return DemoWorkflow(
        f"{team}.{layer}.{thing}",
        MANUAL if dice.roll() < _MANUAL_SHARE else CODE,
        _cron(fate % SCHEDULES),
        f"@{team}",
        30 + 600 * dice.roll(),
        _PATTERNS[dice.pick(len(_PATTERNS))],
        timezone=_ZONES[fate % len(_ZONES)],
        owner=f"{team}@example.com",
        description=f"{thing.capitalize()} of the {layer} layer",
        status=WorkflowStatus.PAUSED if dice.roll() < _PAUSED_SHARE else WorkflowStatus.ACTIVE,
        temper=_TEMPER,
        fate=_FIRST_FATE + fate,
    )


def _cron(number: int) -> str:
    """One of two hundred schedules: hourly ones, a few a day, and nightly ones."""
    minute, kind = number * 7 % 60, number % 4
    hours = {0: "*", 1: f"*/{2 + number % 5}", 2: str(number % 24), 3: str(1 + number % 6)}[kind]
    return f"{minute} {hours} * * *"
