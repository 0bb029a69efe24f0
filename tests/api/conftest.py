import pytest

from dli_tui import ExecutionContext, ExecutionMode, WorkflowAPI


@pytest.fixture
def api_of():
    """Makes a library that is closed at the end."""
    made = []

    def make(mode=ExecutionMode.MOCK, *, client=None, **context):
        api = WorkflowAPI(ExecutionContext(execution_mode=mode, **context), client=client)
        made.append(api)
        return api

    yield make
    for api in made:
        api.close()
