"""Registering over what exists, on servers that replace and on servers that refuse."""

import asyncio

import pytest

from dli_tui.client import WorkflowClient
from dli_tui.domain.errors import (
    AnswerLostError,
    ConnectionFailedError,
    DLIError,
    ErrorCode,
    ServerError,
    WorkflowRegistrationError,
)
from dli_tui.domain.query import Registration
from dli_tui.domain.schedule import ScheduleConfig
from dli_tui.domain.status import RunStatus, WorkflowStatus
from dli_tui.domain.workflow import DatasetInfo
from tests.support_backends import ScriptedBackend, row, run

NEW = Registration("d", ScheduleConfig(cron="0 8 * * *"), force=True)
OLD = row("d", cron="0 9 * * *", timezone="Asia/Seoul", owner="me@example.com", team="@t")
SPEC = "name: d\n"
AGAIN = "register", "unregister", "register"


class Replacing(ScriptedBackend):
    """A server that registers over nothing and tells its specs."""

    async def dataset_info(self, name):
        self._asked("dataset_info", name)
        return DatasetInfo(name=name, spec=SPEC)


def exists():
    return WorkflowRegistrationError("exists", code=ErrorCode.WORKFLOW_ALREADY_EXISTS)


async def refused(backend):
    with pytest.raises(DLIError) as caught:
        await WorkflowClient(backend).register(NEW)
    return caught.value


async def test_a_server_that_replaces_is_told_once():
    backend = ScriptedBackend([OLD])
    result = await WorkflowClient(backend).register(NEW)
    assert backend.sent == ["register"]
    assert backend.arrived("register")[0].force
    assert result.message == "Workflow 'd' updated successfully"
    assert result.previous == OLD
    assert result.workflow_info is not None
    assert result.workflow_info.cron == "0 8 * * *"


async def test_where_a_server_refuses_the_old_one_goes_first():
    backend = Replacing([OLD], register=[exists()])
    result = await WorkflowClient(backend).register(NEW)
    assert backend.sent == [*AGAIN]
    assert backend.arrived("unregister") == [True]
    assert backend.arrived("register") == [NEW, NEW]
    assert result.previous == OLD


async def test_any_other_refusal_leaves_the_old_one_alone():
    backend = Replacing([OLD], register=[WorkflowRegistrationError("no disk")])
    assert (await refused(backend)).message == "no disk"
    assert backend.sent == ["register"]


async def test_if_the_old_one_cannot_go_nothing_more_is_sent():
    backend = Replacing([OLD], register=[exists()], unregister=[ServerError("no")])
    error = await refused(backend)
    assert "was not replaced, and perhaps it is no longer registered" in error.message
    assert "(no)" in error.message
    assert "Look before you try again" in error.hint
    assert backend.sent == ["register", "unregister"]


async def test_who_interrupts_between_the_two_finds_the_old_one_put_back():
    backend = Replacing([OLD], register=[exists(), asyncio.CancelledError()])
    with pytest.raises(asyncio.CancelledError):
        await WorkflowClient(backend).register(NEW)
    assert backend.sent == [*AGAIN, "register"]
    assert backend.arrived("register")[-1].schedule.cron == OLD.cron


@pytest.mark.parametrize("second", [exists(), ServerError("no disk"), ConnectionFailedError("cut")])
async def test_if_the_second_fails_the_old_one_is_put_back_and_the_error_says_so(second):
    backend = Replacing([OLD], register=[exists(), second])
    error = await refused(backend)
    assert backend.sent == [*AGAIN, "register"]
    back = backend.arrived("register")[-1]
    assert (back.schedule.cron, back.schedule.timezone) == ("0 9 * * *", "Asia/Seoul")
    assert (back.owner, back.team, back.force) == ("me@example.com", "@t", False)
    assert back.yaml_content == SPEC
    assert error.code is second.code
    assert second.message in error.message
    assert "the previous registration (cron 0 9 * * *) is in place again" in error.message


async def test_if_both_fail_the_error_says_that_nothing_is_left():
    backend = Replacing([OLD], register=[exists(), ServerError("one"), ServerError("two")])
    error = await refused(backend)
    assert "no longer registered" in error.message
    assert "one" in error.message
    assert "two" in error.message
    assert "0 9 * * * (Asia/Seoul)" in error.hint
    assert backend.sent == [*AGAIN, "register"]


