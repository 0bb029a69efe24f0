"""Whoever does too much of something is told to wait; what is remembered is bounded."""

import pytest

from dli_tui.server.limits import (
    MOST_FAILURES,
    MOST_KEYS,
    MOST_REFUSED,
    WINDOW,
    FailedSignIns,
    RefusedWrites,
    UnderWay,
)
from tests.support_gate import Hour

ADDRESS = "10.0.0.7"


@pytest.fixture
def hour():
    return Hour()


@pytest.fixture
def failed(hour):
    return FailedSignIns(hour.ticks).failed


def exhaust(failed, address=ADDRESS, token_id=None):
    return [failed(address, token_id) for _ in range(MOST_FAILURES)]


def test_a_few_are_fine_and_then_one_waits_for_the_rest_of_a_minute(failed, hour):
    assert exhaust(failed) == [0] * MOST_FAILURES
    assert failed(ADDRESS, None) == WINDOW
    hour.passed = WINDOW - 0.5
    assert failed(ADDRESS, None) == 1
    hour.passed = WINDOW
    assert failed(ADDRESS, None) == 0


def test_another_address_is_counted_apart(failed):
    exhaust(failed)
    assert failed("10.0.0.8", None) == 0


def test_a_token_id_is_counted_from_wherever_it_comes(failed):
    for last in range(MOST_FAILURES):
        assert failed(f"10.0.1.{last}", "0a") == 0
    assert failed("10.0.2.1", "0a") == WINDOW
    assert failed("10.0.2.2", "0b") == 0


def test_all_addresses_of_one_ipv6_network_are_one(failed):
    for last in range(MOST_FAILURES):
        assert failed(f"2001:db8::{last}", None) == 0
    assert failed("2001:db8::ffff:1", None) == WINDOW
    assert failed("2001:db8:0:1::1", None) == 0


def test_what_is_no_address_is_counted_as_it_stands(failed):
    exhaust(failed, "")
    assert failed("", None) == WINDOW


def test_what_is_remembered_is_bounded_and_the_oldest_goes_first(failed):
    exhaust(failed, "10.0.0.1")
    exhaust(failed, "10.0.0.2")
    for number in range(MOST_KEYS - 1):
        failed(f"k{number}", None)
    assert failed("10.0.0.2", None) == WINDOW
    assert failed("10.0.0.1", None) == 0


def test_made_up_ids_push_no_address_out(failed):
    exhaust(failed)
    for number in range(MOST_KEYS + 1):
        failed("10.9.9.9", f"{number:012x}")
    assert failed(ADDRESS, None) == WINDOW


def test_a_budget_of_refusals_is_spent_and_fills_up_again(hour):
    refused = RefusedWrites(hour.ticks)
    for _ in range(MOST_REFUSED):
        assert refused.wait("token:a") == 0
        refused.refused("token:a")
    assert refused.wait("token:a") == 1
    assert refused.wait("token:b") == 0
    hour.passed = 1
    assert refused.wait("token:a") == 0
    refused.refused("token:a")
    assert refused.wait("token:a") == 1
    hour.passed = 10_000
    for _ in range(MOST_REFUSED):
        refused.refused("token:a")
    assert refused.wait("token:a") == 1


def test_of_refusals_so_many_people_are_remembered(hour):
    refused = RefusedWrites(hour.ticks)
    for number in range(MOST_KEYS + 10):
        refused.refused(str(number))
    assert len(refused._spent) == MOST_KEYS


def test_of_one_person_so_many_requests_are_worked_on():
    under_way = UnderWay(2)
    with under_way.one_more("a") as one, under_way.one_more("a") as two:
        with under_way.one_more("a") as three, under_way.one_more("b") as other:
            assert (one, two, three, other) == (True, True, False, True)
        with under_way.one_more("a") as again:
            assert not again
    with under_way.one_more("a") as later:
        assert later
    assert under_way._count == {}
