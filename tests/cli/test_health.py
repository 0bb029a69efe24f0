"""`dli-tui health`: a report for eyes, and an exit code for whoever watches."""

import pytest

from dli_tui.domain.errors import Unsupported
from dli_tui.domain.health import (
    Health,
    HealthComponent,
    ImportFailure,
    RateBudget,
    WorkflowWarning,
)
from dli_tui.domain.status import HealthStatus
from dli_tui.present import healthtables
from tests.cli.conftest import DEMO
from tests.support import ManualClock
from tests.support_backends import NOW, ScriptedBackend


@pytest.fixture
def report(world):
    """A server that says that of itself."""

    def use(status, **more):
        class Said(ScriptedBackend):
            async def health(self):
                return Health(status=status, **more)

        world(Said(), ManualClock(NOW))

    return use


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (HealthStatus.HEALTHY, 0),
        (HealthStatus.DEGRADED, 0),
        (HealthStatus.UNHEALTHY, 1),
        (HealthStatus.UNKNOWN, 1),
    ],
)
@pytest.mark.parametrize("format_", ["table", "json"])
def test_the_exit_code_is_the_verdict(cli, report, status, code, format_):
    report(status)
    done = cli("health", "--format", format_, "--demo")
    assert (done.exit_code, done.stderr) == (code, "")
    assert status in done.stdout


def test_the_help_says_what_the_exit_code_means(cli):
    text = " ".join(cli("health", "-h").stdout.split())
    assert "Ends 0 if it is healthy or degraded, 1 otherwise" in text


def test_everything_that_the_server_says_is_told(cli, report):
    report(
        HealthStatus.UNHEALTHY,
        service="flows",
        version="2.1",
        timestamp=NOW,
        components=(
            HealthComponent(name="db", status=HealthStatus.UNHEALTHY, message="no connection"),
            HealthComponent(name="queue", status=HealthStatus.HEALTHY, heartbeat_at=NOW),
        ),
        metrics={"active_executions": 3, "success_rate_24h": 91.25},
        import_errors=(ImportFailure(name="a.yaml", message="no name\nline 3", at=NOW),),
        warnings=(WorkflowWarning(name="old.flow", message="never ran"),),
        budgets=(RateBudget(name="reading", limit=500, remaining=12, resets_at=NOW),),
    )
    assert cli("health", "--demo").stdout.splitlines() == [
        "Status: unhealthy",
        "Service: flows 2.1",
        "At: 2026-03-10 09:41:00",
        "Runs under way: 3",
        "Success rate 24h: 91.2%",
        "",
        "PART   STATUS     HEARTBEAT            SAYS",
        "db     unhealthy  -                    no connection",
        "queue  healthy    2026-03-10 09:41:00  -",
        "",
        "REQUESTS  LEFT  OF   FULL AGAIN",
        "reading   12    500  2026-03-10 09:41:00",
        healthtables.BUDGET_NOTE,
        "",
        "Import errors:",
        "a.yaml (2026-03-10 09:41)",
        "  no name",
        "  line 3",
        "",
        "Warnings:",
        "old.flow",
        "  never ran",
    ]


def test_what_is_printed_as_json_is_the_model(cli):
    done = cli("health", "-f", "json", *DEMO)
    assert Health.model_validate_json(done.stdout).service == "dli-tui demo"


def test_a_place_that_has_no_report_says_so(cli, world):
    class Silent(ScriptedBackend):
        async def health(self):
            raise Unsupported("The script doesn't offer a health report", hint="")

    world(Silent(), ManualClock(NOW))
    done = cli("health", "--demo")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == "Error [DLI-802]: The script doesn't offer a health report\n"
