"""From an app to a server that listens, says where, and ends when it is told to.

uvicorn does the work. What it would do its own way is ours: the words when a port is taken, the
log, the signals, and an end within five seconds whoever still hangs on the line.
"""

from __future__ import annotations

import asyncio
import errno
import gc
import logging
import os
import signal
import socket
import ssl
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from threading import Timer
from types import FrameType
from typing import Final

import uvicorn
import uvloop
from starlette.types import ASGIApp, Receive, Scope, Send

from dli_tui.domain.errors import ConfigurationError, DLIError, ServerError
from dli_tui.domain.traces import masked, trace_of
from dli_tui.server import jwts, tokens
from dli_tui.server.audit import AuditLog
from dli_tui.server.connections import Connections, most_connections
from dli_tui.server.hosts import Hosts
from dli_tui.server.lines import LineWriter, json_line
from dli_tui.server.protocol import PatientProtocol
from dli_tui.server.repeats import Answers
from dli_tui.server.settings import ServerSettings, Tls

DRAIN_SECONDS: Final = 3
END_SECONDS: Final = 4.5
"""After so long the program ends, whatever still hangs."""
_IDLE_SECONDS: Final = 75
"""A dashboard that nobody looks at asks every 30 s, and need not connect anew each time."""
_HANDSHAKE_SECONDS: Final = 5.0
_BACKLOG: Final = 1_024
_GARBAGE: Final = (50_000, 20, 100)
_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_INTERRUPTED: Final = 130


def serve(app: ASGIApp, settings: ServerSettings, say: Callable[[str], None]) -> int:
    """Serve until a signal comes; the exit code. `say` is told where it listens."""
    check(settings)
    # A command lives too shortly to collect garbage; a server doesn't. What is loaded by now
    # stays, and to look through a long list of rows for garbage takes longer than a request.
    gc.freeze()
    gc.set_threshold(*_GARBAGE)
    gc.enable()
    started = _Started(app)
    with ExitStack() as stack:
        sockets = [stack.enter_context(one) for one in _listening(settings.host, settings.port)]
        address = address_of(settings, sockets[0].getsockname()[1])
        connections = Connections(
            most_connections(),
            exempt=Hosts(settings).is_proxy,
            ticks=time.monotonic,
            tell=_tell_of_too_many,
        )
        config = _config(started, settings)
        server = _Server(
            config, connections, tls=settings.tls, listens=lambda: say(_told(settings, address))
        )
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            try:
                runner.run(server.serve(sockets=sockets))
            except SystemExit:
                raise started.problem or ServerError("The server couldn't start") from None
    return server.exit_code


def check(settings: ServerSettings) -> None:
    """Look at every file before anything starts: a wrong one is told in words."""
    if settings.tokens is not None and not tokens.read_tokens(settings.tokens) and not settings.jwt:
        raise ConfigurationError(
            f"There is no token in {settings.tokens}, so nobody could sign in",
            hint="Make one first: dli-tui serve token add NAME --role operator "
            f"--tokens {settings.tokens}",
        )
    if settings.jwt is not None and settings.jwt.jwks is not None:
        jwts.read_jwks(settings.jwt.jwks)
    if settings.tls is not None:
        _check_tls(settings.tls)
    if settings.audit is not None:
        AuditLog(settings.audit).check()
    answers = Answers(settings.answers, lambda: datetime.now(UTC), time.monotonic)
    answers.check()
    answers.close()


def address_of(settings: ServerSettings, port: int) -> str:
    """The URL under which it is asked from here, or by its first name."""
    scheme = "http" if settings.tls is None else "https"
    name = settings.host if not settings.host_names else settings.host_names[0]
    return f"{scheme}://{f'[{name}]' if ':' in name else name}:{port}"


class _Started:
    """An app that remembers what kept it from starting."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.problem: DLIError | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._app(scope, receive, send)
        except DLIError as problem:
            self.problem = problem
            raise


class _Server(uvicorn.Server):
    """uvicorn, which says where it listens, and ends in time."""

    def __init__(
        self,
        config: uvicorn.Config,
        connections: Connections,
        *,
        tls: Tls | None,
        listens: Callable[[], None],
    ) -> None:
        super().__init__(config)
        self._connections = connections
        self._tls = tls
        self._listens = listens
        self._terminals = [number for number in range(3) if os.isatty(number)]
        self.exit_code = 0

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Open the app and listen; uvicorn's own knows no limit for a TLS handshake."""
        await self.lifespan.startup()
        if self.lifespan.should_exit:
            raise SystemExit
        loop, tls = asyncio.get_running_loop(), self.config.ssl
        handshake = None if tls is None else _HANDSHAKE_SECONDS
        self.servers = [
            await loop.create_server(
                self._protocol,
                sock=one,
                ssl=tls,
                backlog=_BACKLOG,
                ssl_handshake_timeout=handshake,
            )
            for one in sockets or ()
        ]
        self.started = True
        self._listens()

    def _protocol(self) -> PatientProtocol:
        return PatientProtocol(
            config=self.config,
            server_state=self.server_state,
            app_state=self.lifespan.state,
            connections=self._connections,
        )

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Obey signals until all is drained; unlike uvicorn's own, die of none afterwards."""
        before = {one: signal.signal(one, self.handle_exit) for one in _SIGNALS}
        try:
            yield
        finally:
            for one, handler in before.items():
                signal.signal(one, handler)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """End, or on a hangup read the certificate again.

        A hangup ends the program only where the terminal that it was started from is gone.
        """
        if sig == signal.SIGHUP and all(map(os.isatty, self._terminals)):
            self._reload()
            return
        self.exit_code = _INTERRUPTED if sig == signal.SIGINT else 0
        if not self.should_exit:
            # A thread that waits for a place that doesn't answer can't be ended otherwise.
            last_resort = Timer(END_SECONDS, os._exit, [self.exit_code])
            last_resort.daemon = True
            last_resort.start()
        super().handle_exit(sig, frame)

    def _reload(self) -> None:
        """Show the certificate as it is now; tokens and JWKS are read again by themselves."""
        facts: dict[str, str] = {}
        if self._tls is not None and self.config.ssl is not None:
            try:
                # A pair that doesn't fit would leave the context with half of it.
                _check_tls(self._tls)
                self.config.ssl.load_cert_chain(self._tls.certificate, self._tls.key)
            except (ConfigurationError, OSError) as problem:
                _log("not reloaded", problem=str(problem))
                return
            facts["certificate"] = "read again"
        _log("reloaded", **facts)


