"""A store by its URL: which are known, what they may not hold, what is never sent in the clear."""

import asyncio
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dli_tui.domain.errors import ConfigurationError
from dli_tui.specs.store.bucket import Bucket
from dli_tui.specs.store.local import Folder
from dli_tui.specs.store.opening import open_objects
from tests.specs.store.places import NOW
from tests.support import ManualClock

KEYS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "a-secret"}


def opened(url, *, allow_insecure=False, **environment):
    return asyncio.run(
        open_objects(url, environment, ManualClock(NOW), allow_insecure=allow_insecure)
    )


@pytest.fixture(autouse=True)
def _no_settings_but_ours(monkeypatch):
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize(
    ("url", "where"),
    [
        ("file:///srv/specs", "file:///srv/specs"),
        ("file:///srv/specs/", "file:///srv/specs"),
        ("file:///srv/a%20b/../c", "file:///srv/c"),
        ("FILE:///srv/specs", "file:///srv/specs"),
    ],
)
def test_a_folder_is_named_whole(url, where):
    place = opened(url)
    assert isinstance(place, Folder)
    assert place.where == where


@pytest.mark.parametrize(
    ("url", "where"),
    [
        ("s3://bucket", "s3://bucket"),
        ("s3://bucket/team/specs/", "s3://bucket/team/specs"),
    ],
)
def test_a_bucket_is_named_with_or_without_a_prefix(url, where):
    place = opened(url)
    assert isinstance(place, Bucket)
    assert place.where == where


@pytest.mark.parametrize(
    "url",
    [
        "file://host/srv",
        "file:srv",
        "file:///srv?x=1",
        "s3://",
        "s3:///prefix",
        "s3://bucket/../other",
        "s3://bucket/a//b",
        "s3://bucket/./b",
        "s3://bucket/%2e%2e/b",
        "s3://bucket:80/b",
        "s3://bucket/b?x",
        "s3://bucket/b#x",
        "memory://",
        "http://bucket",
        "bucket",
        "",
        "s3://[",
    ],
)
def test_anything_else_is_refused_with_what_is_expected(url):
    with pytest.raises(ConfigurationError, match="The address of the store") as caught:
        opened(url)
    assert "--store" in caught.value.hint


def test_a_key_in_the_url_is_refused_and_not_repeated():
    with pytest.raises(ConfigurationError, match="finds its own credentials") as caught:
        opened("s3://AKIA:hunter2@bucket/x")
    assert "hunter2" not in f"{caught.value}{caught.value.hint}"


@given(st.text(max_size=30), st.sampled_from(["", "s3://", "file://", "gs://", "az://"]))
def test_no_url_ends_otherwise_than_in_words(rest, scheme):
    with suppress(ConfigurationError):
        assert opened(scheme + rest).where


@pytest.mark.parametrize("name", ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT"])
def test_plain_http_is_for_this_machine_or_whoever_allows_it(name):
    elsewhere = {name: "http://minio.example.com:9000"}
    with pytest.raises(ConfigurationError, match=f"{name} is plain http to another machine"):
        opened("s3://bucket", **elsewhere)
    for address in ("http://127.0.0.1:9000", "http://[::1]:9000", "http://localhost:9000"):
        assert opened("s3://bucket", **{name: address}).where == "s3://bucket"
    assert opened("s3://bucket", allow_insecure=True, **elsewhere).where == "s3://bucket"
    assert opened("s3://bucket", **{name: "https://minio.example.com"}).where == "s3://bucket"


def test_settings_that_make_no_sense_are_told_without_their_values(monkeypatch):
    monkeypatch.setenv("GOOGLE_SERVICE_ACCOUNT", "/no/such/secret-name")
    with pytest.raises(ConfigurationError, match="make no sense") as caught:
        opened("gs://bucket")
    assert "secret-name" not in f"{caught.value}{caught.value.hint}"


def test_without_the_extra_a_bucket_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "obstore", None)
    with pytest.raises(ConfigurationError, match="needs the package obstore") as caught:
        opened("s3://bucket")
    assert "dli-tui[store]" in caught.value.hint


def test_a_folder_needs_no_extra(tmp_path):
    code = (
        "import asyncio, sys; sys.modules['obstore'] = None\n"
        "from dli_tui.domain.clock import SystemClock\n"
        "from dli_tui.specs.store.opening import open_objects\n"
        f"place = asyncio.run(open_objects({Path(tmp_path).as_uri()!r}, {{}}, SystemClock()))\n"
        "print(asyncio.run(place.etags('workflows/code')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "{}\n"
