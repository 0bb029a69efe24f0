"""Who looks whose source in force changed, and with what."""

from pathlib import Path

import pytest

from dli_tui.backends.http.webhooks import Webhooks
from dli_tui.cli.telling import news_of
from dli_tui.config.model import Kind, Profile
from dli_tui.config.target import Target
from dli_tui.domain.clock import SystemClock
from dli_tui.domain.errors import ConfigurationError
from dli_tui.specs.store.local import Folder
from tests.specs.store.places import NAME, spec, store_of
from tests.specs.test_sourcenews import asking, push


def profile(specs=None, folder=None, *, read_only=False):
    url = "https://airflow.example.com"
    return Profile(
        name="air",
        kind=Kind.AIRFLOW,
        url=url,
        specs=specs,
        specs_folder=folder,
        read_only=read_only,
    )


def target(specs=None, folder=None, **more):
    return Target(profile(specs, folder), **more)


def test_a_place_is_looked_at_where_the_folder_for_airflow_is_here_and_may_be_written():
    url, folder = "file:///specs", Path("/folder")
    assert news_of(target(url, folder)) is not None
    assert news_of(target(url)) is None
    assert news_of(target()) is None
    assert news_of(target(url, folder, read_only=True)) is None
    assert news_of(Target(profile(url, folder, read_only=True))) is None
    assert news_of(Target()) is None


async def test_what_changed_between_two_openings_is_told_by_the_rules_of_the_environment(
    tmp_path, monkeypatch
):
    inner = "http://10.0.0.5/x"
    for name in ("store", "to"):
        (tmp_path / name).mkdir()
    objects = Folder(tmp_path / "store", SystemClock())
    news = news_of(target(objects.where, tmp_path / "to"))
    said: list[str] = []
    assert news is not None

    async def look():
        async with news(said.append) as found:
            await found.look()

    await store_of(objects).register(NAME, asking(NAME, inner))
    await push(objects, {NAME: spec(), "ci.one": spec("ci.one")})
    await look()
    await push(objects, {"ci.one": spec("ci.one")}, prune=True)
    await look()
    assert "not told: 10.0.0.5 is not in DLI_ALLOWED_URLS" in said[0]
    sent = []

    async def post(self, url, told):
        sent.append((url, told["to"]))

    monkeypatch.setattr(Webhooks, "post", post)
    monkeypatch.setenv("DLI_ALLOWED_URLS", "http://10.0.0.5/")
    await push(objects, {NAME: spec(), "ci.one": spec("ci.one")})
    await look()
    await push(objects, {"ci.one": spec("ci.one")}, prune=True)
    await look()
    assert sent == [(inner, "MANUAL")]


async def test_a_store_that_is_not_there_is_said_in_words(tmp_path):
    news = news_of(target("s3://", tmp_path))
    assert news is not None
    with pytest.raises(ConfigurationError):
        async with news(print):
            raise AssertionError
