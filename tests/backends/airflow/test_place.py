"""Which Airflow it is and how one signs in there, found out with few questions."""

import httpx
import pytest

from dli_tui.backends.airflow.place import Airflow
from dli_tui.config.model import Kind, Profile
from dli_tui.domain.errors import AuthenticationError, ErrorCode, ServerError
from dli_tui.domain.ids import RunRef
from dli_tui.domain.query import RunRequest, WorkflowQuery
from tests.backends.airflow.fake import FakeAirflow, opened
from tests.backends.airflow.fakedoor import ENVIRONMENT, PASSWORD

BY_PASSWORD = {"username": "admin", "password_env": "PASSWORD"}
BY_TOKEN = {"token_env": "TOKEN"}


def with_a_dag(version=2, **more):
    airflow = FakeAirflow(version, **more)
    airflow.dag("a", runs=1)
    return airflow


async def names(backend):
    return {
        row.dataset_name async for page in backend.workflows(WorkflowQuery()) for row in page.items
    }


async def found(answer, **sign_in):
    profile = Profile(
        name="air", kind=Kind.AIRFLOW, url="https://airflow.example.com/home/", **sign_in
    )
    airflow = Airflow(profile, ENVIRONMENT, httpx.MockTransport(answer))
    await airflow.open()
    try:
        return await airflow.found()
    finally:
        await airflow.close()


@pytest.mark.parametrize(("version", "says"), [(1, "2.11.2"), (2, "3.3.2")])
async def test_the_version_is_found_by_itself_once_and_behind_a_prefix(version, says):
    airflow = with_a_dag(version, prefix="/home")
    told = await found(airflow)
    assert (told.version, told.dialect.root) == (says, f"/api/v{version}")
    asked = [one.url.path for one in airflow.requests]
    assert asked == [f"/home/api/v{one}/version" for one in range(2, version - 1, -1)]
    async with opened(airflow) as backend:
        del airflow.requests[:]
        assert await names(backend) == {"a"}
        assert await names(backend) == {"a"}
    assert sum("version" in one for one in airflow.asked) == len(asked)


@pytest.mark.parametrize(
    ("version", "page"),
    [
        (1, "/dags/a/grid?dag_run_id=manual__x%2By%2Fz"),
        (2, "/dags/a/runs/manual__x%2By%2Fz"),
    ],
)
async def test_a_run_has_the_page_of_its_version(version, page):
    airflow = with_a_dag(version)
    airflow.run("a", "manual__x+y/z")
    async with opened(airflow) as backend:
        run = await backend.run_status(RunRef("manual__x+y/z", "a"))
    assert run.logs_url.endswith(page)


async def test_where_nothing_speaks_airflow_it_is_said():
    with pytest.raises(ServerError, match="No Airflow answers at") as caught:
        await found(lambda request: httpx.Response(404, json={"detail": "Not Found"}))
    assert caught.value.hint == "Give the URL up to where its pages begin, without /api."


async def test_json_that_tells_no_version_is_no_airflow():
    with pytest.raises(ServerError, match="No Airflow answers at"):
        await found(lambda request: httpx.Response(200, json=["hello"]))


@pytest.mark.parametrize(
    ("page", "kind", "says"),
    [
        ("<!doctype html><title>Sign in</title>", AuthenticationError, "sign-in page"),
        ("<html><title>Welcome</title></html>", ServerError, "web page came instead .*Welcome"),
    ],
)
async def test_a_page_of_a_proxy_is_recognised(page, kind, says):
    with pytest.raises(kind, match=says):
        await found(lambda request: httpx.Response(200, html=page))


async def test_a_proxy_that_refuses_everybody_is_a_question_of_the_sign_in():
    with pytest.raises(AuthenticationError) as caught:
        await found(lambda request: httpx.Response(401, text="no"), **BY_TOKEN)
    assert "environment variable TOKEN" in caught.value.hint


# 3.x


async def test_a_password_becomes_a_token_once():
    airflow = with_a_dag(door="token")
    async with opened(airflow, **BY_PASSWORD) as backend:
        assert await names(backend) == {"a"}
    assert airflow.signed == 1
    version, sign_in, *others = airflow.requests
    assert (version.url.path, sign_in.url.path) == ("/api/v2/version", "/auth/token")
    assert "Authorization" not in version.headers
    assert {one.headers["Authorization"] for one in others} == {"Bearer token-1"}


