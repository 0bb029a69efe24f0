"""While the line is broken the picture stays, with its age and the reason; then it goes on."""

from __future__ import annotations

import asyncio
import socket
import ssl
from typing import NamedTuple

import pytest
import trustme

from dli_tui.backends.http import content
from dli_tui.domain.errors import ErrorCode
from dli_tui.session.poller import FIRST_RETRY, LONGEST_WAIT, SLOWEST_RETRY
from dli_tui.session.workflows import LIST_SECONDS
from tests import support_faults as faults
from tests.faults.place import behind_a_line
from tests.support_session import looking_at

MOVED = "/api/v1/x/changes"
PLAIN = "/api/v1/workflows"
TRIES = 3
"""A question, and again twice where it may be over in a moment."""
NO_ANSWER, NOT_SIGNED_IN, NO_USE = (
    ErrorCode.SERVER_UNREACHABLE,
    ErrorCode.SERVER_AUTH_FAILED,
    ErrorCode.SERVER_ERROR,
)
PAGE, TEXT, JSON = "text/html", "text/plain", "application/json"


class Broken(NamedTuple):
    """What the line does, and what is said of it."""

    fault: faults.Fault
    code: ErrorCode
    says: str
    tries: int = 1
    """How often a question is asked before that."""


NO_END = "gave no complete answer in"
BROKEN_OFF = "broke the connection off"
BROKEN = {
    "hang before the headers": Broken(faults.hang_before, NO_ANSWER, NO_END),
    "hang after the headers": Broken(faults.hang_after_headers, NO_ANSWER, NO_END),
    "a body in slow drops": Broken(faults.slow_drops, NO_ANSWER, NO_END),
    "reset before": Broken(faults.reset_before, NO_ANSWER, BROKEN_OFF, TRIES),
    "reset after": Broken(faults.reset_after, NO_ANSWER, BROKEN_OFF, TRIES),
    "a body cut off": Broken(faults.cut_off, NO_ANSWER, BROKEN_OFF, TRIES),
    "truncated JSON": Broken(faults.truncated, NO_USE, "can't be read: it isn't JSON"),
    "plain text": Broken(faults.says(200, b"it works", TEXT), NO_USE, "it isn't JSON"),
    "a web page": Broken(
        faults.says(200, faults.WEB_PAGE, PAGE), NO_USE, "A web page came instead of an answer"
    ),
    "a sign-in page": Broken(
        faults.says(200, faults.SIGN_IN_PAGE, PAGE), NOT_SIGNED_IN, "A sign-in page came instead"
    ),
    "401": Broken(faults.says(401), NOT_SIGNED_IN, "did not accept the sign-in"),
    "429": Broken(faults.says(429), NO_USE, "asks for fewer requests", TRIES),
    "503": Broken(faults.says(503), NO_USE, "is not available now", TRIES),
    "502": Broken(faults.says(502), NO_USE, "gets no answer from it", TRIES),
    "504": Broken(faults.says(504), NO_USE, "didn't answer its gateway in time", TRIES),
}
ON_BOTH = [(name, True) for name in BROKEN] + [
    # A server that has the contract alone is asked in another way for what moved.
    *(("reset before", False), ("truncated JSON", False), ("503", False)),
]


def asked(place):
    """The requests that arrived since this was asked last."""
    arrived = list(place.line.arrived)
    place.line.arrived.clear()
    return arrived


async def in_vain(here, seconds=LIST_SECONDS):
    """Let the list be asked for while nothing useful answers; what is known of it then."""
    await here.pass_by(seconds)
    return here.workflows.freshness


async def recovers(here):
    """The line is well again: the list is asked for by itself, and is as it should be."""
    fresh = here.workflows.freshness
    await here.pass_by(fresh.retry_at - here.pace.passed())
    assert here.workflows.freshness == (here.pace.passed(), None, None, False)


