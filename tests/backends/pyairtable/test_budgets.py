"""How many requests leave in a minute, and who waits."""

import pytest

from dli_tui.backends.pyairtable.budgets import LIMITS, LONGEST_PAUSE, MINUTE, Budgets
from dli_tui.domain.errors import ServerError
from dli_tui.wire.failures import Operation
from tests.support import ManualClock
from tests.support_backends import NOW

LOOKING, CREATING = LIMITS["looking"], LIMITS["creating workflows"]


@pytest.fixture
def clock():
    return ManualClock(NOW)


@pytest.fixture
def waited():
    return []


@pytest.fixture
def budgets(clock, waited):
    async def sleep(seconds):
        waited.append(seconds)
        clock.move(seconds)

    return Budgets(lambda: clock.now().timestamp(), sleep)


async def ask(budgets, count, operation=Operation.LIST, *, write=False):
    for _ in range(count):
        await budgets.spend(operation, write=write)


def told(budgets, clock):
    return {one.name: one for one in budgets.told(clock)}


async def test_a_few_questions_wait_for_nothing(budgets, clock, waited):
    await ask(budgets, 100)
    assert waited == []
    assert told(budgets, clock)["looking"].remaining == LOOKING - 100


async def test_polling_slows_down_before_all_is_spent(budgets, clock, waited):
    await ask(budgets, LOOKING)
    assert waited
    assert max(waited) <= LONGEST_PAUSE
    assert told(budgets, clock)["looking"].remaining > 0


async def test_what_is_kept_free_is_there_for_writes_at_once(budgets, waited):
    await ask(budgets, 37, Operation.REGISTER, write=True)
    await ask(budgets, CREATING - 37, Operation.REGISTER, write=True)
    assert waited == []
    with pytest.raises(ServerError, match="and they are spent; nothing was sent") as caught:
        await ask(budgets, 1, Operation.REGISTER, write=True)
    assert caught.value.wait_seconds == pytest.approx(MINUTE)
    assert caught.value.hint == "Try again in 60 s."


async def test_a_minute_later_all_may_leave_again(budgets, clock):
    await ask(budgets, CREATING, Operation.REGISTER, write=True)
    spent = told(budgets, clock)["creating workflows"]
    assert spent.remaining == 0
    assert (spent.resets_at - NOW).total_seconds() == pytest.approx(MINUTE)
    clock.move(MINUTE)
    fresh = told(budgets, clock)["creating workflows"]
    assert (fresh.remaining, fresh.resets_at) == (CREATING, None)
    await ask(budgets, 1, Operation.REGISTER, write=True)


async def test_each_kind_is_counted_by_itself(budgets, clock):
    for operation in (Operation.TEMPLATES, Operation.SHELVE, Operation.RUN, Operation.STEPS):
        await ask(budgets, 1, operation)
    left = {name: LIMITS[name] - one.remaining for name, one in told(budgets, clock).items()}
    assert left == {
        "templates": 2,
        "creating workflows": 0,
        "executing workflows": 1,
        "looking": 1,
    }


async def test_who_was_asked_to_wait_asks_nothing_of_the_kind_meanwhile(budgets, clock):
    budgets.of(Operation.LIST).shut(30)
    with pytest.raises(ServerError) as caught:
        await ask(budgets, 1)
    assert caught.value.wait_seconds == pytest.approx(30)
    assert told(budgets, clock)["looking"].remaining == 0
    await ask(budgets, 1, Operation.RUN, write=True)
    clock.move(30)
    await ask(budgets, 1)
