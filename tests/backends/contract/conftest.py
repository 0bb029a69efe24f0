import pytest

from tests.backends.contract.places import PLACES
from tests.support import ManualClock


@pytest.fixture(params=PLACES, ids=lambda place: place.name)
def place(request):
    return request.param


@pytest.fixture
def clock(place):
    return ManualClock(place.start)


@pytest.fixture
async def backend(place, clock):
    async with place.open(clock) as opened:
        # What only a server knows of itself is known from the first answer on.
        await opened.cursor()
        yield opened
