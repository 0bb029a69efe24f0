"""Each kind of place that needs no server."""

import pytest

from tests.specs.store import places


@pytest.fixture(params=[places.folder, places.memory], ids=["folder", "memory"])
def open_objects(request, tmp_path):
    """Opens one place, as often as it is asked: each time for somebody else."""
    return request.param(tmp_path)


@pytest.fixture
def store(open_objects):
    return places.store_of(open_objects())
