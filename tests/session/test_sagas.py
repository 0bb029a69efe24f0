"""Sagas are followed to their end; what was asked of them is remembered where no server does."""

import pytest

from dli_tui.domain.errors import WorkflowNotFoundError
from dli_tui.domain.saga import Saga
from dli_tui.domain.status import SagaStatus
from dli_tui.session.sagas import (
    LIST_SECONDS,
    QUIET_POLLS,
    SAGA_SECONDS,
    SLOWEST_SECONDS,
    UNKNOWN_SECONDS,
)
from tests.support_backends import ScriptedBackend
from tests.support_session import looking_at

RUNNING, COMPENSATED = SagaStatus.RUNNING, SagaStatus.COMPENSATED


def saga(status=RUNNING, saga_id="s1"):
    return Saga(saga_id=saga_id, saga_type="t", status=status)


class Sagas(ScriptedBackend):
    """Has the sagas that a test gives it, and forgets what was asked of them."""

    def __init__(self, *sagas):
        super().__init__()
        self.known = list(sagas)

    async def sagas(self):
        self._asked("sagas", None)
        return tuple(self.known)

    async def saga(self, saga_id):
        self._asked("saga", saga_id)
        found = next((one for one in self.known if one.saga_id == saga_id), None)
        if found is None:
            raise WorkflowNotFoundError(f"Saga '{saga_id}' not found")
        return found


async def following(here, feed):
    await feed.start()
    await here.settle()
    return feed


async def test_one_is_asked_every_other_second_until_it_is_over():
    backend = Sagas(saga())
    async with looking_at(backend) as here:
        feed = await following(here, here.session.saga("s1"))
        await here.pass_by(SAGA_SECONDS)
        assert (here.asked("saga"), feed.ended) == (2, False)
        backend.known = [saga(COMPENSATED)]
        await here.pass_by(SAGA_SECONDS)
        assert (feed.saga.status, feed.ended) == (COMPENSATED, True)
        await here.pass_by(100)
        assert here.asked("saga") == 3
        await here.refresh(feed)
        assert here.asked("saga") == 4


async def test_one_that_stands_still_is_asked_less_often_until_somebody_wants_it():
    async with looking_at(Sagas(saga())) as here:
        feed = await following(here, here.session.saga("s1"))
        for _ in range(QUIET_POLLS * 3):
            await here.pass_by(SLOWEST_SECONDS)
        before = here.asked("saga")
        await here.pass_by(SAGA_SECONDS)
        assert here.asked("saga") == before
        await here.refresh(feed)
        await here.pass_by(SAGA_SECONDS)
        assert here.asked("saga") == before + 2


async def test_one_whose_status_nobody_knows_is_asked_once_a_minute_in_the_end():
    async with looking_at(Sagas(saga(SagaStatus.UNKNOWN))) as here:
        await following(here, here.session.saga("s1"))
        for _ in range(QUIET_POLLS * 6):
            await here.pass_by(UNKNOWN_SECONDS)
        before = here.asked("saga")
        await here.pass_by(UNKNOWN_SECONDS - 1)
        assert here.asked("saga") == before
        await here.pass_by(1)
        assert here.asked("saga") == before + 1


async def test_the_list_comes_again_and_again():
    backend = Sagas(saga())
    async with looking_at(backend) as here:
        feed = here.session.sagas()
        assert feed.loading
        await following(here, feed)
        assert not feed.loading
        backend.known.append(saga(saga_id="s2"))
        await here.pass_by(LIST_SECONDS)
        assert [one.saga_id for one in feed.sagas] == ["s1", "s2"]


@pytest.mark.parametrize("status", [RUNNING, SagaStatus.PENDING])
async def test_one_that_was_asked_to_stop_is_marked_though_the_server_says_nothing(status):
    async with looking_at(Sagas(saga(status), saga(saga_id="s2"))) as here:
        here.session.cancelled_sagas.note("s1")
        feed = await following(here, here.session.saga("s1"))
        others = await following(here, here.session.sagas())
        assert feed.saga.cancel_requested
        assert feed.saga.status is status
        assert [one.cancel_requested for one in others.sagas] == [True, False]


async def test_one_that_nobody_knows_is_a_problem_and_not_asked_again():
    async with looking_at(Sagas()) as here:
        feed = await following(here, here.session.saga("s1"))
        assert isinstance(feed.freshness.problem, WorkflowNotFoundError)
        await here.pass_by(100)
        assert here.asked("saga") == 1


async def test_one_that_expired_says_so_and_keeps_what_was_seen_of_it():
    backend = Sagas(saga())
    async with looking_at(backend) as here:
        feed = await following(here, here.session.saga("s1"))
        backend.known = []
        await here.pass_by(SAGA_SECONDS)
        assert (feed.expired, feed.ended, feed.saga.status) == (True, True, RUNNING)
        assert feed.freshness.problem is None
        asked = here.asked("saga")
        await here.pass_by(1_000)
        assert here.asked("saga") == asked, "nobody asks for what is gone"
        backend.known = [saga(COMPENSATED)]
        await here.refresh(feed)
        assert (feed.expired, feed.saga.status) == (False, COMPENSATED)
        await feed.close()


async def test_one_that_was_never_there_is_a_problem():
    async with looking_at(Sagas()) as here:
        feed = await following(here, here.session.saga("s1"))
        assert (feed.expired, feed.saga) == (False, None)
        assert isinstance(feed.freshness.problem, WorkflowNotFoundError)
        await feed.close()
