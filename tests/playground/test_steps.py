"""What a step does here: how long it takes, how it fails, what it gives."""

import pytest

from dli_tui.playground.makes import Generation
from dli_tui.playground.steps import LONGEST, WAYS, output_of, steps_of, tries_of

NEW, OLD = WAYS[Generation.NEWEST], WAYS[Generation.V1]


def the_step(kind="log", **config):
    (found,) = steps_of({"steps": [{"name": "a", "type": kind, "config": config}]})
    return found


def tried(step, ways=NEW, number=1, by_hand=0, retries=3):
    return tries_of(step, ways, number=number, by_hand=by_hand, retries=retries)


def failures(*arguments, **options):
    return [one.error is not None for one in tried(*arguments, **options)]


@pytest.mark.parametrize(
    ("config", "seconds"),
    [
        ({"seconds": 12}, 12),
        ({"delay": 3}, 3),
        ({"seconds": 86_400}, LONGEST),
        ({"seconds": "soon"}, 1),
        ({"seconds": True}, 1),
        ({"seconds": -1}, 1),
    ],
)
def test_a_delay_takes_its_seconds_up_to_a_limit(config, seconds):
    assert tried(the_step("delay", **config))[0].seconds == seconds


def test_any_other_takes_about_what_its_type_takes_and_always_the_same():
    (one,) = tried(the_step("file_process"))
    assert 0.5 < one.seconds < 6
    assert tried(the_step("file_process")) == [one]
    assert tried(the_step("file_process"), number=2) != [one]
    (long,) = tried(the_step("log", takes=100))
    assert 80 < long.seconds < 120


@pytest.mark.parametrize(
    ("step", "error"),
    [
        (the_step(fail=True), "Step a failed"),
        (the_step("http_request", url="https://x.example.com/fail"), "Service returned 503"),
        (the_step("teleport"), "Unknown step type: teleport"),
    ],
)
def test_what_always_fails_is_tried_four_times_in_all(step, error):
    tries = tried(step)
    assert len(tries) == 4
    assert all(one.error.startswith(error) for one in tries)
    assert len(tried(step, by_hand=1)) == 4


def test_what_fails_once_does_it_when_it_is_tried_by_hand():
    assert failures(the_step(fail_once=True)) == [True] * 4
    assert failures(the_step(fail_once=True), by_hand=1) == [False]


def test_what_is_flaky_does_it_after_a_few_tries():
    assert failures(the_step(flaky=2)) == [True, True, False]
    assert failures(the_step(flaky=2), retries=1) == [True, True]


def test_what_fails_now_and_then_does_so_in_every_so_manieth_execution():
    step = the_step(fail_every=3)
    assert [len(failures(step, number=n)) for n in range(1, 7)] == [1, 1, 4, 1, 1, 4]


def test_each_generation_knows_its_own_types():
    step = the_step("conditional")
    assert failures(step) == [False]
    assert failures(step, OLD, retries=0) == [True]


def test_settings_may_stand_beside_the_name_as_they_did_once():
    (step,) = steps_of({"steps": [{"name": "b", "type": "delay", "delay": 4}]})
    assert step.config == {"delay": 4}
    assert tried(step)[0].seconds == 4


@pytest.mark.parametrize(
    ("step", "gives"),
    [
        (the_step("log", message="hi"), {"message": "hi"}),
        (the_step("delay", seconds=2), {"delayed": 2}),
        (the_step("notification", type="webhook"), {"sent": True, "channel": "webhook"}),
        (the_step("conditional", condition="1 > 2"), {"condition": "1 > 2", "condition_met": True}),
        (the_step("data_transform", transformations=[{"key": "k"}, 7]), {"k": [1, 2, 3]}),
        (the_step("data_transform"), {}),
        (
            the_step("file_process", action="convert", file_id="f"),
            {"file_id": "f", "action": "convert", "status": "completed"},
        ),
    ],
)
def test_what_it_gives_follows_from_what_it_is_given(step, gives):
    assert output_of(step, step.config) == gives


def test_a_file_is_measured_and_read():
    measured = output_of(the_step("file_process", action="validate"), {"action": "validate"})
    assert measured["valid"] is True
    assert measured["size"] > 0
    read = output_of(the_step("file_process"), {"action": "ocr_extract"})
    assert {"content", "word_count"} <= read.keys()


def test_a_request_is_answered_although_nobody_was_asked():
    told = output_of(the_step("http_request", url="https://x.example.com"), {})
    assert (told["status_code"], told["json"]["ok"]) == (200, True)
