"""Whoever asked hears of a change once, whatever goes wrong and whoever watches."""

import asyncio
import json
from datetime import timedelta

import pytest

from dli_tui.domain.acting import acting_for
from dli_tui.domain.clock import SystemClock
from dli_tui.domain.errors import ServerError
from dli_tui.specs.catalogue import read_catalogue
from dli_tui.specs.publishing import Publisher, plan_push
from dli_tui.specs.sourcenews import LOCK, SEEN, Outside, SourceNews
from dli_tui.specs.store.local import Folder
from dli_tui.specs.store.objects import Blob
from dli_tui.specs.syncindex import alone
from tests.specs.store.places import NAME, NOW, store_of
from tests.support import ManualClock

HOOK = "https://hooks.example.com/team/k3y"
ALLOWED = ("https://hooks.example.com/team",)


def asking(name=NAME, *urls, words="as it began"):
    """A spec whose owner wants to hear of it."""
    targets = [{"type": "webhook", "url": url} for url in urls or (HOOK,)]
    told = {"name": name, "description": words, "notifications": {"on_source_change": targets}}
    return json.dumps({"version": "v1", **told})


class Posted:
    """What was sent, and whose failure is next."""

    def __init__(self):
        self.sent, self.said, self.problem = [], [], None

    async def __call__(self, url, told):
        self.sent.append((url, told))
        if self.problem is not None:
            raise self.problem

    def outside(self, allowed=ALLOWED):
        return Outside(self, allowed, self.said.append)

    @property
    def turns(self):
        return [(told["workflow_id"], told["from"], told["to"]) for _, told in self.sent]


@pytest.fixture
def posted():
    return Posted()


@pytest.fixture
def folder(tmp_path):
    for name in ("store", "to"):
        (tmp_path / name).mkdir()
    return tmp_path / "to"


@pytest.fixture
def objects(tmp_path, folder):
    return Folder(tmp_path / "store", SystemClock())


@pytest.fixture
def store(objects):
    return store_of(objects)


@pytest.fixture
def watching(objects, folder, posted):
    """Each call is a program that has just started."""

    def started(outside=None, **more):
        clock = ManualClock(NOW + timedelta(hours=1))
        return SourceNews(objects, folder, clock, outside or posted.outside(), **more)

    return started


async def push(objects, texts, *, prune=False):
    """CI pushes that CODE, and may remove all other."""
    steps = plan_push(texts, await read_catalogue(store_of(objects)), prune=prune)
    with acting_for("ci@example.com"):
        for step in steps:
            await Publisher(objects, ManualClock(NOW)).carry_out(step)


async def test_code_takes_over_and_gives_back_and_both_are_told_with_who_and_when(
    objects, store, watching, posted
):
    news = watching()
    await store.register(NAME, asking())
    await news.look()
    await push(objects, {NAME: asking(words="by ci"), "ci.one": asking("ci.one")})
    await news.look()
    await push(objects, {"ci.one": asking("ci.one")}, prune=True)
    await news.look()
    await news.look()
    assert posted.turns == [(NAME, "MANUAL", "CODE"), (NAME, "CODE", "MANUAL")]
    assert [url for url, _ in posted.sent] == [HOOK, HOOK]
    assert {told["by"] for _, told in posted.sent} == {"ci@example.com"}
    assert {told["timestamp"] for _, told in posted.sent} == {"2026-11-21T09:00:00Z"}
    assert posted.said == [
        f"{NAME}: CODE is in force now; hooks.example.com was told",
        f"{NAME}: MANUAL is in force now; hooks.example.com was told",
    ]


async def test_code_that_was_deleted_without_a_word_is_told_without_who(
    objects, store, watching, posted, tmp_path
):
    await store.register(NAME, asking())
    await push(objects, {NAME: asking(), "ci.one": asking("ci.one")})
    await watching().look()
    await asyncio.to_thread((tmp_path / f"store/workflows/code/{NAME}.yaml").unlink)
    await watching().look()
    assert posted.turns == [(NAME, "CODE", "MANUAL")]
    told = posted.sent[0][1]
    assert (told["by"], told["timestamp"]) == (None, "2026-11-21T10:00:00Z")


async def test_the_first_look_of_all_only_looks(objects, store, watching, posted):
    await store.register(NAME, asking())
    await push(objects, {NAME: asking()})
    await watching().look()
    assert (posted.sent, posted.said) == ([], [])


