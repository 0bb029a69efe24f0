"""Sagas as the commands print them."""

from dli_tui.domain.saga import Saga, SagaStep
from dli_tui.domain.status import SagaStatus, StepStatus
from dli_tui.present import sagatables

DONE = StepStatus.COMPLETED


def saga(*steps, **more):
    return Saga(saga_id="s", saga_type="t", status=SagaStatus.COMPENSATED, steps=steps, **more)


def step(undone):
    return SagaStep(name="a", status=DONE, compensation="b", compensation_status=undone)


def test_a_compensation_whose_result_is_not_told_is_neither_done_nor_left_out():
    found = saga(step(DONE), step(StepStatus.UNKNOWN))
    assert sagatables.sagas([found])[0][4] == "?/2"
    assert [cells[5] for cells in sagatables.lanes(found.steps)[0]] == [DONE, "not told"]


def test_where_a_list_tells_no_steps_its_own_count_is_shown():
    assert sagatables.sagas([saga(current_step=1, total_steps=3)])[0][3] == "1/3"
    assert sagatables.sagas([saga(total_steps=3)])[0][3] == "-/3"


def test_secrets_of_what_a_saga_was_given_are_not_printed():
    told = dict(sagatables.about(saga(input_data={"api_key": "hush"})))
    assert told["Data"] == "api_key = ***"
