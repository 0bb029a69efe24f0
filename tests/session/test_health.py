"""How the server is doing is asked every ten seconds, while somebody looks."""

from dli_tui.domain.errors import ServerError
from dli_tui.domain.health import Health
from dli_tui.domain.status import HealthStatus
from dli_tui.session.health import HEALTH_SECONDS
from tests.support_backends import ScriptedBackend
from tests.support_session import looking_at


class Doing(ScriptedBackend):
    """Tells how it is."""

    def __init__(self):
        super().__init__()
        self.status = HealthStatus.HEALTHY

    async def health(self):
        self._asked("health", None)
        return Health(status=self.status)


async def test_the_report_is_followed_and_the_last_one_stays_while_none_comes():
    backend = Doing()
    async with looking_at(backend) as here:
        feed = here.session.health()
        await feed.start()
        await here.settle()
        assert feed.health.status == HealthStatus.HEALTHY
        backend.status = HealthStatus.DEGRADED
        await here.pass_by(HEALTH_SECONDS)
        assert feed.health.status == HealthStatus.DEGRADED
        backend.cues["health"] = [ServerError()]
        await here.pass_by(HEALTH_SECONDS)
        assert feed.health.status == HealthStatus.DEGRADED
        assert isinstance(feed.freshness.problem, ServerError)
        await feed.close()


async def test_nobody_asks_while_it_is_covered():
    async with looking_at(Doing()) as here:
        feed = here.session.health()
        await feed.start()
        await here.settle()
        feed.pause()
        await here.pass_by(HEALTH_SECONDS * 3)
        assert here.asked("health") == 1
        feed.resume()
        await here.settle()
        assert here.asked("health") == 2
        await feed.close()