async def test_a_new_start_tells_what_came_meanwhile_and_nothing_again(
    objects, store, watching, posted
):
    await store.register(NAME, asking())
    await watching().look()
    await push(objects, {NAME: asking()})
    for _ in range(3):
        await watching().look()
    assert posted.turns == [(NAME, "MANUAL", "CODE")]


async def test_two_who_watch_one_folder_at_the_same_moment_tell_it_once(
    objects, store, folder, watching, posted
):
    await store.register(NAME, asking())
    await watching().look()
    await push(objects, {NAME: asking()})

    async def look():
        # Who waits for a lock waits for somebody real.
        await SourceNews(objects, folder, SystemClock(), posted.outside()).look()

    await asyncio.gather(*(look() for _ in range(4)))
    assert posted.turns == [(NAME, "MANUAL", "CODE")]


async def test_while_somebody_else_looks_nothing_is_listed_and_nothing_told(
    objects, store, folder, watching, posted
):
    await store.register(NAME, asking())
    await watching().look()
    await push(objects, {NAME: asking()})
    async with alone(folder, SystemClock(), LOCK):
        with pytest.raises(ServerError, match="has been at work"):
            await watching().look()
    assert posted.sent == []
    await watching().look()
    assert len(posted.sent) == 1


async def test_a_sync_of_the_folder_is_not_kept_waiting(store, folder, watching):
    async with alone(folder, SystemClock()):
        await watching().look()


async def test_what_fails_is_one_line_without_the_key_and_is_not_sent_again(
    objects, store, watching, posted
):
    await store.register(NAME, asking())
    await watching().look()
    await push(objects, {NAME: asking(NAME, HOOK, "https://hooks.example.com/team/other")})
    posted.problem = ServerError("hooks.example.com answered 500")
    await watching().look()
    await watching().look()
    assert len(posted.sent) == 2
    line = f"{NAME}: CODE is in force now; not told: hooks.example.com answered 500"
    assert posted.said == [line, line]


async def test_it_is_kept_before_it_is_sent(objects, store, watching, posted):
    await store.register(NAME, asking())
    await watching().look()
    await push(objects, {NAME: asking()})
    begun = asyncio.Event()

    async def post(url, told):
        begun.set()
        await asyncio.Event().wait()

    look = asyncio.create_task(watching(posted.outside()._replace(post=post)).look())
    await begun.wait()
    look.cancel()
    with pytest.raises(asyncio.CancelledError):
        await look
    await watching().look()
    assert posted.sent == []


async def test_the_spec_in_force_says_who_hears_of_it_and_its_source_where_that_may_be(
    objects, store, watching, posted
):
    inner = "http://10.0.0.5/x"
    await store.register(NAME, asking(NAME, inner))
    await watching().look()
    await push(objects, {NAME: asking(NAME, inner), "ci.one": asking("ci.one")})
    await watching().look()
    assert [url for url, _ in posted.sent] == [inner]
    await push(objects, {"ci.one": asking("ci.one")}, prune=True)
    await watching().look()
    assert len(posted.sent) == 1
    assert posted.said[-1] == (
        f"{NAME}: MANUAL is in force now; not told: 10.0.0.5 is not in DLI_ALLOWED_URLS,"
        " which names all that MANUAL may reach"
    )


@pytest.mark.parametrize("url", ["http://169.254.169.254/", "http://localhost/", "file:///etc"])
async def test_what_may_not_be_reached_is_not_even_tried(objects, store, watching, posted, url):
    await store.register(NAME, asking())
    await watching().look()
    await push(objects, {NAME: asking(NAME, url)})
    await watching().look()
    assert posted.sent == []
    assert len(posted.said) == 1


async def test_no_more_than_five_hear_of_one_change_and_a_channel_alone_is_nobody(
    objects, store, watching, posted
):
    await store.register(NAME, asking())
    await watching().look()
    spec = json.loads(asking(NAME, *(f"{HOOK}/{number}" for number in range(7))))
    targets = spec["notifications"]["on_source_change"]
    targets.insert(0, {"type": "slack", "channel": "#data"})
    await push(objects, {NAME: json.dumps(spec)})
    await watching().look()
    assert sorted(url for url, _ in posted.sent) == [f"{HOOK}/{number}" for number in range(5)]


