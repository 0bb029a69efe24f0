"""A session is one place, looked at: what it opened ends with it."""

import asyncio
import subprocess
import sys

from dli_tui.domain.capability import Capability
from dli_tui.domain.ids import RunRef
from dli_tui.domain.status import RunStatus
from tests.support_backends import NOW, PAIR, ScriptedBackend, log_of, row, run
from tests.support_session import looking_at, unopened

HEAVY = ("pydantic", "httpx", "textual", "rich", "croniter", "yaml", "typer")


def test_to_know_the_session_loads_nothing_heavy():
    code = f"import sys, dli_tui.session.session; print(*(n for n in {HEAVY} if n in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


async def test_it_says_what_may_be_done_and_what_hour_it_is():
    async with looking_at(ScriptedBackend(without=[Capability.PAUSE])) as here:
        assert Capability.PAUSE not in here.session.capabilities
        assert (here.session.read_only, here.session.now()) == (False, NOW)


async def test_nothing_is_asked_before_it_begins():
    here = unopened(ScriptedBackend([row("d")]))
    await here.pass_by(100)
    assert here.backend.calls == []


async def test_no_task_outlives_it_however_many_feeds_were_left_open():
    before = asyncio.all_tasks()
    backend = ScriptedBackend([row("d")], [run("r1", RunStatus.RUNNING)])
    async with looking_at(backend) as here:
        for _ in range(3):
            await here.session.run(RunRef("r1")).start()
            await here.session.log(log_of()).start()
        here.session.watching.watch(RunRef("r1"), "one")
        await here.settle()
        assert len(asyncio.all_tasks()) > len(before) + 3
    assert asyncio.all_tasks() == before


async def test_a_bug_is_heard_of():
    heard: list[BaseException] = []
    backend = ScriptedBackend(cues={"workflows": [ZeroDivisionError()]})
    async with looking_at(backend, crashed=heard.append):
        assert [type(error) for error in heard] == [ZeroDivisionError]


async def test_the_zone_of_a_run_is_that_of_its_own_row():
    rows = [PAIR[0].twin(timezone="Asia/Seoul"), PAIR[1].twin(timezone="Europe/Berlin")]
    runs = [
        run("r1", dataset_name="pair", source_type=rows[1].source_type),
        run("r2", dataset_name="pair"),
        run("r3", dataset_name="elsewhere"),
    ]
    async with looking_at(ScriptedBackend(rows, runs)) as here:
        zones = []
        for one in runs:
            feed = here.session.run(RunRef(one.run_id))
            await feed.start()
            await here.settle()
            zones.append(feed.timezone)
        assert zones == ["Europe/Berlin", "Asia/Seoul", "UTC"]


async def test_the_zones_are_those_that_a_schedule_can_be_in():
    async with looking_at(ScriptedBackend()) as here:
        zones = await here.session.zones()
        assert {"UTC", "Asia/Seoul", "America/New_York"} <= set(zones)
        assert list(zones) == sorted(zones)
        assert not [name for name in zones if name.startswith(("posix", "right"))]


async def test_it_says_why_something_is_not_offered():
    async with looking_at(ScriptedBackend(without=[Capability.PAUSE])) as here:
        why = here.session.why_not(Capability.PAUSE)
        assert why == "The script doesn't offer pausing a schedule"


async def test_backfills_that_are_offered_late_are_followed_from_then_on():
    backend = ScriptedBackend([row("d")], without=[Capability.BACKFILL])
    async with looking_at(backend) as here:
        await here.pass_by(10)
        assert here.asked("backfills") == 0
        backend.capabilities |= {Capability.BACKFILL}
        await here.pass_by(10)
        assert here.asked("backfills") == 1
        await here.pass_by(10)
        assert here.asked("backfills") == 1, "it has a pace of its own from now on"
