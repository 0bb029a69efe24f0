"""A target in, a client out, and what was opened is closed."""

import asyncio
from datetime import UTC, datetime

import pytest

from dli_tui import wiring
from dli_tui.config.demo import DemoOptions
from dli_tui.config.model import Kind, Profile
from dli_tui.config.target import DEMO, Target
from dli_tui.domain.clock import FastClock, FixedClock, SystemClock
from dli_tui.domain.query import WorkflowQuery
from dli_tui.wiring import forget_demo, opened
from tests.support_backends import ScriptedBackend

NINE = datetime(2026, 3, 10, 9, tzinfo=UTC)


class Watched(ScriptedBackend):
    """Notes whether it is open, and how it was opened."""

    is_open = False
    opened_with: tuple[object, ...] = ()

    async def __aenter__(self):
        self.is_open = True
        return self

    async def __aexit__(self, *_):
        self.is_open = False


@pytest.fixture
def watched(monkeypatch):
    backend = Watched()

    def opener(*given):
        backend.opened_with = given
        return backend

    monkeypatch.setattr(wiring, "opener_of", lambda kind: opener)
    return backend


async def test_what_was_opened_is_closed(watched):
    seen = [watched.is_open]
    async with opened(Target()):
        seen.append(watched.is_open)
    seen.append(watched.is_open)
    assert seen == [False, True, False]


async def test_the_client_is_that_of_the_backend(watched):
    async with opened(Target()) as client:
        assert client.backend is watched


async def test_it_is_closed_after_an_error_too(watched):
    with pytest.raises(KeyError):
        async with opened(Target()):
            raise KeyError
    assert not watched.is_open


@pytest.mark.parametrize(
    ("options", "kind"),
    [
        (DemoOptions(), SystemClock),
        (DemoOptions(at=NINE), FixedClock),
        (DemoOptions(speed=10), FastClock),
    ],
)
async def test_the_demo_and_its_client_share_the_clock_that_the_options_want(
    watched, options, kind
):
    async with opened(Target(DEMO, options)) as client:
        assert type(client.clock) is kind
        assert watched.opened_with == (options, client.clock)


async def test_a_server_is_opened_with_its_profile_and_the_clock_of_the_machine(watched):
    profile = Profile(name="p", kind=Kind.AIRFLOW, url="http://x.example.com")
    target = Target(profile, DemoOptions(at=NINE), environment={"TOKEN": "t"})
    async with opened(target) as client:
        assert watched.opened_with == (profile, {"TOKEN": "t"})
        assert "TOKEN" not in repr(target)
        assert type(client.clock) is SystemClock


@pytest.mark.parametrize("by_profile", [False, True])
@pytest.mark.parametrize("by_option", [False, True])
async def test_either_the_profile_or_an_option_makes_it_read_only(watched, by_profile, by_option):
    profile = Profile(name="p", kind=Kind.DEMO, read_only=by_profile)
    async with opened(Target(profile, read_only=by_option)) as client:
        assert client.read_only == (by_profile or by_option)


async def test_a_profile_says_whether_a_dry_run_may_be_sent(watched):
    watched.capabilities = frozenset()
    for trusted in (False, True):
        profile = Profile(name="p", kind=Kind.DEMO, trust_dry_run=trusted)
        async with opened(Target(profile)) as client:
            assert client._sends_dry_runs == trusted


async def test_the_demo_opens_for_real():
    async with opened(Target(DEMO, DemoOptions(at=NINE))) as client:
        assert (await client.list_workflows(WorkflowQuery(limit=1))).workflows


async def test_what_was_done_to_the_demo_can_be_forgotten(tmp_path):
    options = DemoOptions(state=tmp_path)
    for count in (0, 1):
        async with opened(Target(DEMO, options)) as client:
            found = await client.get("finance.cost_centers")
            assert found is not None
            assert (found.status == "paused") == bool(count)
            await client.pause("finance.cost_centers")
    assert await asyncio.to_thread(forget_demo, options) == 1
    assert await asyncio.to_thread(forget_demo, options) == 0


async def test_a_session_ends_before_what_it_looks_at_is_closed(watched):
    async with wiring.watched(Target()) as session:
        await session.idle()
        assert session.workflows.complete
        seen = [watched.is_open]
    assert [*seen, watched.is_open] == [True, False]


async def test_the_session_looks_for_specs_in_the_project_of_the_profile(watched, tmp_path):
    profile = Profile(name="shop", kind=Kind.DEMO, project=tmp_path)
    async with wiring.watched(Target(profile)) as session:
        assert session.project.folder == tmp_path
