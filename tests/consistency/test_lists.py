"""Two polls after anything that was done, here or elsewhere, the list is the server's truth.

Each kind of server goes through the same stories, made up by hypothesis from a fixed seed. By
default these are few, and one that fails is told as it was made up, so that the suite stays quick;
CONSISTENCY_EXAMPLES says how many to go through with each kind, and has what fails made shorter,
which takes minutes:

    CONSISTENCY_EXAMPLES=300 python -m pytest tests/consistency -n auto

On Airflow a pause by somebody else, and which DAGs there are, show in its whole list alone, which
is read now and then: the last runs are compared after two polls, and the rest once it was read.
"""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress
from enum import Enum, auto
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from dli_tui.domain.errors import AnswerLostError, Unsupported
from dli_tui.domain.ids import RunRef, WorkflowKey
from dli_tui.domain.status import RunStatus, WorkflowStatus
from dli_tui.present import making
from dli_tui.present.arranging import is_problem
from dli_tui.session.workflows import LIST_SECONDS
from tests.consistency.airflow import AirflowKind
from tests.consistency.basecamp import BasecampKind
from tests.consistency.demo import DemoKind, ServedKind
from tests.consistency.kinds import NAMES, Kind, Truth
from tests.consistency.pyairtable import PyAirtableKind
from tests.support_session import looking_at

EXAMPLES = int(os.environ.get("CONSISTENCY_EXAMPLES", "16"))
PHASES = (Phase.generate, *((Phase.shrink,) if "CONSISTENCY_EXAMPLES" in os.environ else ()))
KINDS = {
    "basecamp-seed": lambda: BasecampKind(tells_last_runs=True),
    "basecamp-real": lambda: BasecampKind(tells_last_runs=False),
    "demo": DemoKind,
    "served": lambda: ServedKind(extras=True),
    "served-plain": lambda: ServedKind(extras=False),
    "pyairtable-003": lambda: PyAirtableKind("003", "003"),
    "pyairtable-v1": lambda: PyAirtableKind("v1", "src"),
    "pyairtable-legacy": lambda: PyAirtableKind("legacy", "flat"),
    "airflow-2": lambda: AirflowKind(1),
    "airflow-3": lambda: AirflowKind(2),
}
BAD = (RunStatus.FAILED, RunStatus.TIMEOUT)
MEANT_TO_WORK = {WorkflowStatus.ACTIVE, WorkflowStatus.PAUSED}
VERBS = (
    *("start",) * 3,
    *("end", "unpause") * 2,
    *("stop", "pause", "pass", "add", "remove"),
)
OURS = ("start", "stop", "pause", "unpause")
"""What our client can do; that shows at once everywhere."""
ATTEMPTS = 3
"""A question is asked so often before it is given up."""


class Lost(Enum):
    """What is lost on the way to our client."""

    NOTHING = auto()
    ANSWER = auto()
    """To one question, which is asked again at once."""
    POLL = auto()
    """To all attempts of the next poll, which is made up for later."""
    RESULT = auto()
    """The answer to a write that was done."""


class Step(NamedTuple):
    """One thing that happens, to one of those to which it can."""

    verb: str
    number: int
    is_ours: bool
    """Whether it is done through our client."""
    lost: Lost


STEPS = st.lists(
    st.builds(
        Step,
        st.sampled_from(VERBS),
        st.integers(0, 11),
        st.booleans(),
        st.sampled_from((Lost.NOTHING, Lost.NOTHING, Lost.NOTHING, *Lost)),
    ),
    min_size=6,
    max_size=12,
)


async def act(kind: Kind, client: Any, step: Step) -> None:
    """What a step says, if there is anything to which it can happen."""
    truth = await kind.truth()
    match step.verb:
        case "pass":
            kind.clock.move(20.0 * 3 ** (step.number % 6))
        case "end" | "stop":
            going = await kind.under_way()
            if going:
                await end(kind, client, step, going[step.number % len(going)])
        case "add":
            names = [
                name
                for name in (*NAMES, "new")
                if not states_of(truth, name) or kind.may_override(truth, name)
            ]
            await kind.add(names[step.number % len(names)]) if names else None
        case verb:
            states = {
                "start": {WorkflowStatus.ACTIVE},
                "pause": {WorkflowStatus.ACTIVE},
                "unpause": kind.held,
                "remove": MEANT_TO_WORK,
            }[verb]
            names = [name for name in (*NAMES, "new") if states & states_of(truth, name)]
            if names:
                await change(kind, client, step, names[step.number % len(names)])


