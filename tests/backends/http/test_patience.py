"""How often a read is asked again, and what a person is told of it. A write never is."""

import httpx
import pytest

from dli_tui.backends.http.exchange import decoded
from dli_tui.backends.http.patience import asked_to_wait
from dli_tui.domain.errors import AnswerLostError, ConnectionFailedError, ErrorCode, ServerError
from tests.backends.http.servers import LIST, RUN, Naps, Stub, client

OK = httpx.Response(200, json=["a"])
NOON = "Wed, 01 Jul 2026 12:00:00 GMT"


def busy(status=503, **headers):
    return httpx.Response(
        status, headers={name.replace("_", "-"): value for name, value in headers.items()}
    )


async def naps_before_an_answer(*replies):
    naps, stub = Naps(), Stub(*replies)
    async with client(stub, naps=naps) as http:
        assert (await http.read(LIST, decoded)).value == ["a"]
    return naps.taken


async def error_of(*replies, asked=LIST, asking="read"):
    naps, stub = Naps(), Stub(*replies)
    async with client(stub, naps=naps) as http:
        with pytest.raises(ServerError) as caught:
            await getattr(http, asking)(asked, decoded)
    return caught.value, naps.taken, len(stub.requests)


@pytest.mark.parametrize("status", [429, 502, 503, 504])
async def test_what_may_be_over_in_a_moment_is_asked_again(status):
    assert await naps_before_an_answer(busy(status), busy(status), OK) == [0.3, 0.9]


@pytest.mark.parametrize(
    "error",
    [
        httpx.ConnectError("refused"),
        httpx.ReadError(""),
        httpx.RemoteProtocolError("Server disconnected without sending a response."),
    ],
)
async def test_so_is_a_connection_that_broke(error):
    assert await naps_before_an_answer(error, OK) == [0.3]


async def test_three_times_is_enough():
    error, naps, times = await error_of(busy())
    assert (error.code, naps, times) == (ErrorCode.SERVER_ERROR, [0.3, 0.9], 3)
    error, naps, times = await error_of(httpx.ReadError(""))
    assert (type(error), len(naps), times) == (ConnectionFailedError, 2, 3)


@pytest.mark.parametrize("error", [httpx.ReadTimeout(""), httpx.ConnectTimeout("")])
async def test_what_has_taken_its_time_isnt_asked_again(error):
    told, naps, times = await error_of(error)
    assert (told.code, naps, times) == (ErrorCode.SERVER_UNREACHABLE, [], 1)


@pytest.mark.parametrize("status", [400, 404, 409, 500, 501])
async def test_another_refusal_isnt_either(status):
    stub = Stub(busy(status))
    asked = LIST._replace(expected=frozenset({status}))
    async with client(stub) as http:
        assert (await http.read(asked, bytes)).status == status
    assert len(stub.requests) == 1


async def test_a_status_that_the_caller_reads_is_an_answer():
    asked = LIST._replace(expected=frozenset({503}))
    stub = Stub(httpx.Response(503, json={"status": "degraded"}))
    async with client(stub) as http:
        answer = await http.read(asked, decoded)
    assert (answer.status, answer.value) == (503, {"status": "degraded"})
    assert len(stub.requests) == 1


@pytest.mark.parametrize(
    ("told", "nap"), [("2", 2.0), ("0", 0.3), ("3", 3.0), ("soon", 0.3), ("-1", 0.3)]
)
async def test_a_short_wait_that_is_asked_for_is_slept(told, nap):
    assert await naps_before_an_answer(busy(429, Retry_After=told), OK) == [nap]


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ("4", "for 4 s"),
        ("119", "for 119 s"),
        ("600", "for 10 minutes"),
        ("9000", "for 2 hours"),
        ("999999999", "for more than a day"),
    ],
)
async def test_a_long_one_is_told_instead(told, says):
    error, naps, times = await error_of(busy(429, Retry_After=told))
    assert (naps, times) == ([], 1)
    assert says in error.hint
    assert error.wait_seconds == float(told)


async def test_a_date_counts_from_the_servers_own():
    then = "Wed, 01 Jul 2026 12:00:02 GMT"
    assert await naps_before_an_answer(busy(503, Retry_After=then, Date=NOON), OK) == [2.0]
    assert await naps_before_an_answer(busy(503, Retry_After=NOON, Date=then), OK) == [0.3]
    assert await naps_before_an_answer(busy(503, Retry_After=then), OK) == [0.3]


@pytest.mark.parametrize("text", ["", "²", "9" * 5000, "Wed, 99 Jul 99999 99:00:00", "1e5"])
def test_nonsense_asks_for_nothing(text):
    headers = httpx.Headers([(b"Retry-After", text.encode()), (b"Date", NOON.encode())])
    assert asked_to_wait(headers) is None


@pytest.mark.parametrize("status", [429, 502, 503, 504])
async def test_a_write_is_never_asked_again(status):
    error, naps, times = await error_of(busy(status), asked=RUN, asking="write")
    assert (error.code, naps, times) == (ErrorCode.SERVER_ERROR, [], 1)


@pytest.mark.parametrize("status", [502, 504])
async def test_a_write_lost_behind_a_gateway_may_have_happened(status):
    error, _, _ = await error_of(busy(status), asked=RUN, asking="write")
    assert error.hint.startswith("It may have happened all the same.")


async def test_a_write_whose_connection_broke_is_sent_once():
    error, naps, times = await error_of(httpx.ReadError(""), asked=RUN, asking="write")
    assert (type(error), naps, times) == (AnswerLostError, [], 1)
