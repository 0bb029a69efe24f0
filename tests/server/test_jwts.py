"""The kind of key decides the algorithm, and nothing that lacks a reason to be believed is."""

import base64
import hashlib
import hmac
import json
from datetime import timedelta

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from dli_tui.config.secrets import Secret
from dli_tui.domain.errors import AuthenticationError, ConfigurationError
from dli_tui.server.identity import Identity, Role
from dli_tui.server.jwts import identity_from, key_of, read_jwks
from dli_tui.server.settings import JwtSettings
from tests.support_gate import NOON

SECRET = Secret("a-secret-that-is-long-enough-for-all")
ISSUER = "https://id.example.com"
SETTINGS = JwtSettings(issuer=ISSUER, audience="dli-tui", secret=SECRET)
KEYS = key_of(SECRET)
CLAIMS = {
    "iss": ISSUER,
    "aud": "dli-tui",
    "exp": NOON.timestamp() + 60,
    "sub": "oncall@example.com",
    "role": "operator",
}
RSA = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
EC = ec.generate_private_key(ec.SECP256R1())


def signed(key=None, algorithm="HS256", headers=None, **changed):
    claims = {name: value for name, value in (CLAIMS | changed).items() if value is not None}
    return jwt.encode(claims, key or SECRET.reveal(), algorithm, headers)


def who(text, keys=KEYS, settings=SETTINGS):
    return identity_from(text, keys, settings, NOON)


def jwk(key, **more):
    algorithms = {rsa.RSAPrivateKey: jwt.algorithms.RSAAlgorithm}
    algorithm = next((a for kind, a in algorithms.items() if isinstance(key, kind)), None)
    made = (algorithm or jwt.algorithms.ECAlgorithm).to_jwk(key.public_key(), as_dict=True)
    return made | more


@pytest.fixture
def jwks(tmp_path):
    def write(*keys):
        path = tmp_path / "jwks.json"
        path.write_text(json.dumps({"keys": keys}))
        return path

    return write


def test_a_jwt_says_who_it_is_and_as_what():
    assert who(signed()) == Identity("oncall@example.com", Role.OPERATOR)


@pytest.mark.parametrize("claim", [None, "root", "", 7, ["admin"], {"a": 1}, "Admin"], ids=str)
def test_without_a_role_that_is_known_one_may_look(claim):
    assert who(signed(role=claim)).role is Role.VIEWER


def test_the_role_stands_where_the_settings_say():
    settings = JwtSettings(issuer=ISSUER, audience="dli-tui", secret=SECRET, role_claim="r")
    assert who(signed(r="admin"), settings=settings).role is Role.ADMIN


def test_the_mail_is_the_name_where_there_is_no_other():
    assert who(signed(sub=None, email="bo@example.com")).name == "bo@example.com"


@pytest.mark.parametrize("name", [None, "", " ", "a\nb", "x" * 101, "\x1b[31m"])
def test_who_has_no_name_is_nobody(name):
    with pytest.raises(AuthenticationError, match="names nobody"):
        who(signed(sub=name))


@pytest.mark.parametrize("name", ["", "a\nb", "x" * 101])
def test_who_has_a_name_that_cannot_be_used_is_nobody_else(name):
    with pytest.raises(AuthenticationError, match="names nobody"):
        who(signed(sub=name, email="bo@example.com"))


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"exp": None}, "lacks"),
        ({"iss": None}, "lacks"),
        ({"aud": None}, "lacks"),
        ({"iss": "https://other.example.com"}, "another issuer"),
        ({"aud": "other"}, "somebody else"),
        ({"exp": NOON.timestamp() - 30}, "expired"),
        ({"nbf": NOON.timestamp() + 31}, "yet"),
        ({"exp": "tomorrow"}, "no time"),
        ({"exp": True}, "no time"),
        ({"exp": float("nan")}, "no time"),
        ({"exp": float("inf")}, "no time"),
        ({"nbf": "x"}, "no time"),
        ({"exp": 10**400}, "no time"),
        ({"nbf": 10**400}, "no time"),
    ],
    ids=str,
)
def test_what_must_hold_is_checked(changed, says):
    with pytest.raises(AuthenticationError, match=says):
        who(signed(**changed))


