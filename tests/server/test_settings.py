"""What would be unsafe doesn't start, and says what to do."""

from typing import Any

import pytest

from dli_tui.config.secrets import Secret
from dli_tui.domain.errors import ConfigurationError
from dli_tui.server.settings import JwtSettings, ServerSettings, Tls, network_of

JWT: dict[str, Any] = {"issuer": "https://id.example.com", "audience": "dli-tui"}
LONG = Secret("x" * 32)


@pytest.fixture
def tokens(tmp_path):
    return tmp_path / "tokens.json"


@pytest.fixture
def tls(tmp_path):
    return Tls(certificate=tmp_path / "cert.pem", key=tmp_path / "key.pem")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.0.0.2", "[::1]"])
def test_the_demo_on_this_machine_alone_needs_no_sign_in(host):
    assert ServerSettings(demo=True, host=host).open


@pytest.mark.parametrize(
    "unsafe",
    [
        {"demo": False},
        {"demo": True, "host": "10.0.0.7"},
        {"demo": True, "host": "example.com"},
        {"demo": True, "host": "0.0.0.0", "host_names": ("w.example.com",)},
        {"demo": True, "proxies": (network_of("127.0.0.1"),)},
    ],
    ids=str,
)
def test_everything_else_needs_one(unsafe):
    with pytest.raises(ConfigurationError, match="without sign-in") as refused:
        ServerSettings(**unsafe)
    assert "serve token add" in refused.value.hint


@pytest.mark.parametrize("host", ["10.0.0.7", "0.0.0.0", "::", "workflows.example.com"])
def test_beyond_this_machine_it_wants_tls_or_a_proxy(host, tokens, tls):
    beyond = {"host": host, "tokens": tokens, "host_names": ("w.example.com",)}
    with pytest.raises(ConfigurationError, match="in the clear") as refused:
        ServerSettings(**beyond)
    assert "--tls-cert" in refused.value.hint
    assert "--behind-proxy" in refused.value.hint
    assert not ServerSettings(**beyond, tls=tls).open
    assert not ServerSettings(**beyond, proxies=(network_of("10.0.0.1"),)).open


def test_a_jwt_is_a_sign_in_as_well():
    assert not ServerSettings(jwt=JwtSettings(**JWT, secret=LONG)).open


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_who_listens_everywhere_says_by_which_name(host, tokens, tls):
    with pytest.raises(ConfigurationError, match="every address") as refused:
        ServerSettings(host=host, tokens=tokens, tls=tls)
    assert "--host-name" in refused.value.hint


def test_the_names_are_those_it_is_bound_to_and_those_that_were_given(tokens, tls):
    assert ServerSettings(demo=True).names == {"localhost", "127.0.0.1", "::1"}
    beyond = ServerSettings(host="10.0.0.7", tokens=tokens, tls=tls, host_names=("W.Example.com",))
    assert beyond.names == {"10.0.0.7", "w.example.com"}
    v6 = ServerSettings(host="[2001:db8::0:1]", tokens=tokens, tls=tls)
    assert v6.names == {"2001:db8::1"}


@pytest.mark.parametrize(
    "name", ["", "http://a.example.com", "a.example.com:80", "a b", "a/b", "-a", "*"]
)
def test_a_name_is_a_name_alone(name):
    with pytest.raises(ConfigurationError, match="host name"):
        ServerSettings(demo=True, host_names=(name,))


@pytest.mark.parametrize("port", [-1, 65_536])
def test_a_port_is_one(port):
    with pytest.raises(ConfigurationError, match=str(port)):
        ServerSettings(demo=True, port=port)


@pytest.mark.parametrize("text", ["", "proxy", "10.0.0.0/33", "0.0.0.0/0", "::/0"])
def test_a_proxy_is_an_address_or_a_network_but_not_everybody(text):
    with pytest.raises(ConfigurationError, match="--behind-proxy"):
        network_of(text)


def test_a_network_may_be_written_by_any_of_its_addresses():
    assert str(network_of("10.0.0.7/24")) == "10.0.0.0/24"


def test_jwts_have_one_key_an_issuer_and_an_audience(tmp_path):
    with pytest.raises(ConfigurationError, match="one key"):
        JwtSettings(**JWT)
    with pytest.raises(ConfigurationError, match="one key"):
        JwtSettings(**JWT, secret=LONG, jwks=tmp_path / "jwks.json")
    for lacking in JWT:
        with pytest.raises(ConfigurationError, match="issuer and an audience"):
            JwtSettings(**{**JWT, lacking: ""}, secret=LONG)


def test_a_short_secret_is_refused_and_none_is_shown():
    with pytest.raises(ConfigurationError, match="shorter than 32 bytes") as refused:
        JwtSettings(**JWT, secret=Secret("hunter2"))
    assert "hunter2" not in f"{refused.value!r}{refused.value.hint}"
    assert "xxx" not in repr(ServerSettings(jwt=JwtSettings(**JWT, secret=LONG)))
