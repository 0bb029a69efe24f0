"""Who we are: from where the profile says, fetched when it is needed, and fetched anew on a 401."""

import asyncio
import base64
import sys

import httpx
import pytest

from dli_tui.backends.http.exchange import decoded
from dli_tui.backends.http.signin import Badge
from dli_tui.config.secrets import Secret
from dli_tui.domain.errors import AuthenticationError, ConfigurationError, ErrorCode
from tests.backends.http.servers import LIST, RUN, TOKEN, Stub, client

OLD, NEW = "old-token", "new-token"
OK = httpx.Response(200, json=[])
REFUSED = httpx.Response(401, json={"detail": "token expired"})


class Tokens:
    """A source that gives one token after the other, when it is told to."""

    advice = "Sign in again: the token comes from a test."
    changes = True

    def __init__(self, *tokens):
        self._tokens = list(tokens)
        self.fetched = 0
        self.gate = asyncio.Event()
        self.gate.set()
        self.started = asyncio.Event()

    async def badge(self):
        self.fetched += 1
        self.started.set()
        await self.gate.wait()
        token = self._tokens.pop(0)
        if isinstance(token, Exception):
            raise token
        return Badge({"Authorization": Secret(f"Bearer {token}")})

    def is_refusal(self, status, content):
        return status == 401 or b"no such token" in content


class Doorkeeper:
    """A server that knows one token."""

    def __init__(self, token, says=REFUSED):
        self.token, self.says = token, says
        self.refused = 0

    def __call__(self, request):
        if request.headers.get("Authorization") == f"Bearer {self.token}":
            return httpx.Response(200, json=[])
        self.refused += 1
        return self.says


async def headers_sent(environment, **sign_in):
    stub = Stub(OK)
    async with client(stub, environment, **sign_in) as http:
        await http.read(LIST, decoded)
    return stub.requests[0].headers


@pytest.fixture
def token_file(tmp_path):
    path = tmp_path / "token"
    path.write_text(OLD)
    path.chmod(0o600)
    return path


async def test_a_token_is_sent_as_bearer():
    headers = await headers_sent({"T": TOKEN}, token_env="T")
    assert headers["Authorization"] == f"Bearer {TOKEN}"
    assert "X-API-Key" not in headers


async def test_a_token_comes_from_a_program_or_a_file(token_file):
    program = (sys.executable, "-c", f"print('{TOKEN}')")
    assert (await headers_sent({}, token_command=program))["Authorization"] == f"Bearer {TOKEN}"
    assert (await headers_sent({}, token_file=token_file))["Authorization"] == f"Bearer {OLD}"


async def test_a_token_goes_into_the_cookie_that_a_server_wants_it_in():
    headers = await headers_sent({"T": TOKEN}, token_env="T", token_cookie="session")
    assert headers["Cookie"] == f"session={TOKEN}"
    assert "Authorization" not in headers


async def test_an_api_key_is_sent_in_both_ways():
    headers = await headers_sent({"K": TOKEN}, api_key_env="K")
    assert (headers["X-API-Key"], headers["Authorization"]) == (TOKEN, f"Bearer {TOKEN}")


async def test_a_name_and_password_are_sent_as_basic():
    headers = await headers_sent({"P": "schlüssel"}, username="jo", password_env="P")
    word, _, pair = headers["Authorization"].partition(" ")
    assert (word, base64.b64decode(pair).decode()) == ("Basic", "jo:schlüssel")


async def test_a_name_with_a_colon_is_refused():
    with pytest.raises(AuthenticationError, match="colon"):
        await headers_sent({"P": "x"}, username="a:b", password_env="P")


async def test_without_a_sign_in_nothing_is_shown():
    assert "Authorization" not in await headers_sent({})


async def test_what_is_missing_is_said_when_it_is_needed_and_nothing_is_sent():
    stub = Stub(OK)
    async with client(stub, {}, token_env="T") as http:
        with pytest.raises(AuthenticationError, match="variable T is not set"):
            await http.read(LIST, decoded)
    assert stub.requests == []


async def test_a_file_that_others_read_is_refused(token_file):
    token_file.chmod(0o644)
    async with client(Stub(OK), {}, token_file=token_file) as http:
        with pytest.raises(ConfigurationError, match="can be read by others"):
            await http.read(LIST, decoded)


async def test_many_first_questions_fetch_once():
    tokens = Tokens(NEW)
    async with client(Doorkeeper(NEW), source=tokens) as http:
        await asyncio.gather(*(http.read(LIST, decoded) for _ in range(5)))
    assert tokens.fetched == 1


@pytest.mark.parametrize("asking", ["read", "write"])
async def test_a_401_fetches_anew_and_asks_once_more(asking):
    tokens, door = Tokens(OLD, NEW), Doorkeeper(NEW)
    async with client(door, source=tokens) as http:
        answer = await getattr(http, asking)(LIST if asking == "read" else RUN, decoded)
    assert (answer.value, tokens.fetched, door.refused) == ([], 2, 1)


