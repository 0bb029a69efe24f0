"""Who comes in with a token or a JWT, and what everybody else is told."""

import asyncio
from datetime import timedelta

import pytest

from dli_tui.server.tokens import revoke_token
from tests.server.test_jwts import CLAIMS
from tests.server.test_jwts import SETTINGS as JWT
from tests.server.test_jwts import signed as signed_jwt
from tests.support_gate import NOON, WRONG, Gated, a_token, refusal_of, signed


async def test_a_token_says_who_one_is(gate, tokens):
    async with gate.client(tokens["operator"]) as client:
        answer = await client.get("/who")
    told = {"name": "operator@example.com", "role": "operator", "acting": "operator@example.com"}
    assert answer.json() == told


async def test_without_a_token_nobody_comes_in(gate):
    async with gate.client() as client:
        answer = await client.get("/who")
    assert refusal_of(answer, 401)["code"] == "DLI-502"
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert gate.inner.deeds == []


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic {}", "{}", "Token {}"])
async def test_a_token_comes_as_bearer(gate, tokens, header):
    given = {"authorization": header.format(tokens["admin"])}
    async with gate.client(**given) as client:
        refusal_of(await client.get("/who"), 401)


async def test_the_scheme_is_read_in_any_case(gate, tokens):
    async with gate.client(authorization=f"bearer  {tokens['admin']}") as client:
        assert (await client.get("/who")).status_code == 200


async def test_a_token_whose_time_is_over_is_refused(tmp_path, gate):
    def made():
        return a_token(tmp_path / "tokens.json", expires=NOON + timedelta(hours=1))

    text = await asyncio.to_thread(made)
    async with gate.client(text) as client:
        assert (await client.get("/who")).status_code == 200
        gate.hour.passed = 3_600
        assert "expired" in refusal_of(await client.get("/who"), 401)["message"]


@pytest.fixture
def revoke(tmp_path):
    """Revokes a token as the command does, in a thread."""

    async def go(text):
        await asyncio.to_thread(revoke_token, tmp_path / "tokens.json", text.split("_")[1])

    return go


async def test_a_token_that_was_revoked_is_refused_a_second_later(gate, tokens, revoke):
    async with gate.client(tokens["admin"]) as client:
        assert (await client.get("/who")).status_code == 200
        await revoke(tokens["admin"])
        gate.hour.passed = 1
        assert "revoked" in refusal_of(await client.get("/who"), 401)["message"]


async def test_a_token_file_that_can_no_longer_be_believed_lets_nobody_in(gate, tokens, tmp_path):
    async with gate.client(tokens["admin"]) as client:
        assert (await client.get("/who")).status_code == 200
        (tmp_path / "tokens.json").chmod(0o644)
        gate.hour.passed = 1
        answer = await client.get("/who")
    assert refusal_of(answer, 503)["code"] == "DLI-503"
    assert str(tmp_path) not in answer.text
    assert "by others" in gate.lines[-2]["problem"]
    assert "chmod 600" in gate.lines[-2]["hint"]


async def test_a_jwt_signs_in_as_well_and_a_token_beside_it(tmp_path, tokens):
    gate = Gated(signed(tmp_path, jwt=JWT))
    async with gate.client(signed_jwt()) as client:
        assert (await client.get("/who")).json()["name"] == CLAIMS["sub"]
    async with gate.client(tokens["viewer"]) as client:
        assert (await client.get("/who")).json()["role"] == "viewer"
    async with gate.client(signed_jwt(aud="other")) as client:
        assert "somebody else" in refusal_of(await client.get("/who"), 401)["message"]


@pytest.mark.parametrize(
    ("changed", "says"),
    [({"exp": NOON.timestamp() - 60}, "expired"), ({"nbf": NOON.timestamp() + 60}, "yet")],
    ids=str,
)
async def test_a_jwt_whose_time_is_over_was_right_once_and_is_not_counted(
    tmp_path, tokens, changed, says
):
    gate = Gated(signed(tmp_path, jwt=JWT))
    async with gate.client(signed_jwt(**changed)) as client:
        for _ in range(20):
            assert says in refusal_of(await client.get("/who"), 401)["message"]


async def test_without_settings_for_them_jwts_are_wrong_tokens(gate):
    async with gate.client(signed_jwt()) as client:
        refusal_of(await client.get("/who"), 401)


@pytest.mark.parametrize("wrong", [WRONG, "nonsense", "a.b.c"])
async def test_who_guesses_is_told_to_wait_and_the_right_token_still_passes(
    tmp_path, tokens, wrong
):
    gate = Gated(signed(tmp_path, jwt=JWT))
    async with gate.client(wrong) as guessing:
        for _ in range(10):
            refusal_of(await guessing.get("/who"), 401)
        answer = await guessing.get("/who")
        assert refusal_of(answer, 429)["code"] == "DLI-502"
        assert answer.headers["retry-after"] == "60"
        async with gate.client(tokens["viewer"]) as client:
            assert (await client.get("/who")).status_code == 200
        gate.hour.passed = 61
        refusal_of(await guessing.get("/who"), 401)


async def test_guesses_at_a_token_do_not_lock_it_out(gate, tokens):
    guess = tokens["admin"][:-8] + "AAAAAAAA"
    for number in range(12):
        async with gate.client(guess, peer=f"10.0.0.{number}") as guessing:
            status = (await guessing.get("/who")).status_code
    assert status == 429
    async with gate.client(tokens["admin"]) as client:
        assert (await client.get("/who")).status_code == 200


async def test_who_has_no_token_at_all_is_not_counted(gate, tokens):
    async with gate.client() as client:
        statuses = {(await client.get("/who")).status_code for _ in range(20)}
    assert statuses == {401}
