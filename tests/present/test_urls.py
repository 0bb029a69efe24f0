"""Which addresses may be shown and opened."""

import pytest

from dli_tui.present.urls import web_address


@pytest.mark.parametrize("raw", ["http://h/log?run=1#x", "https://airflow.example:8443/dags/a"])
def test_plain_addresses_of_the_web_are_kept(raw):
    assert web_address(raw) == raw


@pytest.mark.parametrize(
    "raw",
    [
        None,
        "",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "/relative",
        "https://",
        "http://[bad",
        "https://user:secret@h/",
        "https://h/a b",
        "https://h/\x1b[2J",
        "https://h/\n",
        "https://\u0430irflow.example/",
        "https://h/" + "x" * 2_000,
    ],
)
def test_anything_else_is_not_shown(raw):
    assert web_address(raw) == ""
