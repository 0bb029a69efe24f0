"""Schedules in words: true, or not there."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dli_tui.domain.cron import CronProblem, fields_of, problem_of
from dli_tui.domain.schedule import next_fires
from dli_tui.present.crons import words_of, wrong_part

WORDS = {
    "0 6 * * *": "every day at 06:00",
    "* * * * *": "every minute",
    "*/15 * * * *": "every 15 minutes",
    "5-59/15 * * * *": "every 15 minutes from :05",
    "15 * * * *": "every hour at :15",
    "5,20 * * * *": "every hour at :05 and :20",
    "0 7 * * mon-fri": "Mon–Fri at 07:00",
    "0 7 * * sat,sun": "Sat, Sun at 07:00",
    "0 7 * * 5-7": "Fri–Sun at 07:00",
    "0 */6 * * *": "every 6 hours at :00",
    "30 1-23/6 * * *": "every 6 hours from 01:30",
    "0 0,12 * * *": "every day at 00:00 and 12:00",
    "0 4 1 * *": "on the 1st at 04:00",
    "0 4 11,22 * *": "on the 11th and 22nd at 04:00",
    "0 5 1-7 * *": "on the 1st–7th at 05:00",
    "0 4 29 2 *": "on the 29th in Feb at 04:00",
    "0 0 1 1,4,7,10 *": "on the 1st in Jan, Apr, Jul, Oct at 00:00",
    "0 9-17 * * 1-5": "every hour from 09:00 to 17:00, Mon–Fri",
    "*/10 9-17 * * *": "every 10 minutes from 09:00 to 17:50",
    "15 * * 2 *": "every hour at :15, in Feb",
}
NO_WORDS = [
    "*/7 * * * *",  # sixty is no multiple of seven: the step over the hour is another
    "4-59/7 * * * *",
    "0 */5 * * *",
    "0 */1 * * *",  # every hour of the wall clock, which isn't every hour in real time
    "0 0 1 * 1",  # the first, or a Monday
    "1,5,9,40 1,2,3 * * *",
    "0 0 * 1,3,5,7,9 *",
    "0 0 2,5,9,13 * *",
    "@daily",
    "not a cron",
    "",
]


@pytest.mark.parametrize("cron", WORDS)
def test_common_schedules_have_words(cron):
    assert words_of(cron) == WORDS[cron]


@pytest.mark.parametrize("cron", NO_WORDS)
def test_the_others_have_none(cron):
    assert words_of(cron) == ""


def field(low, high):
    value = st.integers(low, high)
    steps = st.sampled_from([1, 2, 3, 4, 6, 7, 12, 15])
    ranges = st.tuples(value, value).filter(lambda pair: pair[0] < pair[1])
    return st.one_of(
        st.just("*"),
        value.map(str),
        steps.map(lambda step: f"*/{step}"),
        ranges.map(lambda pair: f"{pair[0]}-{pair[1]}"),
        st.tuples(ranges, steps).map(lambda pair: f"{pair[0][0]}-{pair[0][1]}/{pair[1]}"),
        st.lists(value, min_size=2, max_size=3, unique=True).map(
            lambda values: ",".join(map(str, values))
        ),
    )


ANY = st.just("*")
CRONS = st.tuples(
    field(0, 59),
    field(0, 23),
    ANY | field(1, 31),
    ANY | field(1, 12),
    ANY | field(0, 7),
).map(" ".join)
STARTS = (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 3, 28, 22, tzinfo=UTC))
SEEN: dict[str, tuple[str, tuple[datetime, ...]]] = {}


@settings(max_examples=600)
@given(CRONS)
def test_the_same_words_mean_the_same_fires(cron):
    told = "" if problem_of(cron) else words_of(cron)
    if told:
        fires = tuple(
            fire for start in STARTS for fire in next_fires(cron, "Europe/Berlin", start, 40)
        )
        other, known = SEEN.setdefault(told, (cron, fires))
        assert known == fires, f"{other} and {cron} are both {told}"
        assert len(told) <= 44


@given(st.integers(0, 59), st.integers(0, 23), st.sampled_from(["*", "1-5", "0", "6,0"]))
def test_a_time_of_day_is_the_time_at_which_it_fires(minute, hour, weekday):
    cron = f"{minute} {hour} * * {weekday}"
    fire = next_fires(cron, "UTC", STARTS[0], 1)[0]
    assert words_of(cron).endswith(f" at {fire:%H:%M}")


@pytest.mark.parametrize(
    ("cron", "wrong"),
    [
        ("0 25 * * 1", "25"),
        ("  0  0\t31 2 *", "31"),
        ("0 0 * * mon,tux", "mon,tux"),
        ("0 0 * * * 7 8", "7 8"),
        ("0 0", ""),
    ],
)
def test_where_a_cron_is_wrong(cron, wrong):
    problem = fields_of(cron)
    assert isinstance(problem, CronProblem)
    start, end = wrong_part(cron, problem)
    assert cron[start:end] == wrong
    assert start < end, "there is always something to mark"
