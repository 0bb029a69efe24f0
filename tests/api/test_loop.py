"""One loop in one daemon thread, for callers who have none."""

import asyncio
import os
import signal
import threading
from concurrent.futures import Future
from contextlib import asynccontextmanager
from typing import ClassVar

import pytest

from dli_tui import ConfigurationError, DLIError, ExecutionMode
from dli_tui.api.loop import LoopThread
from tests.support_backends import ScriptedBackend, row

ANSWER_SECONDS = 20


def threads_of_ours(before):
    return [one for one in threading.enumerate() if one not in before and one.name == "dli-tui"]


@pytest.fixture
def before():
    return threading.enumerate()


def test_all_calls_share_one_daemon_thread_that_begins_with_the_first(before, api_of):
    api = api_of()
    assert threads_of_ours(before) == []
    api.get("a")
    api.get("b")
    (thread,) = threads_of_ours(before)
    assert thread.daemon


def test_close_ends_the_thread_and_a_later_call_begins_anew(before, api_of):
    api = api_of()
    api.pause("d")
    api.close()
    assert threads_of_ours(before) == []
    found = api.get("d")
    assert found is not None
    assert found.status == "active"
    assert len(threads_of_ours(before)) == 1


def test_closing_twice_or_unused_does_nothing(before, api_of):
    api = api_of()
    api.close()
    api.get("d")
    api.close()
    api.close()
    assert threads_of_ours(before) == []


def test_with_closes_at_the_end(before, api_of):
    with api_of() as api:
        api.get("d")
        assert len(threads_of_ours(before)) == 1
    assert threads_of_ours(before) == []


def test_what_was_opened_lives_as_long_as_the_loop():
    told = []

    @asynccontextmanager
    async def opener():
        told.append("open")
        yield "it"
        told.append("closed")

    async def work(resource):
        return resource

    loop = LoopThread(opener)
    assert [loop.call(work), loop.call(work)] == ["it", "it"]
    assert told == ["open"]
    loop.close()
    assert told == ["open", "closed"]


@pytest.mark.parametrize("kind", [ConfigurationError, OSError])
def test_what_keeps_it_from_starting_is_told_each_time_and_leaves_no_thread(before, kind):
    @asynccontextmanager
    async def opener():
        raise kind("no")
        yield

    async def work(resource):
        return resource

    loop = LoopThread(opener)
    for _ in range(2):
        with pytest.raises(kind, match="no"):
            loop.call(work)
    for thread in threads_of_ours(before):
        thread.join(ANSWER_SECONDS)
    assert threads_of_ours(before) == []


class Recursive(ScriptedBackend):
    """Calls the library that it serves."""

    api = None

    async def workflow(self, name):
        assert self.api is not None
        return self.api.get(name)


def test_a_call_from_its_own_loop_is_an_error_and_no_deadlock(api_of):
    backend = Recursive()
    backend.api = api = api_of(client=backend)
    with pytest.raises(RuntimeError, match="called from its own event loop"):
        api.get("d")


async def test_it_works_while_a_loop_of_the_callers_is_running(api_of):
    found = api_of().get("d")
    assert found is not None
    assert found.dataset_name == "d"


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_child_starts_a_loop_of_its_own(api_of):
    api = api_of()
    api.get("d")
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:  # nothing of pytest may run in here
        signal.alarm(ANSWER_SECONDS)
        found = api.get("d")
        api.close()
        os.write(writer, b"closed " + (found.dataset_name.encode() if found else b"?"))
        os._exit(0)
    os.close(writer)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    assert os.read(reader, 100) == b"closed d"
    os.close(reader)
    assert api.get("d") is not None


class Slow(ScriptedBackend):
    """Answers one method never, and tells when it was asked and when it was given up."""

    def __init__(self, method):
        super().__init__([row("d")])
        self.method = method
        self.reached = threading.Event()
        self.given_up = False

    async def _never(self):
        self.reached.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.given_up = True

    async def workflow(self, name):
        if self.method == "workflow":
            await self._never()
        return await super().workflow(name)

    async def pause(self, name, *, reason=None):
        if self.method == "pause":
            await self._never()
        return await super().pause(name, reason=reason)


@pytest.mark.parametrize(
    ("method", "note"),
    [
        ("workflow", "Nothing was sent."),
        ("pause", "The request to pause 'd' had been sent; look before you send it again."),
    ],
)
def test_an_interrupt_cancels_the_call_and_says_whether_anything_was_sent(
    api_of, monkeypatch, method, note
):
    backend = Slow(method)
    api = api_of(ExecutionMode.DEMO, client=backend)
    api.list_workflows()

    def interrupted(_future, timeout=None):
        assert backend.reached.wait(ANSWER_SECONDS)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Future, "result", interrupted)
        with pytest.raises(KeyboardInterrupt) as caught:
            api.pause("d")
    assert caught.value.__notes__ == [note]
    assert backend.given_up
    assert "pause" not in backend.sent
    assert api.list_workflows().total_count == 1


def test_an_interrupt_while_it_starts_leaves_no_thread_behind(before, api_of, monkeypatch):
    api = api_of()

    def interrupted(future, timeout=None):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Future, "result", interrupted)
        with pytest.raises(KeyboardInterrupt) as caught:
            api.get("d")
    assert caught.value.__notes__ == ["Nothing was sent."]
    for thread in threads_of_ours(before):
        thread.join(ANSWER_SECONDS)
    assert threads_of_ours(before) == []
    assert api.get("d") is not None


def test_closing_during_a_call_of_another_thread_tells_that_one_what_was_sent(api_of):
    backend = Slow("pause")
    api = api_of(ExecutionMode.DEMO, client=backend)
    told = []

    def pausing():
        try:
            api.pause("d")
        except DLIError as error:
            told.append(error)

    other = threading.Thread(target=pausing)
    other.start()
    assert backend.reached.wait(ANSWER_SECONDS)
    api.close()
    other.join(ANSWER_SECONDS)
    (error,) = told
    assert "closed while a call was under way" in error.message
    assert error.hint.startswith("The request to pause 'd' had been sent")


def test_a_backend_of_ones_own_is_opened_and_closed_with_the_loop(api_of):
    class Opened(ScriptedBackend):
        life: ClassVar[list[str]] = []

        async def __aenter__(self):
            self.life.append("opened")
            return self

        async def __aexit__(self, *_):
            self.life.append("closed")

    api = api_of(client=Opened([row("d")]))
    api.get("d")
    assert Opened.life == ["opened"]
    api.close()
    assert Opened.life == ["opened", "closed"]
