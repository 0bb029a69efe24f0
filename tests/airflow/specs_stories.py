"""The store of specs on an S3: the races of every store, and the commands as CI calls them."""

import asyncio
import json
import os
import subprocess
import sys
from itertools import count

import pytest

from dli_tui.domain.clock import SystemClock
from dli_tui.domain.errors import ConfigurationError
from dli_tui.domain.status import SourceType
from dli_tui.specs.catalogue import read_catalogue
from dli_tui.specs.store.document import Act, Header, bytes_of
from dli_tui.specs.store.opening import open_objects
from dli_tui.specs.store.shelf import key_of
from tests.airflow.s3 import BUCKET, SETTINGS, serving
from tests.specs.store import places
from tests.specs.store.test_races import *  # noqa: F403 - the suite of every store

MANY = 1_200
"""More than a page of a listing."""
_PLACES = count()

pytestmark = pytest.mark.xdist_group("s3")


@pytest.fixture(scope="session")
def address(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("s3")) as found:
        yield found


@pytest.fixture
def settings(address, monkeypatch):
    found = SETTINGS | {"AWS_ENDPOINT_URL": address}
    for name, value in found.items():
        monkeypatch.setenv(name, value)
    return found


@pytest.fixture
def url():
    return f"s3://{BUCKET}/place-{next(_PLACES)}"


@pytest.fixture
def open_objects_at(settings):
    def opened(url):
        return asyncio.run(open_objects(url, settings, SystemClock()))

    return opened


@pytest.fixture(name="open_objects")
def _open_objects(open_objects_at, url):
    """Opens one place, as often as it is asked; opened before the loop runs."""
    opened = iter([open_objects_at(url) for _ in range(12)])
    return lambda: next(opened)


@pytest.fixture
def store(open_objects):
    return places.store_of(open_objects())


def test_a_list_of_several_pages_is_whole(open_objects_at, url):
    objects = open_objects_at(url)

    async def told():
        gate = asyncio.Semaphore(16)

        async def put(number):
            name = f"many.set_{number}"
            header = Header(1, Act.REGISTERED, "me", places.NOW)
            async with gate:
                key = key_of(name, SourceType.MANUAL)
                await objects.put(key, bytes_of(header, places.spec(name)), over=None)

        await asyncio.gather(*(put(number) for number in range(MANY)))
        return await read_catalogue(places.store_of(objects))

    rows = asyncio.run(told()).rows
    assert len(rows) == MANY
    assert all(row.in_force.problem is None for row in rows)


def test_a_bucket_that_is_not_there_is_an_error(open_objects_at):
    objects = open_objects_at("s3://no-such-bucket")
    for ask in (
        lambda: objects.etags("workflows/code"),
        lambda: objects.get("workflows/code/x.yaml"),
        lambda: objects.put("workflows/code/x.yaml", b"x", over=None),
    ):
        with pytest.raises(ConfigurationError, match="no such bucket"):
            asyncio.run(ask())


def test_ci_pushes_and_everybody_sees_it(tmp_path, settings, url):
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "clicks.yaml").write_text(places.spec())

    def told(*words):
        command = [sys.executable, "-m", "dli_tui", "specs", *words, "--store", url]
        done = subprocess.run(
            [*command, "--format", "json"],
            env=os.environ | settings,
            capture_output=True,
            text=True,
            check=True,
        )
        return json.loads(done.stdout)

    assert [one["change"] for one in told("push", str(tmp_path))["specs"]] == ["create"]
    assert [one["change"] for one in told("push", str(tmp_path))["specs"]] == ["unchanged"]
    (row,) = told("list")["specs"]
    assert (row["name"], row["source_type"], row["revision"]) == (places.NAME, "code", 1)
    assert told("show", places.NAME)["text"] == places.spec()
