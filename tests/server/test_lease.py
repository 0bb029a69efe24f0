"""Of several servers of one place, one keeps its backfills going, and the others say who."""

import asyncio
import json
import os
from datetime import UTC, datetime

import pytest

from dli_tui.server.lease import Lease

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "state" / "serve-lease-x"


@pytest.fixture
async def leases(path):
    made = [Lease(path, lambda: NOON) for _ in range(2)]
    yield made
    for one in made:
        await one.end()


async def test_the_first_has_it_and_the_second_says_who(leases):
    first, second = leases
    assert await first.elsewhere() is None
    told = await second.elsewhere()
    assert told.startswith("another server does that already, process")
    assert str(os.getpid()) in told
    assert "since 2026-11-21T12:00:00+00:00" in told
    assert await first.elsewhere() is None, "it keeps what it has"


async def test_the_second_takes_it_over_when_the_first_ends(leases, path):
    first, second = leases
    await first.elsewhere()
    await second.elsewhere()
    await first.end()
    assert await asyncio.to_thread(path.read_bytes) == b"", "nobody is told of one that has ended"
    assert await second.elsewhere() is None
    assert "does that already" in await first.elsewhere()


async def test_two_that_ask_one_server_at_once_hear_the_same(leases):
    assert await asyncio.gather(*(leases[0].elsewhere() for _ in range(5))) == [None] * 5


async def test_it_says_in_a_file_for_its_owner_alone_who_has_it(leases, path):
    await leases[0].elsewhere()
    told = json.loads(await asyncio.to_thread(path.read_bytes))
    assert told["pid"] == os.getpid()
    assert told["since"] == "2026-11-21T12:00:00+00:00"
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("says", [b"", b"[]", b"{}", b"\xff", b"nonsense"])
async def test_a_file_that_says_nothing_keeps_nobody_from_asking(leases, path, says):
    await leases[0].elsewhere()
    await asyncio.to_thread(path.write_bytes, says)
    assert await leases[1].elsewhere() == "another server does that already"


async def test_what_a_file_says_reaches_no_terminal_raw(leases, path):
    await leases[0].elsewhere()
    told = json.dumps({"pid": "\x1b]52;c;x\x07", "host": "h", "since": "s"})
    await asyncio.to_thread(path.write_text, told)
    assert "\x1b" not in await leases[1].elsewhere()


async def test_where_it_cannot_be_written_nobody_has_it_and_it_is_said(tmp_path):
    await asyncio.to_thread((tmp_path / "file").write_text, "")
    for wrong in (tmp_path, tmp_path / "file" / "lease"):
        told = await Lease(wrong, lambda: NOON).elsewhere()
        assert told is not None
        assert "its lease can't be written" in told


async def test_a_place_without_one_is_kept_going_by_each():
    lease = Lease(None, lambda: NOON)
    assert await lease.elsewhere() is None
    await lease.end()