@pytest.mark.parametrize(("name", "ours"), ON_BOTH)
async def test_what_was_seen_stays_with_the_reason_until_the_line_is_well(name, ours):
    broken = BROKEN[name]
    async with (
        behind_a_line(extras=ours) as place,
        looking_at(place.backend, clock=place.clock) as here,
    ):
        seen, as_of = here.workflows.rows, here.workflows.freshness.as_of
        place.line.breaks(broken.fault)
        asked(place)
        fresh = await in_vain(here)
        lists = [one.path for one in asked(place)].count(MOVED if ours else PLAIN)
        assert lists == broken.tries
        rests = SLOWEST_RETRY if broken.code is NOT_SIGNED_IN else FIRST_RETRY
        assert fresh.retry_at == here.pace.passed() + rests
        assert (fresh.problem.code, fresh.as_of) == (broken.code, as_of)
        assert broken.says in fresh.problem.message
        assert fresh.problem.hint
        assert here.workflows.rows is seen
        place.line.heal()
        await recovers(here)
        assert here.workflows.rows.keys() == seen.keys()


@pytest.mark.parametrize("name", BROKEN)
async def test_the_longer_it_is_broken_the_less_is_asked(name):
    async with behind_a_line() as place, looking_at(place.backend, clock=place.clock) as here:
        place.line.breaks(BROKEN[name].fault)
        await in_vain(here)
        for _ in range(10):
            await in_vain(here, SLOWEST_RETRY)
        asked(place)
        minutes = 20
        for _ in range(minutes):
            await in_vain(here, SLOWEST_RETRY)
        lists = [one for one in asked(place) if one.path == MOVED]
        assert minutes / 2 <= len(lists) <= minutes * TRIES


async def test_a_first_listing_that_breaks_off_begins_anew():
    async with behind_a_line() as place:
        place.line.breaks(faults.reset_before)
        async with looking_at(place.backend, clock=place.clock) as here:
            assert here.workflows.loading
            assert here.workflows.freshness.problem.code is NO_ANSWER
            place.line.heal()
            await recovers(here)
            assert here.workflows.complete
            assert len(here.workflows.rows) > 30


async def test_a_slow_line_is_waited_for_and_nothing_is_asked_twice():
    reached, gate = asyncio.Event(), asyncio.Event()
    async with behind_a_line() as place, looking_at(place.backend, clock=place.clock) as here:
        asked(place)
        place.line.breaks(faults.held(reached, gate))
        here.pace.advance(LIST_SECONDS)
        await reached.wait()
        here.pace.advance(5 * LIST_SECONDS)
        assert here.workflows.freshness.busy
        gate.set()
        await here.settle()
        assert here.workflows.freshness.problem is None
        assert [one.path for one in asked(place)].count(MOVED) == 1


async def test_a_short_wait_that_a_server_asks_for_is_waited():
    busy = faults.says(429, Retry_After=2)
    async with behind_a_line() as place, looking_at(place.backend, clock=place.clock) as here:
        place.line.breaks_once(busy)
        fresh = await in_vain(here)
        assert (fresh.problem, place.naps.taken) == (None, [2.0])


@pytest.mark.parametrize("status", [429, 503])
async def test_a_server_that_asks_for_a_long_wait_is_left_alone_for_so_long(status):
    busy = faults.says(status, Retry_After=600)
    async with behind_a_line() as place, looking_at(place.backend, clock=place.clock) as here:
        place.line.breaks(busy)
        fresh = await in_vain(here)
        assert "The server asks to be left alone for 10 minutes" in fresh.problem.hint
        asked(place)
        await in_vain(here, 599)
        assert [one for one in asked(place) if one.path == MOVED] == []
        place.line.heal()
        await recovers(here)


async def test_a_server_that_asks_for_days_is_asked_again_within_two_hours():
    async with behind_a_line() as place, looking_at(place.backend, clock=place.clock) as here:
        place.line.breaks(faults.says(503, Retry_After=1_000_000))
        fresh = await in_vain(here)
        assert LONGEST_WAIT <= fresh.retry_at - here.pace.passed() < 2 * LONGEST_WAIT


async def test_who_presses_a_key_need_not_wait():
    async with behind_a_line() as place, looking_at(place.backend, clock=place.clock) as here:
        place.line.breaks(faults.says(503, Retry_After=600))
        await in_vain(here)
        place.line.heal()
        await here.refresh(here.workflows)
        assert here.workflows.freshness.problem is None


