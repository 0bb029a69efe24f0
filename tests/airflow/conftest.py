"""A real Airflow of either version for the stories, with every part played."""

import asyncio

import httpx
import pytest

from tests.airflow.place import RealClock, opened, ready
from tests.airflow.real import THREE, TWO, running
from tests.airflow.rest import Rest, add_user


@pytest.fixture(scope="session", params=[THREE, TWO], ids=lambda version: version.number)
def version(request):
    return request.param


@pytest.fixture(scope="session")
def server(version, tmp_path_factory):
    with running(version, tmp_path_factory.mktemp("airflow")) as found:
        if version is TWO:
            # Lesser roles than the first are there once its pages were.
            add_user(found, "viewer", "Viewer")
        yield found


@pytest.fixture(scope="session")
def place(server):
    return asyncio.run(ready(server))


@pytest.fixture
def clock():
    return RealClock()


@pytest.fixture
async def client(place, server):
    async with opened(server.address) as found:
        yield found


@pytest.fixture
async def backend(place, clock):
    async with place.open(clock) as found:
        await found.cursor()
        yield found


@pytest.fixture
async def rest(place, server):
    """The REST API of it, without our client."""
    async with httpx.AsyncClient(timeout=60) as http:
        yield Rest(server, http)


@pytest.fixture(autouse=True)
def _no_waiting():
    """A real Airflow takes real time."""
