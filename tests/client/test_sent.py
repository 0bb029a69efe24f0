import pytest

from dli_tui.client import WorkflowClient
from dli_tui.client.sent import CURRENT, Sent
from dli_tui.domain.errors import DLIError
from dli_tui.domain.status import WorkflowStatus
from tests.support_backends import ScriptedBackend, row


@pytest.fixture
def sent():
    mine = Sent()
    token = CURRENT.set(mine)
    yield mine
    CURRENT.reset(token)


async def test_what_was_sent_is_told_to_somebody_who_interrupts(sent):
    await WorkflowClient(ScriptedBackend([row("d")])).pause("d")
    assert sent.note() == ("The request to pause 'd' had been sent; look before you send it again.")


async def test_a_call_that_was_refused_here_sent_nothing(sent):
    client = WorkflowClient(ScriptedBackend([row("d", status=WorkflowStatus.PAUSED)]))
    with pytest.raises(DLIError):
        await client.run("d")
    assert sent.note() == "Nothing was sent."


async def test_looking_sends_nothing(sent):
    await WorkflowClient(ScriptedBackend([row("d")])).get("d")
    assert sent.what is None


async def test_nobody_has_to_listen():
    assert CURRENT.get() is None
    result = await WorkflowClient(ScriptedBackend([row("d")])).pause("d")
    assert result.workflow_status is WorkflowStatus.PAUSED
