"""What a crash report may hold: places and words, no secrets, whatever they look like."""

import pytest

from dli_tui.domain.traces import trace_of

SECRETS = (
    "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "http://bob:hunter2@db.example.com/x",
    "Authorization: Basic Ym9iOmh1bnRlcjI/x==",
    "Bearer short1.x/y",
    "https://hooks.slack.com/services/T0/B0/abcDEF123",
    "hvs.CAESIJ-abcdef",
    "password=hunter2",
    "api_key: 'k1/2.3'",
    '{"client_secret": "a.b/c"}',
    "eyJhbGciOi.eyJzdWIi.c2ln",
)


def traced(text):
    return trace_of(RuntimeError(f"choked on {text} here"))


@pytest.mark.parametrize("text", SECRETS)
def test_a_secret_is_left_out(text):
    told = traced(text)
    assert "***" in told
    for secret in ("wJalr", "hunter2", "Ym9i", "x/y", "abcDEF", "CAESIJ", "k1/2", "a.b/c", "c2ln"):
        assert secret not in told


@pytest.mark.parametrize(
    "text",
    [
        "/usr/lib/python3.11/site-packages/dli_tui/server/gate.py, line 12",
        "dli_tui.server.gate.Gate",
        "the token file can be read by others",
        "https://flows.example.com:8030/api/v1/workflows",
        "the basic idea",
    ],
)
def test_places_and_words_stay(text):
    assert text in traced(text)


def test_a_long_word_is_looked_at_quickly():
    for piece in ("a1", "password", "A/", "secret=", "https://hooks."):
        assert len(traced(piece * 100_000)) > 0
