"""Only what is meant for us comes in, and nobody lies about where it comes from."""

import pytest

from dli_tui.server.envelope import RefusedError
from dli_tui.server.hosts import Hosts
from dli_tui.server.settings import ServerSettings, Tls, network_of
from tests.support_gate import OPEN


def beyond(tmp_path, **more):
    more.setdefault("host_names", ("w.example.com",))
    return Hosts(ServerSettings(host="0.0.0.0", tokens=tmp_path / "tokens.json", **more))


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.0.0.1:8030", "localhost:9", "LocalHost", "[::1]:8030", "localhost."]
)
def test_our_own_names_are_ours_at_any_port(host):
    Hosts(OPEN).check(host.encode(), None)


@pytest.mark.parametrize(
    "host",
    [
        None,
        "",
        "example.com",
        "127.0.0.1.example.com",
        "localhost.example.com",
        "127.0.0.2",
        "evil.com:8030@127.0.0.1",
        "evil.com@localhost",
        "localhost:99999",
        "localhost:x",
        "localhost/",
        "localhost evil.com",
        "localhost,evil.com",
        "[::1",
        "[::2]",
        "::1",
        "0x7f.1",
        "\xff",
    ],
)
def test_any_other_is_refused(host):
    with pytest.raises(RefusedError) as refused:
        Hosts(OPEN).check(None if host is None else host.encode("latin-1"), None)
    assert refused.value.status == 400


def test_a_name_that_was_given_is_ours_and_so_is_this_machine(tmp_path):
    hosts = beyond(tmp_path, proxies=(network_of("10.0.0.1"),))
    hosts.check(b"w.example.com", None)
    hosts.check(b"localhost:8030", None)
    with pytest.raises(RefusedError):
        hosts.check(b"10.0.0.7", None)


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("http://localhost:8030", "localhost:8030"),
        ("http://localhost", "localhost"),
        ("http://localhost", "localhost:80"),
        ("https://localhost", "localhost:443"),
        ("https://localhost", "localhost"),
        ("http://[::1]:8030", "[::1]:8030"),
    ],
)
def test_a_page_of_our_own_may_ask(origin, host):
    Hosts(OPEN).check(host.encode(), origin.encode())


@pytest.mark.parametrize(
    "origin",
    [
        "null",
        "",
        "http://evil.com",
        "http://evil.com:8030",
        "http://127.0.0.1:8030",
        "http://localhost:8031",
        "http://localhost",
        "http://localhost:8030.evil.com",
        "http://localhost:8030@evil.com",
        "http://localhost:8030/evil",
        "file://localhost:8030",
        "localhost:8030",
        "\xff",
    ],
)
def test_a_page_of_another_may_not(origin):
    with pytest.raises(RefusedError) as refused:
        Hosts(OPEN).check(b"localhost:8030", origin.encode("latin-1"))
    assert refused.value.status == 403


def test_without_a_proxy_nobody_says_where_they_come_from(tmp_path):
    tls = Tls(certificate=tmp_path / "c", key=tmp_path / "k")
    hosts = beyond(tmp_path, tls=tls)
    assert hosts.address("10.0.0.7", "1.2.3.4") == "10.0.0.7"


@pytest.mark.parametrize(
    ("forwarded", "address"),
    [
        ("", "10.0.0.1"),
        ("1.2.3.4", "1.2.3.4"),
        ("1.2.3.4:4711", "1.2.3.4"),
        ("[2001:db8::1]:4711", "2001:db8::1"),
        ("2001:db8::1", "2001:db8::1"),
        ("6.6.6.6, 1.2.3.4", "1.2.3.4"),
        ("6.6.6.6, 1.2.3.4, 10.0.0.2", "1.2.3.4"),
        ("10.0.0.3, 10.0.0.2", "10.0.0.3"),
        ("1.2.3.4, evil", "10.0.0.1"),
        ("evil, 1.2.3.4", "1.2.3.4"),
    ],
)
def test_a_proxy_is_believed_about_the_last_address_that_is_none_of_them(
    tmp_path, forwarded, address
):
    hosts = beyond(tmp_path, proxies=(network_of("10.0.0.0/29"),))
    assert hosts.address("10.0.0.1", forwarded) == address


def test_behind_a_proxy_nobody_else_comes_straight_but_this_machine(tmp_path):
    hosts = beyond(tmp_path, proxies=(network_of("10.0.0.1"),))
    assert hosts.address("127.0.0.1", "6.6.6.6") == "127.0.0.1"
    for peer in ("10.0.0.9", ""):
        with pytest.raises(RefusedError) as refused:
            hosts.address(peer, "6.6.6.6")
        assert refused.value.status == 403


def test_with_tls_of_its_own_one_may_come_straight_as_oneself(tmp_path):
    tls = Tls(certificate=tmp_path / "c", key=tmp_path / "k")
    hosts = beyond(tmp_path, tls=tls, proxies=(network_of("10.0.0.1"),))
    assert hosts.address("10.0.0.9", "6.6.6.6") == "10.0.0.9"
