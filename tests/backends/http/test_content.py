"""Bodies: unpacked, complete, and not larger than memory should hold."""

import gzip
from random import Random

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dli_tui.backends.http import content
from dli_tui.backends.http.content import CutOffError, _Gzip, content_of
from dli_tui.domain.errors import ServerError

MIB = 1024 * 1024


async def pieces_of(raw, size):
    for start in range(0, len(raw), size):
        yield raw[start : start + size]


def response(raw, encoding="gzip", size=1000):
    return httpx.Response(200, headers={"Content-Encoding": encoding}, content=pieces_of(raw, size))


@pytest.mark.parametrize("encoding", ["gzip", "x-gzip", " GZIP "])
async def test_gzip_is_unpacked(encoding):
    assert await content_of(response(gzip.compress(b"[1, 2]"), encoding)) == b"[1, 2]"


@pytest.mark.parametrize("encoding", ["", "identity"])
async def test_what_isnt_packed_comes_as_it_is(encoding):
    assert await content_of(response(b"[1, 2]", encoding)) == b"[1, 2]"


@given(st.lists(st.binary(max_size=50), min_size=1), st.integers(1, 40), st.integers(0, 3 * MIB))
async def test_gzip_in_any_pieces_and_members_is_whole(parts, size, padding):
    # What packs too well is refused.
    parts = [*parts, Random(padding).randbytes(padding)]
    raw = b"".join(gzip.compress(part) for part in parts)
    assert await content_of(response(raw, size=size)) == b"".join(parts)


async def test_an_empty_body_may_claim_to_be_packed():
    assert await content_of(response(b"")) == b""


@pytest.mark.parametrize("cut", [1, 8, 15])
async def test_gzip_that_was_cut_off_isnt_taken_for_complete(cut):
    with pytest.raises(CutOffError):
        await content_of(response(gzip.compress(b"[1, 2, 3, 4]" * 50)[:-cut]))


async def test_what_isnt_gzip_is_refused_in_words():
    with pytest.raises(ServerError, match="can't be unpacked"):
        await content_of(response(b"[1, 2]"))


@pytest.mark.parametrize("encoding", ["br", "gzip, gzip", "deflate"])
async def test_a_packing_that_nobody_asked_for_is_refused(encoding):
    with pytest.raises(ServerError, match="packed in a way that wasn't asked for"):
        await content_of(response(b"\x00", encoding))


async def test_a_body_up_to_the_limit_is_read_and_one_beyond_is_refused(monkeypatch):
    monkeypatch.setattr(content, "LARGEST", 2 * MIB)
    assert len(await content_of(response(b"x" * 2 * MIB, "", MIB))) == 2 * MIB
    with pytest.raises(ServerError, match="larger than 2 MiB"):
        await content_of(response(b"x" * (2 * MIB + 1), "", MIB))


def test_a_gzip_bomb_comes_in_small_pieces():
    pieces = [len(piece) for piece in _Gzip().unpacked(gzip.compress(b"\x00" * 5 * MIB))]
    assert (sum(pieces), max(pieces)) == (5 * MIB, MIB)


async def test_a_body_that_is_allowed_more_may_be_larger(monkeypatch):
    monkeypatch.setattr(content, "LARGEST", MIB)
    assert len(await content_of(response(b"x" * 2 * MIB, "", MIB), largest=2 * MIB)) == 2 * MIB


async def test_rows_that_are_much_alike_are_unpacked():
    rows = b",".join(
        b'{"dataset_name": "finance.orders_%06d", "cron": null}' % n for n in range(60_000)
    )
    assert await content_of(response(gzip.compress(rows, 9))) == rows


async def test_a_gzip_bomb_is_refused_before_it_is_unpacked():
    bomb = gzip.compress(b"\x00" * 65 * MIB)
    with pytest.raises(ServerError, match="more than 100 times"):
        await content_of(response(bomb, size=len(bomb)))
