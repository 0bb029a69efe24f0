"""`dli-tui serve`: any place for a team, and the tokens with which they sign in.

What serves is imported by the command that does it; tokens are made without it.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from platformdirs import user_state_path

from dli_tui.cli import output
from dli_tui.cli.connection import connected, connection_of, place_of
from dli_tui.cli.places import Place
from dli_tui.cli.running import place_to_change, reports_errors
from dli_tui.cli.telling import news_of
from dli_tui.config.files import locate
from dli_tui.config.secrets import Secret
from dli_tui.domain.errors import ConfigurationError
from dli_tui.domain.text import safe_line
from dli_tui.present import words
from dli_tui.server.identity import Role
from dli_tui.server.settings import PORT, JwtSettings, ServerSettings, Tls, network_of
from dli_tui.server.tokens import add_token, read_tokens, revoke_token
from dli_tui.wiring import opened

if TYPE_CHECKING:
    from starlette.types import ASGIApp

_TOKENS: Final = "tokens.json"
_AUDIT: Final = "serve-audit.jsonl"
_ANSWERS: Final = "serve-answers-{}.sqlite3"
_LEASE: Final = "serve-lease-{}"
_DAYS: Final = re.compile(r"([1-9][0-9]{0,4})d")
_JWT: Final = "Sign-in by JWT"
_BEYOND: Final = "Beyond this machine"


def _option(*names: str, says: str, metavar: str | None = None, panel: str | None = None) -> Any:  # noqa: ANN401 - typer's own type is private
    return typer.Option(
        *names, help=says, metavar=metavar, rich_help_panel=panel, show_default=False
    )


_Host = Annotated[
    str, typer.Option(metavar="ADDRESS", help="Where to listen; 0.0.0.0 is everywhere.")
]
_Port = Annotated[int, typer.Option(metavar="N", help="The port; 0 takes any that is free.")]
_Tokens = Annotated[
    Path | None,
    _option(metavar="FILE", says="The file of tokens, if not tokens.json by the config file."),
]
_Audit = Annotated[
    Path | None, _option(metavar="FILE", says="The log of who changed what, if not the usual one.")
]
_Yes = Annotated[bool, typer.Option("--yes", help="Serve a production profile.")]
_HostNames = Annotated[
    list[str] | None,
    _option("--host-name", metavar="NAME", says="A name it is asked by; repeat it.", panel=_BEYOND),
]
_TlsCert = Annotated[
    Path | None, _option(metavar="FILE", says="The certificate to show.", panel=_BEYOND)
]
_TlsKey = Annotated[
    Path | None, _option(metavar="FILE", says="The key of that certificate.", panel=_BEYOND)
]
_BehindProxy = Annotated[
    list[str] | None,
    _option(
        "--behind-proxy",
        metavar="ADDRESS",
        says="A proxy that does TLS, or its network; repeat it.",
        panel=_BEYOND,
    ),
]
_JwtSecretEnv = Annotated[
    str | None,
    _option(metavar="VARIABLE", says="The variable that holds the secret (HS256).", panel=_JWT),
]
_JwtJwks = Annotated[
    Path | None,
    _option(metavar="FILE", says="The public keys, as JWKS (RS256, ES256).", panel=_JWT),
]
_JwtIssuer = Annotated[str | None, _option(metavar="NAME", says="Who issues them.", panel=_JWT)]
_JwtAudience = Annotated[
    str | None, _option(metavar="NAME", says="Whom they are for: this server.", panel=_JWT)
]
_JwtRoleClaim = Annotated[
    str, typer.Option(metavar="CLAIM", help="Where the role stands.", rich_help_panel=_JWT)
]


@reports_errors
@connected
def serve(
    ctx: typer.Context,
    host: _Host = "127.0.0.1",
    port: _Port = PORT,
    tokens: _Tokens = None,
    audit: _Audit = None,
    yes: _Yes = False,
    host_name: _HostNames = None,
    tls_cert: _TlsCert = None,
    tls_key: _TlsKey = None,
    behind_proxy: _BehindProxy = None,
    jwt_secret_env: _JwtSecretEnv = None,
    jwt_jwks: _JwtJwks = None,
    jwt_issuer: _JwtIssuer = None,
    jwt_audience: _JwtAudience = None,
    jwt_role_claim: _JwtRoleClaim = "role",
) -> None:
    """Serve a place to a team: dli-tui --basecamp URL opens it.

    Everybody signs in: with a token, made by dli-tui serve token add, or with a JWT.
    Only the demo, on this machine alone, goes without.
    """
    application, run = _server()
    place = _place(ctx, yes=yes)
    jwt = _jwt(jwt_secret_env, jwt_jwks, jwt_issuer, jwt_audience, jwt_role_claim)
    settings = ServerSettings(
        host=host,
        port=port,
        host_names=tuple(host_name or ()),
        tls=_tls(tls_cert, tls_key),
        proxies=tuple(map(network_of, behind_proxy or ())),
        jwt=jwt,
        **_files(ctx, place, tokens, audit, signed_in=jwt is not None),
    )
    news = news_of(place.target)
    code = run(application(lambda: opened(place.target), settings, news=news), settings, _say)
    if code:
        raise typer.Exit(code)


_Name = Annotated[str, typer.Argument(metavar="NAME", help="Who will sign in with it.")]
_Role = Annotated[Role, typer.Option(help="What it lets one do.", show_default=False)]
_Expires = Annotated[
    str | None, _option(metavar="WHEN", says="A span of days (90d), or its last day (2027-01-31).")
]
_Id = Annotated[str, typer.Argument(metavar="ID", help="As the list has it.")]
_Format = Annotated[output.Format, typer.Option("--format", "-f", help="How to print it.")]


@reports_errors
@connected
def token_add(
    ctx: typer.Context,
    name: _Name,
    role: _Role,
    expires: _Expires = None,
    tokens: _Tokens = None,
) -> None:
    """Make a token and print it, this once: only its hash is kept.

    A viewer looks; an operator also runs, stops, retries, pauses and backfills; an admin also
    registers and unregisters.
    """
    now = datetime.now(UTC)
    path = _tokens_path(ctx, tokens)
    token, secret = add_token(path, name, role, now=now, expires=_moment(expires, now))
    output.line(secret.reveal())
    output.talk(f"Keep it now, it isn't shown again. It signs in {name} as {role}: {token.id}")
    if expires is None:
        output.talk("It never ends until it is revoked. With --expires 90d it would by itself.")


@reports_errors
@connected
def token_list(
    ctx: typer.Context, tokens: _Tokens = None, form: _Format = output.Format.TABLE
) -> None:
    """Say which tokens there are; never the tokens themselves."""
    now = datetime.now(UTC)
    rows = [
        {
            "id": token.id,
            "name": words.word(token.name),
            "role": token.role.value,
            "created": _day(token.created),
            "expires": None if token.expires is None else _day(token.expires),
            "expired": token.expired(now),
        }
        for token in read_tokens(_tokens_path(ctx, tokens)).values()
    ]
    if form is output.Format.JSON:
        output.line(json.dumps({"tokens": rows, "total_count": len(rows)}, indent=2))
        return
    cells = [
        (
            *(str(row[key]) for key in ("id", "name", "role", "created")),
            f"{row['expires'] or 'never'}{' (over)' * bool(row['expired'])}",
        )
        for row in rows
    ]
    output.table(("ID", "NAME", "ROLE", "CREATED", "EXPIRES"), cells)
    output.line()
    output.line(f"Total: {words.plural(len(rows), 'token')}")


@reports_errors
@connected
def token_revoke(ctx: typer.Context, token_id: _Id, tokens: _Tokens = None) -> None:
    """Refuse a token from now on; a server that runs knows within a second."""
    gone = revoke_token(_tokens_path(ctx, tokens), token_id)
    output.line(f"Revoked: {gone.id}, of {words.word(gone.name)}")


def _server() -> tuple[Callable[..., ASGIApp], Callable[..., int]]:
    """What serves: an extra that most do without."""
    try:
        from dli_tui.server.app import Application  # noqa: PLC0415
        from dli_tui.server.running import serve as run  # noqa: PLC0415
    except ModuleNotFoundError as missing:
        if (missing.name or "").startswith("dli_tui"):
            raise
        raise ConfigurationError(
            f"dli-tui serve needs the package {missing.name}, which isn't installed",
            hint="Install the extra: pip install 'dli-tui[server]'",
        ) from None
    return Application, run


def _place(ctx: typer.Context, *, yes: bool) -> Place:
    """What is served. Others will change it, as far as it may be changed at all."""
    place = place_of(ctx)
    if place.by_default:
        raise typer.BadParameter("say what to serve: --demo, or --profile NAME")
    if place.target.read_only or place.target.profile.read_only:
        return place
    return place_to_change(ctx, yes=yes)


def _files(
    ctx: typer.Context, place: Place, tokens: Path | None, audit: Path | None, *, signed_in: bool
) -> dict[str, Any]:
    """What is kept where; of the demo, until somebody made a token, nobody need ask who did it."""
    profile, demo = place.target.profile, place.target.is_demo
    path = _tokens_path(ctx, tokens)
    is_open = demo and not signed_in and tokens is None and not read_tokens(path)
    folder = user_state_path("dli-tui", appauthor=False)
    return {
        "place": profile.name if profile.url is None else f"{profile.name} at {profile.url}",
        "demo": demo,
        "tokens": None if is_open else path,
        "audit": audit or (None if is_open else folder / _AUDIT),
        **_shared_files(place, folder),
    }


def _shared_files(place: Place, folder: Path) -> dict[str, Path | None]:
    """For each place, what all who serve it share: which request was answered and how, and who
    keeps backfills going."""
    profile, demo = place.target.profile, place.target.demo
    if not place.target.is_demo:
        url = (profile.url or "").rstrip("/").casefold()
        which = f"{profile.kind}-{hashlib.sha256(url.encode()).hexdigest()[:16]}"
        return {"answers": folder / _ANSWERS.format(which), "lease": folder / _LEASE.format(which)}
    # A demo that forgets what was done may not remember what it said of it.
    answers = folder / _ANSWERS.format(f"demo-{demo.seed}") if demo.remembers else None
    return {"answers": answers, "lease": None}


def _tokens_path(ctx: typer.Context, named: Path | None) -> Path:
    return named or locate(connection_of(ctx).config, os.environ).path.with_name(_TOKENS)


def _tls(certificate: Path | None, key: Path | None) -> Tls | None:
    if certificate is None and key is None:
        return None
    if certificate is None or key is None:
        raise ConfigurationError(
            "A certificate and its key go together",
            hint="Give both --tls-cert FILE and --tls-key FILE.",
        )
    return Tls(certificate=certificate, key=key)


def _jwt(
    secret_env: str | None,
    jwks: Path | None,
    issuer: str | None,
    audience: str | None,
    role_claim: str,
) -> JwtSettings | None:
    if not any((secret_env, jwks, issuer, audience)):
        return None
    return JwtSettings(
        issuer=issuer or "",
        audience=audience or "",
        secret=None if secret_env is None else _secret(secret_env),
        jwks=jwks,
        role_claim=role_claim,
    )


def _secret(variable: str) -> Secret:
    value = os.environ.get(variable)
    if not value:
        raise ConfigurationError(
            f"The environment variable {safe_line(variable, 80)} is not set",
            hint="--jwt-secret-env names the variable that holds the secret, not the secret.",
        )
    return Secret(value)


def _moment(text: str | None, now: datetime) -> datetime | None:
    """Until when: so many days from now, or the end of a day."""
    if text is None:
        return None
    days = _DAYS.fullmatch(text)
    if days is not None:
        return now + timedelta(days=int(days[1]))
    try:
        return datetime.combine(date.fromisoformat(text), time(), UTC) + timedelta(days=1)
    except (ValueError, OverflowError):
        raise ConfigurationError(
            "--expires is neither a span of days nor a date",
            hint="Write 90d, or a date like 2027-01-31.",
        ) from None


def _day(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%MZ")


def _say(text: str) -> None:
    output.line(safe_line(text))
    # Whoever started us in a pipe waits for this line.
    sys.stdout.flush()
