"""`dli-tui pyairtable-demo`: a PyAirtable service to try the screens on, all of it made up."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from dli_tui.cli import output
from dli_tui.cli.running import reports_errors
from dli_tui.domain.clock import Clock, FastClock, SystemClock
from dli_tui.domain.errors import ConfigurationError
from dli_tui.domain.text import safe_line
from dli_tui.playground.makes import HOST, KEY, Generation, Ports, SagaSide

if TYPE_CHECKING:
    from dli_tui.playground.service import Playground

_AS_TIME_GOES: Final = 1.0
_PORTS: Final = Ports()
_PANEL: Final = "What it is like"


def _port(*names: str, says: str) -> Any:  # noqa: ANN401 - typer's own type is private
    return typer.Option(*names, min=0, max=65_535, metavar="N", help=says)


def _like(*names: str, says: str, **more: Any) -> Any:  # noqa: ANN401 - as above
    return typer.Option(*names, help=says, rich_help_panel=_PANEL, **more)


@reports_errors
def pyairtable_demo(
    port: Annotated[int, _port("--port", says="Where its workflows are.")] = _PORTS.automation,
    saga_port: Annotated[int, _port("--saga-port", says="Where its sagas are.")] = _PORTS.sagas,
    speed: Annotated[
        float, typer.Option(min=0.01, max=10_000, metavar="X", help="How much faster time goes.")
    ] = _AS_TIME_GOES,
    generation: Annotated[
        Generation, _like("--generation", says="Which automation service it is.")
    ] = Generation.NEWEST,
    sagas: Annotated[
        SagaSide, _like("--sagas", says="Which orchestrator stands beside it.")
    ] = SagaSide.NEWEST,
    slow: Annotated[
        float,
        _like("--slow", says="How late each answer comes.", metavar="SECONDS", min=0, max=60),
    ] = 0.0,
    sagas_down: Annotated[
        bool, _like("--sagas-down", says="Have the orchestrator answer 503.")
    ] = False,
) -> None:
    """Try the screens on a PyAirtable service that is made up, and forgotten when it ends.

    Only this machine can reach it, and its webhooks go to this machine alone.
    """
    playground, run = _service()
    clock: Clock = SystemClock() if speed == _AS_TIME_GOES else FastClock(speed)
    world = playground(clock, generation, sagas)
    # Said in seconds of a clock that goes faster, and meant in those of whoever waits.
    world.faults.slow_seconds = slow * speed
    world.faults.sagas_down = sagas_down
    code = run(world, Ports(port, saga_port), clock, every=speed, listens=_say_where, tell=_tell)
    if code:
        raise typer.Exit(code)


def _service() -> tuple[type[Playground], Callable[..., int]]:
    """What plays it: an extra that most do without."""
    try:
        from dli_tui.playground.running import run  # noqa: PLC0415
        from dli_tui.playground.service import Playground  # noqa: PLC0415
    except ModuleNotFoundError as missing:
        if (missing.name or "").startswith("dli_tui"):
            raise
        raise ConfigurationError(
            f"dli-tui pyairtable-demo needs the package {missing.name}, which isn't installed",
            hint="Install the extra: pip install 'dli-tui[server]'",
        ) from None
    return Playground, run


def _say_where(ports: Ports) -> None:
    workflows, sagas = (f"http://{HOST}:{port}" for port in ports)
    output.line(f"A PyAirtable service that is made up: workflows {workflows}, sagas {sagas}")
    output.line(f"DLI_TUI_API_KEY={KEY} dli-tui --pyairtable {workflows} --saga-url {sagas}")
    # Whoever started us in a pipe waits for these lines.
    sys.stdout.flush()


def _tell(text: str) -> None:
    output.talk(safe_line(text))
