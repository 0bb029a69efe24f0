"""A write reaches the server once at most whatever the line does, and what is told of it is so."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from dli_tui.backends.basecamp.writing import RESENDS
from dli_tui.client import WorkflowClient
from dli_tui.domain.errors import (
    AnswerLostError,
    AuthenticationError,
    ConnectionFailedError,
    DLIError,
    ServerError,
)
from dli_tui.domain.query import Registration
from dli_tui.domain.schedule import ScheduleConfig
from dli_tui.domain.status import WorkflowStatus
from tests import support_faults as faults
from tests.backends.contract.places import DEMO
from tests.faults.place import behind_a_line
from tests.support_faults import writes

NAME, NEW = DEMO.manual, "brand.new"
FIRST, LAST = DEMO.dates
BRAND_NEW = Registration(NEW, ScheduleConfig(cron="0 4 * * *"))
PAGE = "text/html"


class Doer:
    """Somebody who does one of these things; what is needed before is done while all is well."""

    def __init__(self, place):
        self._place = place
        self._client: WorkflowClient = place.client
        self._run_id = ""

    async def prepare(self, deed):
        if deed == "stop":
            started = await self._client.run(NAME)
            self._run_id = started.run_id or ""
        if deed == "unregister":
            await self._client.register(BRAND_NEW)
        if deed == "unpause":
            await self._client.pause(NAME)
        for noted in (self._place.writes, self._place.line.arrived):
            noted.clear()

    async def do(self, deed) -> Any:
        client = self._client
        deeds = {
            "run": lambda: client.run(NAME, parameters={"region": "EU"}),
            "backfill": lambda: client.backfill(NAME, start_date=FIRST, end_date=LAST),
            "stop": lambda: client.stop(self._run_id, reason="wrong"),
            "pause": lambda: client.pause(NAME, reason="depot moves"),
            "unpause": lambda: client.unpause(NAME),
            "register": lambda: client.register(BRAND_NEW),
            "unregister": lambda: client.unregister(NEW),
        }
        return await deeds[deed]()


DEEDS = ("run", "backfill", "stop", "pause", "unpause", "register", "unregister")
A_SIGHT_TELLS = ("stop", "pause", "unpause", "register", "unregister")
"""What is certain when it is seen; a run or a backfill may be somebody else's."""
DONE = {
    "reset": faults.reset_after,
    "hang": faults.hang_after,
    "hang after the headers": faults.hang_after_headers,
    "a body cut off": faults.cut_off,
    "truncated JSON": faults.truncated,
    "a body in slow drops": faults.slow_drops,
    "502": faults.after_that(502),
    "504": faults.after_that(504, b"<html>Gateway Time-out", PAGE),
    "a web page": faults.after_that(200, faults.WEB_PAGE, PAGE),
}
"""The server has done it, and the answer is lost."""
NOT_DONE = {
    "reset": faults.reset_before,
    "hang": faults.hang_before,
    "502": faults.says(502),
    "504": faults.says(504),
    "a web page": faults.says(200, faults.WEB_PAGE, PAGE),
}
"""The server never hears of it, which looks just the same from here."""
REFUSED: dict[str, tuple[faults.Fault, type[DLIError]]] = {
    "401": (faults.says(401), AuthenticationError),
    "a sign-in page": (faults.says(200, faults.SIGN_IN_PAGE, PAGE), AuthenticationError),
    "429": (faults.says(429, Retry_After=600), ServerError),
    "503": (faults.says(503), ServerError),
}


@pytest.fixture(params=[True, False], ids=["ours", "plain"])
def ours(request):
    """Whether the server has what the contract lacks: there answers can be asked for again."""
    return request.param


async def undisturbed(deed, ours):
    """What is answered on a good line."""
    async with behind_a_line(extras=ours) as place:
        doer = Doer(place)
        await doer.prepare(deed)
        return await doer.do(deed)


async def told(place, deed, fault):
    """What comes of a deed whose write meets that fault: an answer, or an error."""
    doer = Doer(place)
    await doer.prepare(deed)
    place.line.breaks_once(fault, writes)
    try:
        return await doer.do(deed)
    except DLIError as error:
        return error


def must_be_true(found, deed, ours):
    """Where it was done: that it happened, or that it perhaps did."""
    if ours or deed in A_SIGHT_TELLS:
        assert not isinstance(found, DLIError), found
    else:
        assert isinstance(found, AnswerLostError)
        assert "perhaps yours" in found.message
        assert "Look at it before you do it again" in found.hint


