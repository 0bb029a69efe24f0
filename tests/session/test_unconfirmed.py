"""Unconfirmed writes are listed with their age and checked again until they are seen."""

import pytest

from dli_tui.client.unconfirmed import UnconfirmedWrite, Verification
from dli_tui.domain.errors import AnswerLostError, ConnectionFailedError, ServerError
from dli_tui.domain.request_id import request_id
from dli_tui.domain.status import WorkflowStatus
from dli_tui.session.unconfirmed import CHECK_SECONDS, CHECKED_FOR_SECONDS, MOST_WRITES
from tests.support_backends import ScriptedBackend, row
from tests.support_session import Told, looking_at

PAUSE = "pause 'd'"


class Slow(ScriptedBackend):
    """Loses the answer to every pause, and does nothing until `happens`."""

    def happens(self):
        self.rows = [row("d", status=WorkflowStatus.PAUSED)]

    async def pause(self, name, *, reason=None):
        answer = await super().pause(name, reason=reason)
        if self.rows[0].status is WorkflowStatus.ACTIVE and not self.cues.get("answers"):
            raise AnswerLostError("cut")
        return answer


class Check:
    """A write whose check gives one result after the other, the last of them for ever."""

    def __init__(self, *results):
        self.results, self.count = list(results), 0

    async def __call__(self):
        self.count += 1
        result = self.results.pop(0) if len(self.results) > 1 else self.results[0]
        if isinstance(result, Exception):
            raise result
        return result

    def as_write(self, what="run 'd'", request="id1"):
        return UnconfirmedWrite(request, what, "history -d d", self)


UNSEEN, SEEN = Verification(is_confirmed=False), Verification(is_confirmed=True)
PERHAPS = Verification(is_confirmed=False, detail="a run by ann, perhaps yours: r1")


def listed(here):
    return [write.what for write in here.session.unconfirmed.writes]


async def pause(here, request="id1"):
    with request_id(request):
        await here.session.client.pause("d")


async def paused_in_vain(here, request="id1"):
    with pytest.raises(AnswerLostError):
        await pause(here, request)
    await here.settle()


async def test_nothing_is_asked_while_nothing_is_unconfirmed():
    async with looking_at(ScriptedBackend([row("d")])) as here:
        await here.pass_by(100)
        assert here.asked("workflow") == 0


async def test_an_unconfirmed_write_is_listed_with_its_age_and_leaves_when_it_is_seen():
    backend = Slow([row("d")])
    async with looking_at(backend) as here:
        unconfirmed, told = here.session.unconfirmed, Told(here.session.unconfirmed)
        await paused_in_vain(here)
        assert listed(here) == [PAUSE]
        await here.pass_by(CHECK_SECONDS)
        await here.pass_by(CHECK_SECONDS)
        (write,) = unconfirmed.writes
        assert (write.age, write.is_given_up, write.shown_by) == (20.0, False, "get d")
        assert unconfirmed.take_confirmed() == []
        backend.happens()
        before = told.count
        await here.pass_by(CHECK_SECONDS)
        assert told.count > before
        assert (listed(here), unconfirmed.count) == ([], 0)
        assert (unconfirmed.take_confirmed(), unconfirmed.take_confirmed()) == ([PAUSE], [])
        assert backend.sent == ["pause"]
        asked = here.asked("workflow")
        await here.pass_by(CHECK_SECONDS * 3)
        assert here.asked("workflow") == asked


async def test_a_check_comes_every_ten_seconds_and_not_at_once():
    check = Check(UNSEEN)
    async with looking_at(ScriptedBackend()) as here:
        here.session.unconfirmed.add(check.as_write())
        await here.settle()
        assert check.count == 0
        await here.pass_by(CHECK_SECONDS - 1)
        assert check.count == 0
        await here.pass_by(1)
        assert check.count == 1
        await here.pass_by(CHECK_SECONDS)
        assert check.count == 2


async def test_after_half_an_hour_it_stays_listed_and_is_no_longer_checked():
    check = Check(UNSEEN)
    async with looking_at(ScriptedBackend()) as here:
        here.session.unconfirmed.add(check.as_write())
        await here.settle()
        for _ in range(int(CHECKED_FOR_SECONDS / CHECK_SECONDS)):
            await here.pass_by(CHECK_SECONDS)
        assert check.count == CHECKED_FOR_SECONDS / CHECK_SECONDS
        assert not here.session.unconfirmed.writes[0].is_given_up
        for _ in range(5):
            await here.pass_by(CHECK_SECONDS)
        assert check.count == CHECKED_FOR_SECONDS / CHECK_SECONDS
        (write,) = here.session.unconfirmed.writes
        assert write.is_given_up


