"""What a workflow does is asked for on its own: some lists leave it out."""

from dli_tui.domain.errors import WorkflowNotFoundError
from dli_tui.domain.ids import WorkflowKey
from dli_tui.session.definition import DEFINITION_SECONDS
from tests.support_backends import ScriptedBackend, row
from tests.support_session import looking_at


async def test_it_is_followed_while_somebody_looks():
    backend = ScriptedBackend([row("d", workflow_config={"steps": []})])
    async with looking_at(backend) as here:
        feed = here.session.definition(WorkflowKey("d"))
        await feed.start()
        await here.settle()
        assert feed.info.workflow_config == {"steps": []}
        backend.rows = [row("d", workflow_config={"steps": [], "v": 2})]
        await here.pass_by(DEFINITION_SECONDS)
        assert feed.info.workflow_config == {"steps": [], "v": 2}
        backend.rows = []
        await here.refresh(feed)
        assert isinstance(feed.freshness.problem, WorkflowNotFoundError)
        assert feed.info is not None, "what was seen stays"
        await feed.close()