@pytest.mark.parametrize("name", DONE)
async def test_however_the_answer_is_lost_it_is_done_once(name, ours):
    async with behind_a_line(extras=ours) as place:
        found = await told(place, "run", DONE[name])
        assert len(place.line.writes) == (2 if ours else 1)
        assert place.deeds == ["run"]
        must_be_true(found, "run", ours)


@pytest.mark.parametrize("deed", DEEDS)
async def test_whatever_is_done_is_done_once_where_the_line_drops_after_it(deed, ours):
    async with behind_a_line(extras=ours) as place:
        before = len(place.deeds)
        found = await told(place, deed, faults.reset_after)
        assert len(place.line.writes) == (2 if ours else 1)
        assert [one for one in place.deeds[before:] if one == deed] == [deed]
        must_be_true(found, deed, ours)


@pytest.mark.parametrize("deed", DEEDS)
async def test_a_server_of_ours_gives_the_very_answer_again(deed):
    async with behind_a_line() as place:
        assert await told(place, deed, faults.reset_after) == await undisturbed(deed, ours=True)


@pytest.mark.parametrize("name", NOT_DONE)
async def test_lost_on_its_way_it_is_sent_again_to_ours_and_unconfirmed_elsewhere(name, ours):
    async with behind_a_line(extras=ours) as place:
        found = await told(place, "run", NOT_DONE[name])
        assert place.deeds == (["run"] if ours else [])
        assert len(place.line.writes) == (2 if ours else 1)
        assert isinstance(found, AnswerLostError) is not ours


@pytest.mark.parametrize("deed", DEEDS)
async def test_whatever_is_lost_on_its_way_is_never_said_not_to_have_happened(deed, ours):
    async with behind_a_line(extras=ours) as place:
        found = await told(place, deed, faults.reset_before)
        assert len(place.writes) == int(ours)
        assert isinstance(found, AnswerLostError) is not ours


@pytest.mark.parametrize("name", REFUSED)
async def test_what_is_refused_is_asked_once_and_nothing_is_looked_for(name, ours):
    fault, kind = REFUSED[name]
    async with behind_a_line(extras=ours) as place:
        found = await told(place, "pause", fault)
        assert type(found) is kind
        assert "may have happened" not in found.hint
        assert (place.writes, len(place.line.writes)) == ([], 1)
        assert faults.writes(place.line.arrived[-1]), "nothing was asked after it"


async def test_a_write_that_finds_no_connection_was_never_sent(ours):
    async with behind_a_line(extras=ours) as place:
        await place.line.refuse()
        with pytest.raises(ConnectionFailedError, match="refuses the connection; nothing was sent"):
            await place.client.stop("r1")
        assert (place.writes, place.line.writes) == ([], [])


async def test_a_new_token_lets_a_refused_write_through_once(tmp_path):
    file = tmp_path / "token"
    await asyncio.to_thread(_write, file, "old")

    async def signed(exchange):
        known = exchange.request.header("authorization") == "Bearer new"
        await asyncio.to_thread(_write, file, "new")
        await (faults.well if known else faults.says(401))(exchange)

    async with behind_a_line(token_file=file) as place:
        await place.client.get(NAME)
        place.line.breaks_once(signed, writes)
        result = await place.client.pause(NAME)
        assert result.workflow_status is WorkflowStatus.PAUSED
        assert (len(place.line.writes), len(place.writes)) == (2, 1)


@pytest.mark.parametrize("deed", ["run", "pause"])
async def test_where_nobody_can_be_asked_it_cant_be_told_yet(deed, ours):
    async with behind_a_line(extras=ours) as place:

        async def gone_for_good(exchange):
            await exchange.passed_on()
            place.line.breaks(faults.reset_before)
            exchange.reset()

        found = await told(place, deed, gone_for_good)
        assert isinstance(found, AnswerLostError)
        assert len(place.writes) == 1
        assert len(place.line.writes) == (len(RESENDS) if ours else 1)


@pytest.mark.parametrize("deed", ["run", "pause"])
async def test_a_server_that_was_restarted_gives_the_answer_that_it_kept(deed):
    async with behind_a_line() as place:

        async def restarts(exchange):
            await exchange.passed_on()
            await place.restart()
            exchange.reset()

        found = await told(place, deed, restarts)
        assert not isinstance(found, DLIError), found
        assert place.deeds.count(deed) == 1


def _write(path, token):
    # Nobody who reads it meanwhile finds half of it.
    beside = path.with_suffix(".new")
    beside.touch(mode=0o600)
    beside.write_text(f"{token}\n", encoding="utf-8")
    beside.replace(path)
