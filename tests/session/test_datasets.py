"""A dataset is asked for once, until its row changes."""

from dli_tui.domain.errors import ConnectionFailedError
from dli_tui.session import datasets
from dli_tui.session.workflows import LIST_SECONDS
from tests.support_backends import ScriptedBackend, row
from tests.support_session import looking_at


async def test_it_is_asked_for_again_only_when_the_row_has_changed():
    backend = ScriptedBackend([row("d", owner="old"), row("e")])
    async with looking_at(backend) as here:
        assert here.session.known_dataset("d") is None
        for _ in range(2):
            assert (await here.session.dataset_info("d")).owner == "old"
        assert here.asked("workflow") == 1
        backend.rows = [row("d", owner="new"), row("e")]
        await here.pass_by(LIST_SECONDS)
        assert here.session.known_dataset("d").owner == "old"
        assert (await here.session.dataset_info("d")).owner == "new"
        assert here.session.known_dataset("d").owner == "new"


async def test_that_nothing_is_known_is_an_answer_too():
    async with looking_at(ScriptedBackend()) as here:
        for _ in range(2):
            assert await here.session.dataset_info("z") is None
        assert here.asked("workflow") == 1


async def test_where_it_can_not_be_had_what_was_known_stays():
    backend = ScriptedBackend([row("d", owner="old")])
    async with looking_at(backend) as here:
        await here.session.dataset_info("d")
        backend.rows = [row("d", owner="new")]
        await here.pass_by(LIST_SECONDS)
        backend.cues["workflow"] = [ConnectionFailedError()]
        assert (await here.session.dataset_info("d")).owner == "old"
        assert (await here.session.dataset_info("d")).owner == "new"


async def test_only_so_many_are_kept(monkeypatch):
    monkeypatch.setattr(datasets, "KEPT", 1)
    async with looking_at(ScriptedBackend([row("d"), row("e")])) as here:
        for name in ("d", "e", "d"):
            await here.session.dataset_info(name)
        assert here.asked("workflow") == 3
