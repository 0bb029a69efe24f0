"""So many connections and no more: strangers make room for whoever signed in."""

import resource

import pytest

from dli_tui.server.connections import MOST_STRANGERS, Connections, most_connections


class Line:
    """A connection that notes when it is closed."""

    def __init__(self):
        self.is_closed = False

    def close(self):
        self.is_closed = True


@pytest.fixture
def told():
    return []


def of(told, most=1_000, exempt=()):
    passed = iter(range(100_000))
    return Connections(
        most,
        exempt=lambda address: address in exempt,
        ticks=lambda: next(passed) / 100,
        tell=lambda *facts: told.append(facts),
    )


def opened(connections, count, address="192.0.2.1"):
    lines = [Line() for _ in range(count)]
    for line in lines:
        connections.opened(line, address)
    return lines


def closed(lines):
    return [number for number, line in enumerate(lines) if line.is_closed]


def test_of_one_address_the_oldest_stranger_is_closed_first(told):
    connections = of(told)
    lines = opened(connections, MOST_STRANGERS + 2)
    assert closed(lines) == [0, 1]
    assert len(connections) == connections.strangers == MOST_STRANGERS
    assert closed(opened(connections, MOST_STRANGERS, "192.0.2.2")) == []


def test_a_network_of_ipv6_counts_as_one_address(told):
    connections = of(told)
    lines = [Line() for _ in range(MOST_STRANGERS + 1)]
    for number, line in enumerate(lines):
        connections.opened(line, f"2001:db8::{number:x}")
    assert closed(lines) == [0]


def test_a_connection_on_which_somebody_signed_in_is_kept(told):
    connections = of(told, most=3)
    mine = opened(connections, 1)
    connections.signed_in(mine[0])
    others = opened(connections, 5, "192.0.2.2")
    assert (closed(mine), closed(others)) == ([], [0, 1, 2])
    assert len(connections) == 3


def test_where_all_are_signed_in_the_newcomer_is_closed(told):
    connections = of(told, most=2)
    known = opened(connections, 2)
    for line in known:
        connections.signed_in(line)
    assert closed(opened(connections, 1)) == [0]
    assert closed(known) == []


def test_a_proxy_may_have_many(told):
    connections = of(told, exempt=("10.0.0.7",))
    assert closed(opened(connections, MOST_STRANGERS + 5, "10.0.0.7")) == []


def test_what_is_closed_is_forgotten(told):
    connections = of(told)
    for line in opened(connections, 10):
        connections.closed(line)
        connections.closed(line)
    assert len(connections) == connections.strangers == 0
    assert connections._of_address == {}


def test_that_there_are_too_many_is_said_once_in_a_while(told):
    connections = of(told, most=1)
    opened(connections, 501)
    # A hundred are refused in each second of this clock.
    assert connections.refused == 500
    assert told == [(1, 1)]
    opened(connections, 600)
    assert told == [(1, 1), (1, 1_000)]


@pytest.mark.parametrize(
    ("soft", "hard", "raised", "fit"),
    [
        (1_024, 4_096, 4_096, 2_048),
        (256, 256, None, 192),
        (1_024, resource.RLIM_INFINITY, 65_536, 2_048),
        (20, 20, None, 16),
    ],
)
def test_the_limit_of_open_files_is_raised_as_far_as_may_be(monkeypatch, soft, hard, raised, fit):
    set_to = []
    monkeypatch.setattr(resource, "getrlimit", lambda _: (soft, hard))
    monkeypatch.setattr(resource, "setrlimit", lambda _, both: set_to.append(both))
    assert most_connections() == fit
    assert set_to == ([] if raised is None else [(raised, hard)])