def states_of(truth: dict[WorkflowKey, Truth], name: str) -> set[WorkflowStatus]:
    """The statuses of the rows of a name."""
    return {row.status for key, row in truth.items() if key.name == name}


async def end(kind: Kind, client: Any, step: Step, ref: RunRef) -> None:
    """A run ends, or is stopped."""
    if step.verb == "end":
        await kind.end(ref, is_good=step.number % 2 == 0)
        return
    if step.is_ours:
        # Some orchestrators don't say which run a saga belongs to.
        with suppress(Unsupported):
            await client.stop(ref)
            return
    await kind.stop(ref)


async def change(kind: Kind, client: Any, step: Step, name: str) -> None:
    """A workflow is run, paused, unpaused or removed."""
    match step.verb, step.is_ours:
        case "start", True:
            await client.run(name)
        case "start", False:
            await kind.start(name)
        case "pause", True:
            await client.pause(name)
        case "unpause", True:
            await client.unpause(name)
        case ("pause" | "unpause") as verb, False:
            await kind.hold(name, is_paused=verb == "pause")
        case "remove", _:
            await kind.remove(name)


async def poll(kind: Kind, here: Any, seconds: float = LIST_SECONDS) -> None:
    await here.pass_by(seconds)
    await kind.settle()


def seen_in(rows: Any) -> dict[WorkflowKey, Truth]:
    return {
        row.key: Truth(
            row.status,
            None if row.last_run is None else (row.last_run.run_id, row.last_run.status),
            row.is_running,
        )
        for row in rows
    }


def problems_in(rows: Any, kind: Kind) -> set[WorkflowKey]:
    """The rows that the dashboard counts as problems; lateness is another matter."""
    now = kind.clock.now()
    shown = (making.workflow_row(row)._replace(due=None) for row in rows)
    return {row.key for row in shown if is_problem(row, now)}


def check_runs(seen: dict[WorkflowKey, Truth], truth: dict[WorkflowKey, Truth]) -> None:
    """The last runs of the rows that are known are the server's."""
    both = seen.keys() & truth.keys()
    assert {key: seen[key][1:] for key in both} == {key: truth[key][1:] for key in both}


async def check(kind: Kind, here: Any) -> None:
    """All that is shown is the server's truth."""
    rows, truth = here.workflows.rows.values(), await kind.truth()
    seen = seen_in(rows)
    untold = {key for key, row in truth.items() if row.is_running is None}
    assert {
        key: row._replace(is_running=None) if key in untold else row for key, row in seen.items()
    } == truth
    # What is switched off is nobody's problem.
    assert problems_in(rows, kind) == {
        key
        for key, row in truth.items()
        if row.last and row.last[1] in BAD and row.status in MEANT_TO_WORK
    }


async def story(kind: Kind, steps: list[Step]) -> None:
    async with kind.opened() as backend, looking_at(backend, clock=kind.clock) as here:
        await kind.settle()
        for step in steps:
            kind.lose(reads=step.lost is Lost.ANSWER, writes=step.lost is Lost.RESULT)
            with suppress(AnswerLostError):
                # Where its answer is lost, an action may be unconfirmed; the list isn't.
                await act(kind, here.session.client, step)
            is_poll_lost = step.lost is Lost.POLL and kind.transport is not None
            kind.lose(reads=ATTEMPTS * is_poll_lost)
            for _ in range(2 + is_poll_lost):
                await poll(kind, here)
            if kind.sweep_seconds and not (step.is_ours and step.verb in OURS):
                check_runs(seen_in(here.workflows.rows.values()), await kind.truth())
                for seconds in (kind.sweep_seconds, LIST_SECONDS, LIST_SECONDS):
                    await poll(kind, here, seconds)
            await check(kind, here)


@pytest.mark.parametrize("kind", KINDS)
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    phases=PHASES,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS)
def test_the_list_is_true_two_polls_after_anything(kind, steps):
    asyncio.run(story(KINDS[kind](), steps))
