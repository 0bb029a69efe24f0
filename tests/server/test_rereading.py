"""A file is read again when it changed, and looked at once a second at most."""

import asyncio

import pytest

from dli_tui.domain.errors import ConfigurationError
from dli_tui.server import rereading
from dli_tui.server.rereading import EVERY, Rereading
from tests.support_gate import Hour


class Book:
    """A file of one word, and how often it was read."""

    def __init__(self, tmp_path):
        self.path = tmp_path / "word"
        self.hour = Hour()
        self.reads = 0
        self.reading = Rereading(self.path, self._read, self.hour.ticks)

    def _read(self, path):
        self.reads += 1
        if not path.exists():
            raise ConfigurationError("it isn't there")
        return path.read_text()

    def write(self, word):
        fresh = self.path.with_suffix(".new")
        fresh.write_text(word)
        fresh.replace(self.path)


@pytest.fixture
def book(tmp_path):
    made = Book(tmp_path)
    made.write("one")
    return made


async def now(book):
    """Asked by many at once; reading is no work of the loop."""
    found = await asyncio.gather(*(book.reading.now() for _ in range(5)))
    assert len(set(found)) == 1
    return found[0]


async def test_it_is_read_once_while_it_stays_the_same(book):
    assert await now(book) == "one"
    book.hour.passed = 100
    assert await now(book) == "one"
    assert book.reads == 1


async def test_however_many_ask_it_is_looked_at_once_a_second(book, monkeypatch):
    looks, mark = [], rereading._mark

    def counted(path):
        looks.append(path)
        return mark(path)

    monkeypatch.setattr(rereading, "_mark", counted)
    for book.hour.passed in (0, EVERY / 2, EVERY):
        await now(book)
    assert len(looks) == 2


async def test_a_change_is_seen_within_a_second(book):
    assert await now(book) == "one"
    await asyncio.to_thread(book.write, "two")
    book.hour.passed = EVERY - 0.01
    assert await now(book) == "one"
    book.hour.passed = EVERY
    assert await now(book) == "two"
    assert book.reads == 2


async def test_after_a_long_silence_the_first_question_is_answered_as_it_stands_now(book):
    assert await now(book) == "one"
    await asyncio.to_thread(book.write, "two")
    book.hour.passed = 3_600
    assert await now(book) == "two"


async def test_what_can_no_longer_be_read_is_no_longer_believed_until_it_can(book):
    assert await now(book) == "one"
    book.path.unlink()
    book.hour.passed = EVERY
    with pytest.raises(ConfigurationError):
        await book.reading.now()
    await asyncio.to_thread(book.write, "one")
    book.hour.passed = 2 * EVERY
    assert await now(book) == "one"


async def test_rights_that_changed_are_a_change(book):
    assert await now(book) == "one"
    book.path.chmod(0o604)
    book.hour.passed = EVERY
    await now(book)
    assert book.reads == 2