async def test_if_the_answer_was_lost_but_something_is_there_it_says_look_first():
    lost = ConnectionFailedError("line broke")
    backend = Replacing([OLD], register=[exists(), lost, exists()])
    error = await refused(backend)
    assert "line broke" in error.message
    assert "perhaps the new one" in error.message
    assert "Look before you try again" in error.hint
    assert backend.sent == [*AGAIN, "register"]


async def test_what_was_paused_is_put_back_paused():
    paused = OLD.model_copy(update={"status": WorkflowStatus.PAUSED})
    backend = Replacing([paused], register=[exists(), ServerError("one")])
    assert "is in place again" in (await refused(backend)).message
    assert backend.sent == [*AGAIN, "register", "pause"]


async def test_what_was_put_back_but_not_paused_is_said_to_be_active():
    paused = OLD.model_copy(update={"status": WorkflowStatus.PAUSED})
    backend = Replacing(
        [paused], register=[exists(), ServerError("one")], pause=[ServerError("two")]
    )
    error = await refused(backend)
    assert "in place again, but ACTIVE" in error.message
    assert "no longer registered" not in error.message
    assert "two" in error.message
    assert error.hint.endswith("workflow pause d")


async def test_runs_that_were_active_are_spoken_of():
    busy = OLD.model_copy(update={"last_run": run(status=RunStatus.RUNNING)})
    result = await WorkflowClient(Replacing([busy])).register(NEW)
    assert result.warning == "Runs of the previous registration were active when it was replaced."


# Answers that are lost on the way


class Losing(Replacing):
    """Refuses to overwrite; does what it is told and loses the answer to what `loses` names."""

    def __init__(self, loses, *, unseen=0):
        super().__init__([OLD], register=[exists()])
        self._loses = loses
        self._unseen = unseen
        """So many looks after the loss fail."""

    def _lose(self, sent):
        if len(self.sent) == self._loses:
            self.cues["workflow"] = [ConnectionFailedError("no route")] * self._unseen
            raise AnswerLostError("cut")
        return sent

    async def register(self, request):
        if request.dataset_name in [one.dataset_name for one in self.rows] and len(self.sent) > 1:
            self._asked("register", request)
            raise exists()
        return self._lose(await super().register(request))

    async def unregister(self, name, *, force=False):
        return self._lose(await super().unregister(name, force=force))


async def replaced(backend, clock):
    return await WorkflowClient(backend, clock=clock).register(NEW)


async def test_an_old_one_that_is_gone_though_the_answer_was_lost_makes_room_all_the_same(clock):
    backend = Losing(loses=2)
    result = await replaced(backend, clock)
    assert backend.sent == [*AGAIN]
    assert result.workflow_info.cron == "0 8 * * *"


async def test_an_old_one_that_is_still_there_ends_it_and_nothing_has_changed(clock):
    backend = Replacing([OLD], register=[exists()], unregister=[AnswerLostError("cut")])
    with pytest.raises(WorkflowRegistrationError):
        await replaced(backend, clock)
    assert backend.sent == ["register", "unregister"]


async def test_an_old_one_that_nobody_can_look_for_is_perhaps_gone(clock):
    backend = Losing(loses=2, unseen=3)
    with pytest.raises(WorkflowRegistrationError, match="perhaps it is no longer registered"):
        await replaced(backend, clock)
    assert backend.sent == ["register", "unregister"]


async def test_a_new_one_that_is_there_though_the_answer_was_lost_is_not_put_back(clock):
    backend = Losing(loses=3)
    result = await replaced(backend, clock)
    assert backend.sent == [*AGAIN]
    assert result.warning == "It happened: d. Its answer was lost on the way"


async def test_a_new_one_that_is_not_there_is_put_back(clock):
    backend = Replacing([OLD], register=[exists(), AnswerLostError("cut")])
    with pytest.raises(WorkflowRegistrationError, match="is in place again"):
        await replaced(backend, clock)
    assert backend.sent == [*AGAIN, "register"]
    assert [one.cron for one in backend.rows] == [OLD.cron]


async def test_a_new_one_that_nobody_can_look_for_is_never_overwritten(clock):
    backend = Losing(loses=3, unseen=3)
    with pytest.raises(WorkflowRegistrationError, match="something is registered: perhaps the new"):
        await replaced(backend, clock)
    assert backend.sent == [*AGAIN, "register"]
    assert [one.cron for one in backend.rows] == ["0 8 * * *"]


async def test_if_the_answer_to_putting_back_is_lost_too_nothing_is_claimed(clock):
    away = [None, None, *[ConnectionFailedError("no route")] * 3]
    backend = Replacing(
        [OLD],
        register=[exists(), ServerError("no disk"), AnswerLostError("cut")],
        cues={"workflow": away},
    )
    with pytest.raises(WorkflowRegistrationError, match="in place again can't be told") as caught:
        await replaced(backend, clock)
    assert "no disk" in caught.value.message
    assert backend.sent == [*AGAIN, "register"]


