"""How work with steps goes, from its begin to any moment of it."""

from datetime import UTC, datetime, timedelta

import pytest

from dli_tui.playground.course import Again, Limit, Stop, course_of
from dli_tui.playground.steps import Outcome

AT = datetime(2026, 11, 20, 14, tzinfo=UTC)
GOOD, BAD = Outcome(10), Outcome(10, "boom")
EVER_BAD = (BAD,) * 4


def after(seconds):
    return AT + timedelta(seconds=seconds)


def course(*steps, **options):
    """Steps whose tries go as they are given, whatever somebody does."""
    return course_of(len(steps), lambda place, _: steps[place], AT, **options)


def statuses(course, seconds):
    now = after(seconds)
    return [course.status_of(place, now) for place in range(len(course.laps))]


def test_it_waits_a_second_and_goes_on_step_by_step():
    told = course((GOOD,), (GOOD,))
    assert [told.status(after(s)) for s in (0, 0.9, 1, 20.9, 21)] == [
        "pending",
        "pending",
        "running",
        "running",
        "completed",
    ]
    assert statuses(told, 0) == ["pending", "pending"]
    assert statuses(told, 5) == ["running", "pending"]
    assert statuses(told, 15) == ["completed", "running"]
    assert statuses(told, 21) == ["completed", "completed"]


def test_a_step_that_fails_is_tried_again_after_growing_waits():
    told = course(EVER_BAD, (GOOD,))
    seen = {
        seconds: (*statuses(told, seconds), told.laps[0].retries(after(seconds)))
        for seconds in (10.9, 11.5, 12, 22.5, 24, 35, 38, 47.9, 48)
    }
    assert seen == {
        10.9: ("running", "pending", 0),
        11.5: ("retrying", "pending", 0),
        12: ("running", "pending", 1),
        22.5: ("retrying", "pending", 1),
        24: ("running", "pending", 2),
        35: ("retrying", "pending", 2),
        38: ("running", "pending", 3),
        47.9: ("running", "pending", 3),
        48: ("failed", "skipped", 3),
    }
    assert (told.status(after(48)), told.error) == ("failed", "boom")


def test_a_step_that_succeeds_in_the_end_holds_nothing_up():
    told = course((BAD, GOOD), (GOOD,))
    assert told.outcome == "completed"
    assert told.laps[0].retries(told.ended) == 1


def test_what_is_stopped_ends_there():
    told = course((GOOD,), (GOOD,), (GOOD,), events=[Stop(after(15))])
    assert (told.status(after(14)), told.status(after(15))) == ("running", "cancelled")
    assert statuses(told, 15) == ["completed", "cancelled", "skipped"]
    assert told.error is None


def test_what_is_stopped_before_it_began_never_does():
    told = course((GOOD,), events=[Stop(after(0.5))])
    assert (told.begun, told.ended) == (after(0.5), after(0.5))
    assert statuses(told, 1) == ["skipped"]


def test_what_is_over_cannot_be_stopped():
    assert course((GOOD,), events=[Stop(after(30))]) == course((GOOD,))


def test_what_takes_too_long_is_ended_with_the_word_for_it():
    told = course((GOOD,), (GOOD,), limit=Limit(12, "timeout"))
    assert (told.outcome, told.error, told.ended) == ("timeout", "Timed out after 12 s", after(13))
    assert statuses(told, 13) == ["completed", "failed"]


def test_a_step_that_waits_when_time_is_up_does_not_read_failed_before():
    told = course(EVER_BAD, limit=Limit(11, "timeout"))
    assert (statuses(told, 11.5), statuses(told, 12)) == (["retrying"], ["failed"])


def test_a_failed_step_that_is_tried_again_goes_on_from_there():
    outcomes = [(GOOD,), EVER_BAD, (GOOD,)]

    def tries(place, by_hand):
        return (GOOD,) if by_hand else outcomes[place]

    told = course_of(3, tries, AT, events=[Again(after(100), 1)])
    assert told.status(after(100)) == "running"
    assert statuses(told, 100) == ["completed", "pending", "pending"]
    assert statuses(told, 105) == ["completed", "running", "pending"]
    assert told.laps[1].retries(after(105)) == 4
    assert (told.outcome, told.ended, told.error) == ("completed", after(121), None)


def test_time_is_counted_anew_when_it_is_tried_again():
    outcomes = ((GOOD,), (Outcome(1, "boom"),))
    told = course_of(
        2,
        lambda place, by_hand: (GOOD,) if by_hand else outcomes[place],
        AT,
        limit=Limit(15, "timeout"),
        events=[Again(after(100), 1)],
    )
    assert (told.outcome, told.ended) == ("completed", after(111))


@pytest.mark.parametrize("steps", [(), ((Outcome(0),),)])
def test_what_has_nothing_to_do_is_done_at_once_but_not_in_no_time(steps):
    told = course(*steps)
    assert told.outcome == "completed"
    assert told.begun < told.ended < told.begun + timedelta(seconds=1)
