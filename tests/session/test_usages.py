"""How a template is used is asked once, when somebody looks at it."""

from dli_tui.domain.errors import ConnectionFailedError
from dli_tui.domain.template import TemplateUsage
from tests.support_backends import ScriptedBackend
from tests.support_session import looking_at

USED = TemplateUsage(template_id="1", facts={"usage_count": 5})


async def test_it_is_asked_once_and_again_when_somebody_wants_it_anew():
    backend = ScriptedBackend(template_usage=[USED])
    async with looking_at(backend) as here:
        usages = here.session.usages
        assert usages.known("1") is None
        await usages.ask("1")
        await usages.ask("1")
        assert usages.known("1") == USED
        assert backend.arrived("template_usage") == ["1"]
        usages.forget()
        await usages.ask("1")
        assert here.asked("template_usage") == 2


async def test_why_it_is_not_told_is_kept_too():
    backend = ScriptedBackend(template_usage=[ConnectionFailedError()])
    async with looking_at(backend) as here:
        await here.session.usages.ask("1")
        assert isinstance(here.session.usages.known("1"), ConnectionFailedError)
        await here.session.usages.ask("1")
        assert here.asked("template_usage") == 1