async def test_a_token_that_was_replaced_in_its_file_is_read_again(tmp_path):
    file = tmp_path / "token"
    await asyncio.to_thread(_write, file, "old")
    token = ["Bearer old"]

    async def signed(exchange):
        known = exchange.request.header("authorization") == token[0]
        await (faults.well if known else faults.says(401))(exchange)

    async with (
        behind_a_line(token_file=file) as place,
        looking_at(place.backend, clock=place.clock) as here,
    ):
        place.line.breaks(signed)
        token[0] = "Bearer new"
        fresh = await in_vain(here)
        assert fresh.problem.code is NOT_SIGNED_IN
        assert str(file) in fresh.problem.hint
        await asyncio.to_thread(_write, file, "new")
        await recovers(here)


async def test_a_server_that_refuses_connections_is_found_again():
    async with behind_a_line() as place, looking_at(place.backend, clock=place.clock) as here:
        seen = here.workflows.rows
        await place.line.refuse()
        fresh = await in_vain(here)
        assert fresh.problem.message.endswith("can't be reached: it refuses the connection")
        assert here.workflows.rows is seen
        await place.line.listen()
        await recovers(here)


async def test_another_life_of_the_server_knows_no_cursor_and_gives_the_whole_list():
    async with behind_a_line() as place, looking_at(place.backend, clock=place.clock) as here:
        await place.client.pause("finance.cost_centers")
        await place.restart()
        asked(place)
        fresh = await in_vain(here)
        assert fresh.problem is None
        assert PLAIN in [one.path for one in asked(place)]
        (row,) = here.workflows.rows_of("finance.cost_centers")
        assert row.status == "paused"


async def test_a_body_beyond_what_is_taken_is_refused(monkeypatch):
    monkeypatch.setattr(content, "LARGEST", 2 * 1024**2)
    large = faults.says(200, b"[" + b" " * 3 * 1024**2, JSON)
    async with behind_a_line() as place, looking_at(place.backend, clock=place.clock) as here:
        seen = here.workflows.rows
        place.line.breaks(large)
        fresh = await in_vain(here)
        assert fresh.problem.message == "The server's answer is larger than 2 MiB"
        assert here.workflows.rows is seen
        place.line.heal()
        await recovers(here)


async def test_a_name_that_nobody_knows_is_said_and_found_when_it_is_back(monkeypatch):
    real, known = socket.getaddrinfo, [True]

    def looked_up(host, *more, **options):
        if host not in ("basecamp.invalid", b"basecamp.invalid"):
            return real(host, *more, **options)
        if not known[0]:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return real("127.0.0.1", *more, **options)

    monkeypatch.setattr(socket, "getaddrinfo", looked_up)
    async with (
        behind_a_line(url="http://basecamp.invalid:{port}") as place,
        looking_at(place.backend, clock=place.clock) as here,
    ):
        known[0] = False
        await place.line.refuse()
        await place.line.listen()
        fresh = await in_vain(here)
        assert fresh.problem.message.endswith("can't be reached: no host of that name is known")
        assert "the network and the VPN" in fresh.problem.hint
        known[0] = True
        await recovers(here)


@pytest.fixture
def certificates(tmp_path):
    """A file to trust, a context that it vouches for, and one of a stranger."""
    ours, stranger = trustme.CA(), trustme.CA()
    file = tmp_path / "ca.pem"
    ours.cert_pem.write_to_path(str(file))
    contexts = []
    for authority in (ours, stranger):
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        authority.issue_cert("127.0.0.1").configure_cert(context)
        contexts.append(context)
    return file, *contexts


async def test_a_certificate_that_isnt_trusted_is_refused_until_the_right_one_is_back(certificates):
    file, right, wrong = certificates
    async with (
        behind_a_line(tls=right, ca_file=file) as place,
        looking_at(place.backend, clock=place.clock) as here,
    ):
        seen = here.workflows.rows
        await place.line.refuse()
        place.line.tls = wrong
        await place.line.listen()
        asked(place)
        fresh = await in_vain(here)
        assert "isn't trusted" in fresh.problem.message
        assert "ca_file" in fresh.problem.hint
        assert asked(place) == [], "nothing is shown to a stranger"
        assert here.workflows.rows is seen
        await place.line.refuse()
        place.line.tls = right
        await place.line.listen()
        await recovers(here)


def _write(file, text):
    file.write_text(text)
    file.chmod(0o600)
