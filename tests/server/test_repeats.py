"""The same key gives the same answer, to whoever sent it, for a day and over a restart."""

import asyncio
import sqlite3
import stat

import pytest

from dli_tui.domain.errors import ConfigurationError, ServerError
from dli_tui.server import repeats
from dli_tui.server.envelope import RefusedError
from dli_tui.server.identity import Identity, Role
from dli_tui.server.repeats import (
    UNDER_WAY_SECONDS,
    Answer,
    Answers,
    fingerprint_of,
)
from tests.support_gate import Hour

ONCALL = Identity("oncall", Role.OPERATOR, "0a")
DONE = Answer(202, "application/json", b'{"run_id":"r1"}')
ONE, TWO = b"1" * 32, b"2" * 32
DAY = 86_400


class Shop:
    """Answers in one file, opened again as a restart does."""

    def __init__(self, path):
        self.path = path
        self.hour = Hour()
        self.open()

    def open(self):
        self.answers = Answers(self.path, self.hour.now, self.hour.ticks)

    async def ask(self, key="k", fingerprint=ONE, answer=DONE, *, left=True, who=ONCALL):
        """Ask with a key; what was answered, and whether it was done now."""
        async with self.answers.turn(who, key, fingerprint) as turn:
            if turn.answer is not None:
                return turn.answer, False
            await turn.conclude(answer, left=left)
            return answer, True

    async def die_in_the_midst(self, key="k"):
        with pytest.raises(KeyboardInterrupt):
            async with self.answers.turn(ONCALL, key, ONE):
                raise KeyboardInterrupt
        self.open()

    @property
    def keys(self):
        """The keys of which an answer is kept."""
        with sqlite3.connect(self.path) as db:
            rows = db.execute("SELECT key FROM answers WHERE status IS NOT NULL ORDER BY key")
            found = [key for (key,) in rows]
        db.close()
        return found


@pytest.fixture(params=["file", "memory"])
def shop(request, tmp_path):
    made = Shop(tmp_path / "state" / "answers.sqlite3" if request.param == "file" else None)
    yield made
    made.answers.close()


@pytest.fixture
def filed(tmp_path):
    made = Shop(tmp_path / "answers.sqlite3")
    yield made
    made.answers.close()


async def test_it_is_done_once_and_answered_again(shop):
    assert await shop.ask() == (DONE, True)
    assert await shop.ask(answer=Answer(500, "", b"")) == (DONE, False)


async def test_another_key_or_person_is_another_deed(shop):
    await shop.ask()
    assert (await shop.ask("other"))[1]
    for other in (ONCALL._replace(name="bo"), ONCALL._replace(token_id=None)):
        assert (await shop.ask(who=other))[1]


async def test_a_new_token_of_the_same_person_is_told_the_same(shop):
    await shop.ask()
    assert await shop.ask(who=ONCALL._replace(token_id="0b")) == (DONE, False)


async def test_the_same_key_for_something_else_is_refused(shop):
    await shop.ask()
    with pytest.raises(RefusedError, match="another request") as refused:
        await shop.ask(fingerprint=TWO)
    assert refused.value.status == 422


@pytest.mark.parametrize("status", [200, 201, 400, 403, 404, 409, 422])
async def test_a_decision_is_kept(shop, status):
    answer = Answer(status, "application/json", b"{}")
    await shop.ask(answer=answer, left=False)
    assert await shop.ask() == (answer, False)


@pytest.mark.parametrize("status", [408, 425, 429])
async def test_come_again_is_no_decision(shop, status):
    await shop.ask(answer=Answer(status, "", b""))
    assert (await shop.ask())[1]


async def test_a_failure_before_anything_left_may_be_tried_again(shop):
    await shop.ask(answer=Answer(502, "", b""), left=False)
    assert (await shop.ask())[1]


async def test_a_failure_after_something_left_is_an_unknown_outcome(shop):
    await shop.ask(answer=Answer(502, "", b""), left=True)
    with pytest.raises(RefusedError, match="isn't known") as refused:
        await shop.ask()
    assert refused.value.status == 409


async def test_a_restart_forgets_nothing(filed):
    await filed.ask()
    filed.answers.close()
    filed.open()
    assert await filed.ask() == (DONE, False)


async def test_what_was_begun_by_a_program_that_died_is_unknown(filed):
    await filed.die_in_the_midst()
    filed.hour.passed += UNDER_WAY_SECONDS
    with pytest.raises(RefusedError, match="isn't known"):
        await filed.ask()
    with pytest.raises(RefusedError, match="another request"):
        await filed.ask(fingerprint=TWO)


async def test_a_second_waits_for_the_first(shop):
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def first():
        async with shop.answers.turn(ONCALL, "k", ONE) as turn:
            begun.set()
            await go_on.wait()
            await turn.conclude(DONE, left=True)

    async with asyncio.TaskGroup() as group:
        group.create_task(first())
        await begun.wait()
        later = [group.create_task(shop.ask(answer=None)) for _ in range(3)]
        with pytest.raises(RefusedError, match="another request"):
            await shop.ask(fingerprint=TWO)
        go_on.set()
    assert [task.result() for task in later] == [(DONE, False)] * 3


