"""A client reports the writes that end unconfirmed, each with the check that may confirm it."""

import pytest

from dli_tui.client import WorkflowClient
from dli_tui.domain.errors import (
    AnswerLostError,
    ErrorCode,
    ServerError,
    WorkflowNotFoundError,
    WorkflowRegistrationError,
)
from dli_tui.domain.query import Registration
from dli_tui.domain.request_id import request_id
from dli_tui.domain.schedule import ScheduleConfig
from dli_tui.domain.status import WorkflowStatus
from dli_tui.domain.workflow import DatasetInfo
from tests.support_backends import NOW, ScriptedBackend, row, run

CUT = AnswerLostError("cut")
WISH = "20260301T080000_abc123"


class Listener:
    """Keeps what a client reports."""

    def __init__(self):
        self.writes, self.settled = [], []

    def add(self, write):
        self.writes.append(write)

    def settle(self, request_id, what):
        self.settled.append((request_id, what))


def listened(backend, clock):
    client, listener = WorkflowClient(backend, clock=clock), Listener()
    client.unconfirmed = listener
    return client, listener


async def test_an_unconfirmed_write_is_reported_with_a_check_that_sees_it_later(clock):
    backend = ScriptedBackend([row("d")], pause=[CUT])
    client, listener = listened(backend, clock)
    with request_id(WISH), pytest.raises(AnswerLostError):
        await client.pause("d")
    (write,) = listener.writes
    assert (write.request_id, write.what, write.shown_by) == (WISH, "pause 'd'", "get d")
    assert not (await write.verify()).is_confirmed
    backend.rows = [row("d", status=WorkflowStatus.PAUSED)]
    assert (await write.verify()).is_confirmed
    assert listener.settled == []
    assert backend.sent == ["pause"]


async def test_a_write_that_succeeds_settles_its_confirmation(clock):
    client, listener = listened(ScriptedBackend([row("d")]), clock)
    with request_id(WISH):
        await client.pause("d")
    assert (listener.settled, listener.writes) == ([(WISH, "pause 'd'")], [])


@pytest.mark.parametrize("problem", [ServerError("no"), WorkflowNotFoundError("d")])
async def test_a_refusal_neither_settles_nor_is_unconfirmed(clock, problem):
    client, listener = listened(ScriptedBackend([row("d")], pause=[problem]), clock)
    with request_id(WISH), pytest.raises(type(problem)):
        await client.pause("d")
    assert (listener.settled, listener.writes) == ([], [])


async def test_a_run_that_carries_the_id_of_the_confirmation_is_confirmed_and_no_other_is(clock):
    backend = ScriptedBackend([row("d")], run=[CUT])
    client, listener = listened(backend, clock)
    with request_id(WISH), pytest.raises(AnswerLostError):
        await client.run("d")
    (write,) = listener.writes
    backend.runs = [run("dli__another", created_at=NOW)]
    check = await write.verify()
    assert not check.is_confirmed
    assert "dli__another" in check.detail
    backend.runs.append(run(f"dli__{WISH}", created_at=NOW))
    assert (await write.verify()).is_confirmed


async def test_a_replacement_that_was_undone_is_not_unconfirmed(clock):
    exists = WorkflowRegistrationError("exists", code=ErrorCode.WORKFLOW_ALREADY_EXISTS)
    spec = DatasetInfo(name="d", spec="name: d\n")
    old = row("d", cron="0 9 * * *", timezone="UTC")
    backend = ScriptedBackend([old], register=[exists, CUT], dataset_info=[spec])
    client, listener = listened(backend, clock)
    new = Registration("d", ScheduleConfig(cron="0 8 * * *"), force=True)
    with pytest.raises(WorkflowRegistrationError):
        await client.register(new)
    assert backend.sent == ["register", "unregister", "register", "register"]
    assert listener.writes == []