async def test_a_source_knows_what_else_refuses_it():
    tokens = Tokens(OLD, NEW)
    async with client(
        Doorkeeper(NEW, httpx.Response(403, text="no such token")), source=tokens
    ) as http:
        assert (await http.read(LIST, decoded)).status == 200
    assert tokens.fetched == 2


async def test_many_401s_at_once_fetch_once():
    tokens, door = Tokens(OLD, NEW), Doorkeeper(OLD)
    async with client(door, source=tokens) as http:
        await http.read(LIST, decoded)
        door.token = NEW
        answers = await asyncio.gather(*(http.read(LIST, decoded) for _ in range(5)))
    assert [answer.status for answer in answers] == [200] * 5
    assert (tokens.fetched, door.refused) == (2, 5)


async def test_a_401_that_comes_late_takes_what_was_fetched_meanwhile():
    tokens, door = Tokens(OLD, NEW), Doorkeeper(NEW)
    arrived, gate = asyncio.Event(), asyncio.Event()

    async def slow(request):
        reply = door(request)
        if request.url.path == "/slow" and reply.status_code == 401:
            arrived.set()
            await gate.wait()
        return reply

    async with client(slow, source=tokens) as http:
        late = asyncio.create_task(http.read(LIST._replace(path="/slow"), decoded))
        await arrived.wait()
        await http.read(LIST, decoded)
        gate.set()
        assert (await late).status == 200
    assert tokens.fetched == 2


async def test_whoever_gives_up_doesnt_end_the_fetch_of_the_others():
    tokens = Tokens(NEW)
    tokens.gate.clear()
    async with client(Doorkeeper(NEW), source=tokens) as http:
        one = asyncio.create_task(http.read(LIST, decoded))
        other = asyncio.create_task(http.read(LIST, decoded))
        await tokens.started.wait()
        one.cancel()
        tokens.gate.set()
        assert (await other).status == 200
    assert (one.cancelled(), tokens.fetched) == (True, 1)


async def test_closing_ends_a_fetch_under_way():
    tokens = Tokens(NEW)
    tokens.gate.clear()
    async with client(Doorkeeper(NEW), source=tokens) as http:
        asking = asyncio.create_task(http.read(LIST, decoded))
        await tokens.started.wait()
    with pytest.raises(asyncio.CancelledError):
        await asking


async def test_a_second_401_is_an_error_and_so_is_the_same_token_again():
    for tokens, refused in ((Tokens(OLD, NEW), 2), (Tokens(OLD, OLD), 1)):
        door = Doorkeeper("another")
        async with client(door, source=tokens) as http:
            with pytest.raises(AuthenticationError) as caught:
                await http.read(LIST, decoded)
        assert caught.value.code is ErrorCode.SERVER_AUTH_FAILED
        assert caught.value.hint == "Sign in again: the token comes from a test."
        assert (tokens.fetched, door.refused) == (2, refused)


async def test_a_failed_fetch_is_tried_again_with_the_next_question():
    tokens = Tokens(AuthenticationError("The token command pass failed"), NEW)
    async with client(Doorkeeper(NEW), source=tokens) as http:
        with pytest.raises(AuthenticationError, match="command pass failed"):
            await http.read(LIST, decoded)
        assert (await http.read(LIST, decoded)).value == []


async def test_a_token_file_is_read_again(token_file):
    door = Doorkeeper(OLD)
    async with client(door, {}, token_file=token_file) as http:
        await http.read(LIST, decoded)
        door.token = NEW
        await asyncio.to_thread(token_file.write_text, NEW)
        assert (await http.read(LIST, decoded)).value == []
    assert door.refused == 1


@pytest.mark.parametrize(
    ("sign_in", "says"),
    [
        ({"token_env": "T"}, "Sign in again: the token comes from the environment variable T."),
        ({"api_key_env": "T"}, "the API key comes from the environment variable T."),
        (
            {"username": "jo", "password_env": "T"},
            "the password of jo comes from the environment variable T.",
        ),
        ({}, "No sign-in was given. A profile takes token_env"),
    ],
)
async def test_what_the_environment_gave_is_asked_once_and_named(sign_in, says):
    stub = Stub(REFUSED)
    async with client(stub, {"T": TOKEN}, **sign_in) as http:
        with pytest.raises(AuthenticationError, match="token expired") as caught:
            await http.read(LIST, decoded)
    assert says in caught.value.hint
    assert len(stub.requests) == 1


async def test_a_program_is_named_without_its_arguments():
    program = (sys.executable, "-c", f"print('{TOKEN}')")
    async with client(Stub(REFUSED), {}, token_command=program) as http:
        with pytest.raises(AuthenticationError) as caught:
            await http.read(LIST, decoded)
    assert "the token comes from the command python" in caught.value.hint
    assert TOKEN not in caught.value.hint


def test_a_badge_shows_nothing_by_itself():
    assert TOKEN not in repr(Badge({"Authorization": Secret(TOKEN)}))