async def test_where_the_first_did_nothing_one_of_the_others_does_it(shop):
    results = []

    async def asks(status):
        answer = Answer(status, "", b"")
        results.append((await shop.ask(answer=answer, left=False))[1])

    async with asyncio.TaskGroup() as group:
        for status in (502, 200, 201):
            group.create_task(asks(status))
    assert results == [True, True, False]


async def test_after_a_day_a_key_is_new(shop):
    await shop.ask()
    shop.hour.passed = DAY - 1
    assert not (await shop.ask())[1]
    shop.hour.passed = DAY
    assert (await shop.ask(fingerprint=TWO))[1]
    assert await shop.ask(fingerprint=TWO) == (DONE, False)


@pytest.mark.parametrize("hours", [25, -25])
async def test_a_clock_that_is_moved_while_the_server_runs_makes_no_day(shop, hours, monkeypatch):
    monkeypatch.setattr(repeats, "_TIDIED_EVERY", 1)
    await shop.ask()
    shop.hour.moved = hours * 3_600
    assert await shop.ask() == (DONE, False)
    assert (await shop.ask("later"))[1]
    assert await shop.ask("later") == (DONE, False)
    assert await shop.ask() == (DONE, False)


@pytest.fixture
def beside(filed):
    """Another server of the same place, with the same file."""
    made = Shop(filed.path)
    yield made
    made.answers.close()


async def test_two_servers_of_one_place_answer_alike(filed, beside):
    await filed.ask()
    assert await beside.ask() == (DONE, False)


async def test_what_another_server_is_at_is_under_way_and_the_same_key_is_answered_then(
    filed, beside
):
    async with filed.answers.turn(ONCALL, "k", ONE) as turn:
        with pytest.raises(RefusedError, match="under way") as refused:
            await beside.ask()
        assert refused.value.answer("").headers["retry-after"] == "2"
        await turn.conclude(DONE, left=True)
    assert await beside.ask() == (DONE, False)


async def test_what_is_too_much_is_forgotten_from_the_oldest_on(filed, monkeypatch):
    monkeypatch.setattr(repeats, "_TIDIED_EVERY", 1)
    monkeypatch.setattr(repeats, "MOST", 3)
    for number in range(6):
        filed.hour.passed = number
        await filed.ask(f"k{number}")
    assert filed.keys == ["k2", "k3", "k4", "k5"]


async def test_nobody_pushes_out_the_answers_of_others(filed, monkeypatch):
    monkeypatch.setattr(repeats, "_TIDIED_EVERY", 1)
    monkeypatch.setattr(repeats, "MOST", 3)
    monkeypatch.setattr(repeats, "MOST_BYTES", 250)
    await filed.ask()
    for number in range(6):
        filed.hour.passed = number
        large = DONE._replace(body=b"x" * 100)
        await filed.ask(f"k{number}", answer=large, who=ONCALL._replace(name="bo"))
    assert await filed.ask() == (DONE, False)


async def test_large_answers_count_by_their_size(filed, monkeypatch):
    monkeypatch.setattr(repeats, "_TIDIED_EVERY", 1)
    monkeypatch.setattr(repeats, "MOST_BYTES", 250)
    for number in range(5):
        filed.hour.passed = number
        await filed.ask(f"k{number}", answer=DONE._replace(body=b"x" * 100))
    assert filed.keys == ["k2", "k3", "k4"]


async def test_what_is_older_than_a_day_leaves_the_file(filed, monkeypatch):
    monkeypatch.setattr(repeats, "_TIDIED_EVERY", 1)
    await filed.ask("old")
    filed.hour.passed = DAY
    await filed.ask("new")
    filed.answers.close()
    assert filed.keys == ["new"]


async def test_the_files_are_for_their_owner_alone(filed):
    await filed.ask()
    modes = {stat.S_IMODE(one.stat().st_mode) for one in filed.path.parent.iterdir()}
    assert modes == {0o600}


def test_a_file_that_others_could_read_is_taken_from_them(tmp_path):
    path = tmp_path / "answers.sqlite3"
    path.touch(mode=0o644)
    answers = Answers(path, Hour().now, Hour().ticks)
    answers.check()
    answers.close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.fixture
def no_folder(tmp_path):
    (tmp_path / "file").touch()
    return tmp_path / "file"


async def test_a_disk_that_fails_is_told_without_beginning(no_folder):
    answers = Answers(no_folder / "answers.sqlite3", Hour().now, Hour().ticks)
    with pytest.raises(RefusedError, match="can't keep") as refused:
        async with answers.turn(ONCALL, "k", ONE):
            raise AssertionError("it was begun")
    assert refused.value.status == 503
    with pytest.raises(ServerError, match="can't keep"):
        await answers.forget((ONCALL.sender, "k"))


def test_a_file_that_cannot_be_used_keeps_it_from_starting(tmp_path):
    (tmp_path / "answers.sqlite3").write_text("something else, and quite long enough to see that")
    with pytest.raises(ConfigurationError, match="can't be kept"):
        Answers(tmp_path / "answers.sqlite3", Hour().now, Hour().ticks).check()


def test_a_fingerprint_tells_method_target_and_body_apart():
    asked = [
        ("POST", b"/a", b"bc"),
        ("POST", b"/ab", b"c"),
        ("PUT", b"/a", b"bc"),
        ("POST", b"/a", b""),
    ]
    assert len({fingerprint_of(*one) for one in asked}) == len(asked)
