"""A page holds so many rows and no more, whatever it comes wrapped in."""

import pytest

from dli_tui.domain.errors import ServerError
from dli_tui.wire.envelopes import MOST_ROWS, opened


@pytest.mark.parametrize("wrapped", [list, lambda rows: {"runs": rows, "total": 3}])
def test_a_page_of_more_rows_than_any_server_sends_is_an_error_in_words(wrapped):
    assert len(opened(wrapped([{}] * MOST_ROWS), "runs").rows) == MOST_ROWS
    with pytest.raises(ServerError, match="5,001 runs on one page"):
        opened(wrapped([{}] * (MOST_ROWS + 1)), "runs")