async def test_the_same_confirmation_sent_again_with_success_removes_the_write():
    backend = Slow([row("d")])
    async with looking_at(backend) as here:
        await paused_in_vain(here, "id1")
        await paused_in_vain(here, "id2")
        assert listed(here) == [PAUSE, PAUSE]
        backend.cues["answers"] = [True]
        await pause(here, "id1")
        assert listed(here) == [PAUSE]
        assert here.session.unconfirmed.take_confirmed() == []


async def test_the_same_confirmation_unconfirmed_again_is_one_write_that_keeps_its_age():
    backend = Slow([row("d")])
    async with looking_at(backend) as here:
        await paused_in_vain(here)
        await here.pass_by(CHECKED_FOR_SECONDS + CHECK_SECONDS)
        assert here.session.unconfirmed.writes[0].is_given_up
        await paused_in_vain(here)
        (write,) = here.session.unconfirmed.writes
        assert (write.age, write.is_given_up) == (CHECKED_FOR_SECONDS + CHECK_SECONDS, False)
        backend.happens()
        await here.pass_by(CHECK_SECONDS)
        assert listed(here) == []


async def test_writes_without_a_confirmation_are_never_taken_for_each_other():
    async with looking_at(ScriptedBackend()) as here:
        for _ in range(2):
            here.session.unconfirmed.add(Check(UNSEEN).as_write(request=None))
        assert len(listed(here)) == 2


async def test_what_may_be_this_write_is_told_and_it_stays_unconfirmed():
    async with looking_at(ScriptedBackend()) as here:
        here.session.unconfirmed.add(Check(PERHAPS).as_write())
        await here.settle()
        await here.pass_by(CHECK_SECONDS)
        assert [write.detail for write in here.session.unconfirmed.writes] == [PERHAPS.detail]


async def test_a_check_that_the_server_refuses_keeps_no_other_from_being_checked():
    refused, seen = Check(ServerError("no")), Check(SEEN)
    async with looking_at(ScriptedBackend()) as here:
        here.session.unconfirmed.add(refused.as_write("stop run 'r'"))
        here.session.unconfirmed.add(seen.as_write())
        await here.settle()
        await here.pass_by(CHECK_SECONDS)
        assert listed(here) == ["stop run 'r'"]


async def test_a_server_that_is_down_is_asked_once_a_round_and_more_and_more_seldom():
    down, other = Check(ConnectionFailedError()), Check(SEEN)
    async with looking_at(ScriptedBackend()) as here:
        here.session.unconfirmed.add(down.as_write())
        here.session.unconfirmed.add(other.as_write("stop run 'r'"))
        await here.settle()
        for _ in range(60):
            await here.pass_by(CHECK_SECONDS)
        assert other.count == 0
        assert 10 < down.count < 20, "a minute apart in the end"


async def test_a_write_that_succeeded_while_it_was_checked_is_not_confirmed_too():
    async def verify():
        here.session.unconfirmed.settle("id1", "run 'd'")
        return SEEN

    async with looking_at(ScriptedBackend()) as here:
        here.session.unconfirmed.add(UnconfirmedWrite("id1", "run 'd'", "", verify))
        here.session.unconfirmed.add(Check(SEEN).as_write("stop run 'r'"))
        await here.settle()
        await here.pass_by(CHECK_SECONDS)
        assert listed(here) == []
        assert here.session.unconfirmed.take_confirmed() == ["stop run 'r'"]


async def test_of_too_many_the_oldest_leave_the_list_and_are_counted():
    async with looking_at(ScriptedBackend()) as here:
        for number in range(MOST_WRITES + 2):
            write = Check(UNSEEN).as_write(f"run '{number}'", f"id{number}")
            here.session.unconfirmed.add(write)
        unconfirmed = here.session.unconfirmed
        assert listed(here)[0] == "run '2'"
        assert len(listed(here)) == MOST_WRITES
        assert (unconfirmed.unlisted, unconfirmed.count) == (2, MOST_WRITES + 2)