async def test_a_spec_in_force_that_is_broken_tells_nobody_and_harms_no_other(
    objects, store, watching, posted
):
    await store.register(NAME, asking())
    await store.register("other.one", asking("other.one"))
    await watching().look()
    await objects.put(f"workflows/code/{NAME}.yaml", b"name: [", over=None)
    await push(objects, {"other.one": asking("other.one")})
    await watching().look()
    assert posted.turns == [("other.one", "MANUAL", "CODE")]
    expected = f"{NAME}: CODE is in force now; nobody is told, as its spec can't be read"
    assert expected in posted.said


async def test_a_source_that_lists_nothing_all_at_once_is_no_news_unless_it_is_meant(
    objects, store, watching, posted, tmp_path
):
    await store.register(NAME, asking())
    await push(objects, {NAME: asking()})
    await watching().look()
    path = tmp_path / f"store/workflows/code/{NAME}.yaml"
    await asyncio.to_thread(path.rename, tmp_path / "kept")
    await watching().look()
    await asyncio.to_thread((tmp_path / "kept").rename, path)
    await watching().look()
    assert (posted.sent, posted.said) == ([], [])
    await asyncio.to_thread(path.unlink)
    await watching().look(allow_empty=True)
    assert posted.turns == [(NAME, "CODE", "MANUAL")]


async def test_a_store_that_fails_leaves_the_news_for_the_next_look(
    objects, store, watching, posted, monkeypatch
):
    await store.register(NAME, asking())
    await watching().look()
    await push(objects, {NAME: asking()})

    async def fail(self, *words):
        raise ServerError("no answer")

    for call in ("etags", "get"):
        with monkeypatch.context() as patch:
            patch.setattr(Folder, call, fail)
            with pytest.raises(ServerError, match="no answer"):
                await watching().look()
    await watching().look()
    assert len(posted.sent) == 1


async def test_only_what_changed_is_read(objects, store, watching, posted, monkeypatch):
    await store.register(NAME, asking())
    await store.register("other.one", asking("other.one"))
    await watching().look()
    await push(objects, {NAME: asking()})
    read, get = [], Folder.get

    async def counted(self, key) -> Blob | None:
        read.append(key)
        return await get(self, key)

    monkeypatch.setattr(Folder, "get", counted)
    await watching().look()
    await watching().look()
    assert read == [f"workflows/code/{NAME}.yaml"]
    assert len(posted.sent) == 1


@pytest.mark.parametrize("kept", ["{", "[]", "of another store"])
async def test_where_what_was_kept_makes_no_sense_nothing_is_told(
    objects, folder, watching, posted, kept
):
    await store_of(objects).register(NAME, asking())
    await watching().look()
    await push(objects, {NAME: asking()})
    if kept == "of another store":
        text = await asyncio.to_thread((folder / SEEN).read_text)
        kept = text.replace(objects.where, "file:///else")
    await asyncio.to_thread((folder / SEEN).write_text, kept)
    await watching().look()
    assert posted.sent == []
    told = json.loads(await asyncio.to_thread((folder / SEEN).read_text))
    assert told["store"] == objects.where


async def test_a_kept_entry_of_the_wrong_kind_is_passed_over(
    objects, store, folder, watching, posted
):
    await store.register(NAME, asking())
    await watching().look()
    told = json.loads(await asyncio.to_thread((folder / SEEN).read_text))
    told["documents"] |= {"workflows/code/a.yaml": ["e"], "b": 1, "c": ["e", "no"]}
    await asyncio.to_thread((folder / SEEN).write_text, json.dumps(told))
    await push(objects, {NAME: asking()})
    await watching().look()
    assert posted.turns == [(NAME, "MANUAL", "CODE")]


async def test_all_messages_of_a_look_have_so_long_and_no_longer(objects, store, watching, posted):
    names = [f"one.n{number}" for number in range(20)]
    for name in names:
        await store.register(name, asking(name))
    await watching().look()
    await push(objects, {name: asking(name) for name in names})
    begun = []

    async def post(url, told):
        begun.append(told["workflow_id"])
        if told["workflow_id"] != names[0]:
            await asyncio.Event().wait()

    slow = posted.outside()._replace(post=post)
    await watching(slow, seconds=0.05).look()
    # Sixteen at once, and the place of the one that ended was taken.
    assert len(begun) == 17
    assert posted.said[-1] == "19 of 20 messages about sources in force were given up after 0.05 s"
    await watching().look()
    assert posted.sent == []
