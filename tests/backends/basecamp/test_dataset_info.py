"""What is known of a dataset, by a path that not every server has."""

import httpx
import pytest

from dli_tui.domain.errors import ServerError
from tests.backends.basecamp.stub import CLICKS, ROW, Stub, backend_of

PATH = f"/api/v1/datasets/{CLICKS}"
OWNER = "growth@example.com"


@pytest.mark.parametrize(
    "reply",
    [
        httpx.Response(404, html="<!doctype html><title>404 Not Found</title>"),
        httpx.Response(404, text="404 page not found"),
        httpx.Response(404),
    ],
    ids=["a web page", "text", "nothing"],
)
async def test_where_there_is_no_such_path_the_row_of_the_list_tells(reply):
    stub = Stub([{**ROW, "owner": OWNER}])
    stub.answers("GET", PATH, reply)
    async with backend_of(stub) as backend:
        assert (await backend.dataset_info(CLICKS)).owner == OWNER


async def test_what_cant_be_read_where_there_is_one_is_said():
    stub = Stub()
    stub.answers("GET", PATH, httpx.Response(200, text="{nearly"))
    async with backend_of(stub) as backend:
        with pytest.raises(ServerError, match="it isn't JSON"):
            await backend.dataset_info(CLICKS)
