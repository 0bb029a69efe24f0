"""The contract of every backend on a real Airflow: all of it but what is named here."""

from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest

from dli_tui.domain.status import WorkflowStatus
from tests.backends.contract.leaving_out import leave_out
from tests.support import row_of

_NO_PAIRS = "a name has one row until there is a store of specs"
_HOURS = "it takes hours, or a clock that is set back"
_CROWD = "a fresh Airflow has few runs yet, and none of other days"
_MOVES_ON = "a real one moves on between two questions"
_OTHER_WORDS = "Airflow says other things of where a log is, before it begins and once it is over"
_NOT_REFUSED = "Airflow takes it; our client doesn't ask for it"
_NOT_KEPT = "Airflow keeps no reason of a pause"
_IN_THE_LOG = "what went wrong stands in the log of a task only"
LEFT_OUT = {
    r"list.*pair": _NO_PAIRS,
    r"list.*status_keeps.*overridden": _NO_PAIRS,
    r"list.*running_only": _HOURS,
    r"changes.*(600|3601|50000|259200|37)\]": _HOURS,
    r"changes.*(set_back|two_who_follow)": _HOURS,
    r"changes.*from_its_start_to_its_stop": _MOVES_ON,
    r"schedules.*nothing_fires": _HOURS,
    r"history.*(newest_run_comes_first|no_run_comes_twice|dates_are_both|recent_runs_are)": _CROWD,
    r"history.*run_of_the_future": _HOURS,
    r"held_is_not|until_it_is_resumed|disabled_is_not_resumed": _NOT_REFUSED,
    r"schedules.*has_it_again": _NOT_KEPT,
    r"steps.*a_stop_cut_off": "Airflow fails what a stop cuts off",
    r"steps.*(a_stop_ends_a_log|following_a_log)": _OTHER_WORDS,
    r"steps.*(failed_step_ends_with_its_error|step_that_failed_and_says_why)": _IN_THE_LOG,
}
"""What doesn't apply, and why."""

_DATES = count()


def pytest_collection_modifyitems(config, items):
    leave_out(config, items, str(Path(__file__).parent), LEFT_OUT)


@pytest.fixture
def place(place):
    """Dates that no other test has run: there is one run for a date."""
    days = timedelta(days=3 * next(_DATES))
    return replace(place, dates=tuple(day + days for day in place.dates))


@pytest.fixture
async def backend(place, backend):
    """All are as at the beginning, whatever another test left behind: firing, and at rest."""
    for name in (place.manual, place.code, place.failing):
        if (await row_of(backend, name)).status is WorkflowStatus.PAUSED:
            await backend.unpause(name)
        for run in (await backend.recent_runs([name], 10))[name]:
            if run.status.is_running:
                await backend.stop(run.ref)
    return backend