def _tell_of_too_many(is_open: int, closed: int) -> None:
    _log("too many connections", open=is_open, closed=closed)


def _log(event: str, **facts: object) -> None:
    """A line for whoever looks after the server."""
    logging.getLogger("uvicorn.error").warning(event, extra={"facts": facts})


def _config(app: ASGIApp, settings: ServerSettings) -> uvicorn.Config:
    tls = settings.tls
    config = uvicorn.Config(
        app,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=_IDLE_SECONDS,
        timeout_graceful_shutdown=DRAIN_SECONDS,
        ssl_certfile=None if tls is None else tls.certificate,
        ssl_keyfile=None if tls is None else tls.key,
    )
    logger = logging.getLogger("uvicorn.error")
    logger.handlers, logger.propagate = [_JsonHandler()], False
    return config


class _JsonHandler(logging.Handler):
    """uvicorn's own complaints as lines like ours; strangers cause some, and none may block."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._tell = LineWriter(sys.stderr)

    def close(self) -> None:
        self._tell.close()
        super().close()

    def emit(self, record: logging.LogRecord) -> None:
        when = datetime.fromtimestamp(record.created, UTC).isoformat()
        own = getattr(record, "facts", None)
        if own is not None:
            self._tell(json_line(time=when, event=record.msg, **own))
            return
        message = record.getMessage().partition("\n")[0]
        facts = {"message": masked(message)}
        problem = record.exc_info[1] if record.exc_info else None
        if isinstance(problem, asyncio.CancelledError) or message.startswith("Traceback"):
            return  # by the end of the program, or a trace: both are told beside it
        if problem is not None:
            facts["traceback"] = trace_of(problem)
        self._tell(json_line(time=when, event=record.levelname.lower(), **facts))


def _told(settings: ServerSettings, address: str) -> str:
    told = f"Serving {settings.place} on {address}"
    if settings.open:
        return f"{told} for this machine alone; open it with: dli-tui --basecamp {address}"
    return told


def _check_tls(tls: Tls) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        # Without a word for it, a key that needs one would be asked for at the terminal.
        context.load_cert_chain(tls.certificate, tls.key, password=lambda: "")
    except ssl.SSLError:
        raise ConfigurationError(
            f"The certificate {tls.certificate} and the key {tls.key} can't be used together",
            hint="Both are PEM; the key belongs to the certificate and has no password.",
        ) from None
    except OSError as problem:
        raise ConfigurationError(
            f"The certificate or its key can't be read: {problem.strerror}",
            hint=f"Check --tls-cert {tls.certificate} and --tls-key {tls.key}",
        ) from None


def _listening(host: str, port: int) -> list[socket.socket]:
    """A socket for each address that `host` stands for, all on one port."""
    try:
        found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    except OSError as problem:
        raise ConfigurationError(
            f"{host} can't be found: {problem.strerror}",
            hint="Give an address of this machine with --host, such as 127.0.0.1.",
        ) from None
    with ExitStack() as stack:
        sockets: list[socket.socket] = []
        for family, address in dict.fromkeys((one[0], one[4][0]) for one in found):
            if sockets:
                port = sockets[0].getsockname()[1]
            one = _bound(family, str(address), port)
            if one is not None:
                sockets.append(stack.enter_context(one))
        if not sockets:
            raise _cannot_listen(host, port, "no such address here")
        stack.pop_all()
    return sockets


def _bound(family: int, address: str, port: int) -> socket.socket | None:
    """A socket that listens; None where this machine has no such address at all."""
    try:
        one = socket.socket(family, socket.SOCK_STREAM)
    except OSError:
        return None
    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if family == socket.AF_INET6:
        one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    try:
        one.bind((address, port))
        one.listen(_BACKLOG)
    except OSError as problem:
        one.close()
        if problem.errno == errno.EADDRNOTAVAIL:
            return None
        raise _cannot_listen(address, port, problem.strerror or str(problem)) from None
    return one


def _cannot_listen(host: str, port: int, reason: str) -> ConfigurationError:
    return ConfigurationError(
        f"Can't listen on {host} port {port}: {reason}",
        hint="Is it running already? Choose another with --port N, or any free one with --port 0.",
    )