async def test_a_pause_at_birth_whose_answer_was_lost_is_looked_for(clock):
    asleep = Registration("new", ScheduleConfig(cron="0 8 * * *", enabled=False))
    backend = Replacing(pause=[AnswerLostError("cut")])
    backend.cues["workflow"] = [None, ConnectionFailedError(), ConnectionFailedError()]
    backend.cues["workflow"].append(ConnectionFailedError("no route"))
    with pytest.raises(WorkflowRegistrationError, match="registered and perhaps ACTIVE"):
        await WorkflowClient(backend, clock=clock).register(asleep)
    assert backend.sent == ["register", "pause"]


# What can't be put back is not removed


@pytest.mark.parametrize(
    "changes",
    [
        {"cron": None, "schedule_known": False},
        {"status": WorkflowStatus.DISABLED},
    ],
    ids=str,
)
async def test_what_could_not_be_put_back_as_it_is_is_not_removed(changes):
    backend = Replacing([OLD.twin(**changes)], register=[exists()])
    error = await refused(backend)
    assert error.code is ErrorCode.WORKFLOW_REGISTRATION_FAILED
    assert backend.sent == ["register"]


async def test_without_its_spec_nothing_is_removed():
    backend = ScriptedBackend([OLD], register=[exists()])
    error = await refused(backend)
    assert "spec" in error.message
    assert backend.sent == ["register"]


async def test_where_removed_ones_stay_as_disabled_nothing_is_removed():
    gone = row("gone", status=WorkflowStatus.DISABLED)
    backend = Replacing([OLD, gone], register=[exists()])
    await refused(backend)
    assert backend.sent == ["register"]


class Keeping(Replacing):
    """Keeps what is removed as disabled, and its name."""

    async def unregister(self, name, *, force=False):
        rows = self.rows
        result = await super().unregister(name, force=force)
        self.rows = [one.twin(status=WorkflowStatus.DISABLED) for one in rows]
        return result


async def test_a_server_that_keeps_what_is_removed_is_told_as_that():
    backend = Keeping([OLD], register=[exists(), exists(), exists()])
    error = await refused(backend)
    assert "is disabled now" in error.message
    assert "Register it again" not in error.hint


# Interrupts


class Slow(Replacing):
    """Answers a write when it is told to; an interrupt comes before the answer."""

    def __init__(self, slow, **cues):
        super().__init__([OLD], register=[exists()], **cues)
        self.slow, self.arrives, self.may_answer = slow, asyncio.Event(), asyncio.Event()

    async def _slowly(self, number):
        if number == self.slow:
            self.arrives.set()
            await self.may_answer.wait()

    async def register(self, request):
        number = len(self.sent)
        result = await super().register(request)
        await self._slowly(number)
        return result

    async def unregister(self, name, *, force=False):
        number = len(self.sent)
        result = await super().unregister(name, force=force)
        await self._slowly(number)
        return result


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("slow", [1, 2])
async def test_an_interrupt_at_any_moment_leaves_one_of_the_two_registered(slow, times):
    backend = Slow(slow)
    task = asyncio.create_task(WorkflowClient(backend).register(NEW))
    await backend.arrives.wait()
    for _ in range(times):
        task.cancel()
        await asyncio.sleep(0)
    backend.may_answer.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert [one.cron for one in backend.rows] == [NEW.schedule.cron]


async def test_an_interrupt_is_still_one_where_putting_back_fails():
    backend = Replacing([OLD], register=[exists(), asyncio.CancelledError(), ServerError("two")])
    with pytest.raises(asyncio.CancelledError) as caught:
        await WorkflowClient(backend).register(NEW)
    assert backend.sent == [*AGAIN, "register"]
    assert isinstance(caught.value.__cause__, WorkflowRegistrationError)


class Interrupted(Replacing):
    """Removes, and is cut off before the answer."""

    async def unregister(self, name, *, force=False):
        await super().unregister(name, force=force)
        raise asyncio.CancelledError


async def test_an_interrupt_that_ends_the_removal_puts_back_what_may_be_gone():
    backend = Interrupted([OLD], register=[exists()])
    with pytest.raises(asyncio.CancelledError):
        await WorkflowClient(backend).register(NEW)
    assert [one.cron for one in backend.rows] == [OLD.cron]