@pytest.mark.parametrize("refusal", ["err_401", "err_401_bad_token"])
async def test_a_token_that_ran_out_is_had_again(refusal):
    airflow = with_a_dag(door="token")
    airflow.bad_token = refusal
    async with opened(airflow, **BY_PASSWORD) as backend:
        await names(backend)
        airflow.tokens = {"another"}
        assert await names(backend) == {"a"}
        assert airflow.signed == 2
        airflow.tokens = {"another"}
        await backend.run(RunRequest("a"))
    assert airflow.signed == 3
    assert len(airflow.runs) == 2


async def test_a_role_that_is_too_low_isnt_signed_in_again():
    airflow = with_a_dag(door="token")
    airflow.may_write = False
    async with opened(airflow, **BY_PASSWORD) as backend:
        await names(backend)
        with pytest.raises(Exception, match="Forbidden"):
            await backend.run(RunRequest("a"))
    assert airflow.signed == 1


async def test_a_wrong_password_is_said_and_shown_nowhere(monkeypatch):
    airflow = with_a_dag(door="token")
    monkeypatch.setitem(ENVIRONMENT, "PASSWORD", "wr0ng-s3cret")
    async with opened(airflow, **BY_PASSWORD) as backend:
        with pytest.raises(AuthenticationError, match="name or password") as caught:
            await names(backend)
    assert caught.value.code is ErrorCode.SERVER_AUTH_FAILED
    assert "the password of admin" in caught.value.hint
    assert "wr0ng-s3cret" not in repr(caught.value) + str(caught.value.hint)


async def test_a_ready_token_is_sent_as_it_is():
    airflow = with_a_dag(door="token")
    airflow.tokens = {"a-ready-token"}
    async with opened(airflow, **BY_TOKEN) as backend:
        assert await names(backend) == {"a"}
    assert airflow.signed == 0


async def test_a_ready_token_that_ran_out_is_an_error_that_names_where_it_comes_from():
    airflow = with_a_dag(door="token")
    async with opened(airflow, **BY_TOKEN) as backend:
        with pytest.raises(AuthenticationError, match="Not authenticated") as caught:
            await names(backend)
    assert "environment variable TOKEN" in caught.value.hint


async def test_where_a_proxy_wants_the_sign_in_first_the_version_is_asked_with_it():
    airflow = with_a_dag(door="token")

    def behind_a_proxy(request):
        is_signed = "Authorization" in request.headers or request.url.path == "/auth/token"
        return airflow(request) if is_signed else httpx.Response(401, text="Sign in")

    async with opened(airflow, answer=behind_a_proxy, **BY_PASSWORD) as backend:
        assert await names(backend) == {"a"}
    assert airflow.signed == 1


async def test_an_answer_without_a_token_is_no_sign_in():
    airflow = with_a_dag(door="token")

    def tokenless(request):
        if request.url.path == "/auth/token":
            return httpx.Response(201, json={"welcome": True})
        return airflow(request)

    async with opened(airflow, answer=tokenless, **BY_PASSWORD) as backend:
        with pytest.raises(AuthenticationError, match="gave no token"):
            await names(backend)


# 2.x


async def test_2x_is_shown_the_name_and_password_each_time():
    airflow = with_a_dag(1, door="basic", prefix="/home")
    async with opened(airflow, **BY_PASSWORD) as backend:
        assert await names(backend) == {"a"}
    shown = {one.headers.get("Authorization", "") for one in airflow.requests}
    assert {one.partition(" ")[0] for one in shown} == {"", "Basic"}
    # It has no tokens, and isn't offered the password for one.
    assert "/home/auth/token" not in {one.url.path for one in airflow.requests}
    assert PASSWORD not in " ".join(str(one.url) for one in airflow.requests)


async def test_2x_that_refuses_everything_is_explained_as_a_question_of_the_sign_in(monkeypatch):
    airflow = with_a_dag(1, door="basic")
    monkeypatch.setitem(ENVIRONMENT, "PASSWORD", "wrong")
    async with opened(airflow, **BY_PASSWORD) as backend:
        with pytest.raises(AuthenticationError, match="wrong name or password, or a role"):
            await names(backend)
