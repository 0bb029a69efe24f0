"""`airflow sync` says what it did, and how it ended."""

import asyncio
import json

import pytest

from dli_tui.cli import syncing
from dli_tui.cli.output import Format
from dli_tui.domain.clock import SystemClock
from dli_tui.domain.errors import ServerError
from dli_tui.specs.sourcenews import Outside, SourceNews
from dli_tui.specs.store.local import Folder
from dli_tui.specs.syncing import Sync, Synced
from tests.specs.store.places import NAME, NOW, spec, store_of
from tests.support import ManualClock


@pytest.fixture
def store(tmp_path):
    for name in ("store", "to"):
        (tmp_path / name).mkdir()
    return Folder(tmp_path / "store", SystemClock())


@pytest.fixture
def sync(cli, store, tmp_path):
    return lambda *words: cli(
        "airflow", "sync", "--to", tmp_path / "to", "--store", store.where, *words
    )


def test_it_says_what_it_did(store, sync):
    document = asyncio.run(store_of(store).register(NAME, spec()))
    done = sync()
    assert done.exit_code == 0
    assert done.stdout == f"Written: 1 spec (manual/{NAME})\nUnchanged: 0 specs\n"
    assert sync().stdout == "Nothing to do\nUnchanged: 1 spec\n"
    asyncio.run(store_of(store).unregister(document))
    told = json.loads(sync("--format", "json").stdout)
    assert told == {
        "written": [],
        "removed": [f"manual/{NAME}.yaml"],
        "unchanged": 0,
        "foreign": 0,
        "problems": [],
    }


def test_what_could_not_be_done_is_told_and_ends_in_1(store, sync, tmp_path):
    asyncio.run(store_of(store).register(NAME, spec()))
    (tmp_path / "to" / "manual").mkdir()
    (tmp_path / "to" / "manual" / f"{NAME}.yaml").write_text("name: mine\n")
    done = sync()
    assert done.exit_code == 1
    assert f"Problem: manual/{NAME}.yaml is a file of somebody else" in done.stderr


def test_without_a_store_or_a_folder_it_says_what_is_missing(cli, sync, tmp_path):
    done = cli("airflow", "sync", "--to", tmp_path)
    assert done.exit_code == 1
    assert "No profile says where specs are kept" in done.stderr
    (tmp_path / "to").rmdir()
    assert "There is no such folder" in sync().stderr


def never(*words):
    raise AssertionError(words)


async def test_a_watch_goes_on_after_a_failure_and_tells_only_what_is_new(
    store, tmp_path, capsys, monkeypatch
):
    clock = ManualClock(NOW)
    one = Sync(store, tmp_path / "to", clock)
    news = SourceNews(store, tmp_path / "to", clock, Outside(never, (), never))
    told = await syncing.looked(one, news, clock, Format.TABLE, None)
    assert capsys.readouterr().out.startswith("Nothing to do")

    async def fail(self, **more):
        raise ServerError("no answer")

    with monkeypatch.context() as patch:
        patch.setattr(Sync, "all", fail)
        assert await syncing.looked(one, news, clock, Format.TABLE, told) == told
    assert capsys.readouterr() == ("", "09:00:00 UTC [DLI-503] no answer\n")
    assert await syncing.looked(one, news, clock, Format.TABLE, told) == Synced().problems
    assert capsys.readouterr() == ("", "")
    await store_of(store).register(NAME, spec())
    await syncing.looked(one, news, clock, Format.TABLE, told)
    assert f"manual/{NAME}" in capsys.readouterr().out


async def test_news_that_can_not_be_had_are_a_line_and_the_sync_counts(
    store, tmp_path, capsys, monkeypatch
):
    clock = ManualClock(NOW)
    one = Sync(store, tmp_path / "to", clock)
    news = SourceNews(store, tmp_path / "to", clock, Outside(never, (), never))

    async def fail(self, *, allow_empty):
        assert allow_empty
        raise ServerError("no answer")

    monkeypatch.setattr(SourceNews, "look", fail)
    told = await syncing.looked(one, news, clock, Format.TABLE, None, allow_empty=True)
    assert told == Synced().problems
    assert capsys.readouterr().err == "09:00:00 UTC\n09:00:00 UTC [DLI-503] no answer\n"
