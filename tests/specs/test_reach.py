"""What may be reached is decided here as where DAGs are made."""

import pytest

from dli_tui.airflow_dags import dli_dags
from dli_tui.domain.status import SourceType
from dli_tui.specs import reach
from dli_tui.specs.reach import (
    allowed_urls,
    target_of,
    why_not_a_url,
    why_not_an_address,
    why_not_our_own,
)

ALLOWED = ("https://hooks.example.com/team", "http://10.0.0.5:8080/", "nothing", "https://a@b/")
GOOD = (
    "https://hooks.example.com/team",
    "https://hooks.example.com/team/T0/B1?x=1",
    "https://hooks.example.com:443/team/a",
    "http://10.0.0.5:8080/a",
)
CODE_ONLY = (
    "https://hooks.example.com/teams",
    "https://hooks.example.com:8443/team",
    "http://hooks.example.com/team",
    "http://hooks.example.com:443/team",
    "https://other.example.com/",
    "https://[2001:4860:4860::8888]/x",
    "http://192.168.1.5/x",
)
BAD = (
    "",
    "ftp://hooks.example.com/",
    "https://",
    "https://me:secret@hooks.example.com/team",
    "https://hooks.example.com/team/../other",
    "https://hooks.example.com/team/%2e%2e/other",
    "https://hooks.example.com/team/..;x/other",
    "https://hooks.example.com/team/..%5cother",
    "https://hooks.example.com/te am",
    "https://hooks.example.com\\@other/",
    "https://hooks.example.com:port/",
    "https://{{params.host}}/",
    "https://h%6foks.example.com/",
    "https://hooks.example.com/team/\n",
    "https://hööks.example.com/",
    f"https://hooks.example.com/team/{'x' * 2_000}",
    "http://localhost/",
    "http://api.localhost:9/",
    "http://127.0.0.1/",
    "http://[::1]/",
    "http://169.254.169.254/latest/meta-data",
    "http://[fe80::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://0.0.0.0/",
    "http://100.100.100.200/",
)
ADDRESSES = (
    *("127.0.0.1", "127.9.9.9", "0.0.0.0", "0.1.2.3", "169.254.1.1", "169.254.169.254"),
    *("224.0.0.1", "240.0.0.1", "255.255.255.255", "100.100.100.200", "168.63.129.16"),
    *(
        "fd20:ce::254",
        "192.0.0.192",
        "::",
        "::1",
        "fe80::1",
        "fe80::1%eth0",
        "ff02::1",
        "fd00:ec2::254",
    ),
    *("::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "2002:7f00:1::", "::2"),
    *("2001:0:a9fe:a9fe:0:0:5601:5601", "2001:0:7f00:1::808:808"),
)
OPEN = ("93.184.216.34", "10.0.0.5", "192.168.1.5", "172.16.0.1", "fd00::1", "::ffff:93.184.216.34")


@pytest.mark.parametrize("url", [*GOOD, *CODE_ONLY, *BAD])
@pytest.mark.parametrize("source", SourceType)
def test_a_url_is_refused_exactly_where_the_factory_refuses_it(url, source):
    theirs = dli_dags.why_not_a_url(url, source, dli_dags.Rules(urls=ALLOWED))
    ours = why_not_a_url(url, source, ALLOWED)
    assert (ours is None) == (theirs is None)


def test_manual_reaches_what_is_named_and_code_what_is_not_closed():
    for url in GOOD:
        assert why_not_a_url(url, SourceType.MANUAL, ALLOWED) is None
    for url in CODE_ONLY:
        assert "DLI_ALLOWED_URLS" in (why_not_a_url(url, SourceType.MANUAL, ALLOWED) or "")
        assert why_not_a_url(url, SourceType.CODE, ()) is None
    for url in BAD:
        assert why_not_a_url(url, SourceType.CODE, ALLOWED) is not None


def test_a_refusal_holds_no_path():
    for url in ("https://hooks.example.com/k3y", "https://a@hooks.example.com/k3y"):
        assert "k3y" not in (why_not_a_url(url, SourceType.MANUAL, ()) or "k3y")


@pytest.mark.parametrize("text", ADDRESSES)
def test_an_address_of_this_machine_its_link_or_its_keeper_is_closed_as_in_the_factory(text):
    assert (why_not_an_address(text) is None) == (dli_dags.why_not_an_address(text) is None)
    if not text.startswith("2001:0:7f00"):  # Teredo by a server of loopback, to a public client
        assert why_not_an_address(text) is not None


@pytest.mark.parametrize("text", OPEN)
def test_other_addresses_are_open_as_in_the_factory(text):
    assert why_not_an_address(text) is None
    assert dli_dags.why_not_an_address(text) is None


def test_the_place_of_an_address_is_what_a_host_header_says():
    assert target_of("https://Hooks.example.com:443/x").place == "hooks.example.com"
    assert target_of("http://hooks.example.com:8080").place == "hooks.example.com:8080"
    assert target_of("https://[2001:db8::1]/").place == "[2001:db8::1]"


def test_what_manual_may_reach_is_named_with_commas_or_blanks():
    told = {"DLI_ALLOWED_URLS": " https://a/,https://b/\nhttps://c/ "}
    assert allowed_urls(told) == ("https://a/", "https://b/", "https://c/")
    assert allowed_urls({}) == ()


@pytest.mark.parametrize("module", [reach, dli_dags], ids=["ours", "the factory's"])
@pytest.mark.parametrize(
    ("own", "text", "is_closed"),
    [
        ({"10.0.0.5"}, "10.0.0.5", True),
        ({"10.0.0.5"}, "10.0.0.6", False),
        ({"fd00::5"}, "fd00::5", True),
        ({"10.0.0.5", "192.0.2.1"}, "10.0.0.5", False),
    ],
    ids=["its own", "another's", "its own IPv6", "a system that binds to any"],
)
def test_an_address_of_this_machine_is_not_reached(monkeypatch, module, own, text, is_closed):
    monkeypatch.setattr(module, "_binds", own.__contains__)
    assert (module.why_not_our_own(text) is not None) == is_closed


def test_loopback_is_this_machines_own():
    assert why_not_our_own("127.0.0.1") is not None
    assert why_not_our_own("93.184.216.34") is None