def test_two_clocks_may_differ_by_half_a_minute():
    now = NOON.timestamp()
    assert who(signed(exp=now - 29, nbf=now + 30)).name == "oncall@example.com"


def unsigned(alg):
    parts = ({"alg": alg, "typ": "JWT"}, CLAIMS)
    encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in parts]
    return b".".join([*encoded, b""]).decode()


def by_public_key():
    """Signed with the public key as if it were a secret, by hand, as libraries refuse to."""
    pem = RSA.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    body = unsigned("HS256").removesuffix(".")
    seal = hmac.new(pem, body.encode(), hashlib.sha256).digest()
    return f"{body}.{base64.urlsafe_b64encode(seal).rstrip(b'=').decode()}"


@pytest.mark.parametrize(
    "text",
    [
        signed("another-secret-that-is-long-enough-too"),
        signed(RSA, "RS256"),
        signed(algorithm="HS512", key=SECRET.reveal() * 2),
        unsigned("none"),
        unsigned("None"),
        unsigned("HS256"),
        by_public_key(),
        signed()[:-4],
        "a.b.c",
        "..",
        "ey.ey.ey" * 2_000,
        "\xff.\xff.\xff",
    ],
)
def test_what_our_key_did_not_sign_is_refused_without_a_word_of_it(text):
    keys = (*KEYS,)
    with pytest.raises(AuthenticationError, match="not one that this server believes") as refused:
        who(text, keys)
    assert text not in f"{refused.value}{refused.value.hint}" or len(text) < 8


def test_a_public_key_is_no_secret(jwks):
    with pytest.raises(AuthenticationError):
        who(by_public_key(), read_jwks(jwks(jwk(RSA))))


@pytest.mark.parametrize(("key", "algorithm"), [(RSA, "RS256"), (EC, "ES256")])
def test_a_key_of_the_file_is_found_by_its_id_or_its_kind(jwks, key, algorithm):
    keys = read_jwks(jwks(jwk(RSA, kid="one"), jwk(EC, kid="two")))
    named = "one" if key is RSA else "two"
    assert who(signed(key, algorithm, {"kid": named}), keys).name == "oncall@example.com"
    assert who(signed(key, algorithm), keys).name == "oncall@example.com"
    with pytest.raises(AuthenticationError):
        who(signed(key, algorithm, {"kid": "three"}), keys)
    with pytest.raises(AuthenticationError):
        who(signed(), keys)


def test_a_key_that_may_not_sign_is_none(jwks):
    small = rsa.generate_private_key(public_exponent=65_537, key_size=1_024)
    curve = ec.generate_private_key(ec.SECP384R1())
    shared = {"kty": "oct", "k": base64.urlsafe_b64encode(b"x" * 32).decode()}
    other = [jwk(small), jwk(curve), shared, jwk(RSA, use="enc"), jwk(RSA, alg="RS512")]
    with pytest.raises(ConfigurationError, match="no key that may sign"):
        read_jwks(jwks(*other))
    assert len(read_jwks(jwks(*other, jwk(EC)))) == 1


@pytest.mark.parametrize(
    "content",
    ["", "[]", "{}", '{"keys": 1}', '{"keys": [1]}', '{"keys": [{"kty": "RSA"}]}', "\xff"],
)
def test_a_file_that_is_something_else_is_refused(tmp_path, content):
    path = tmp_path / "jwks.json"
    path.write_bytes(content.encode("latin-1"))
    with pytest.raises(ConfigurationError, match="can't be understood"):
        read_jwks(path)
    with pytest.raises(ConfigurationError, match="can't be read"):
        read_jwks(tmp_path / "other.json")


def test_a_moment_is_that_of_the_clock_handed_in():
    later = NOON + timedelta(hours=1)
    with pytest.raises(AuthenticationError, match="expired"):
        identity_from(signed(), KEYS, SETTINGS, later)
