"""Where config.toml is, what it says, and which of its profiles is meant.

The environment is handed in, so that a test brings its own.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, NamedTuple, NoReturn

from dli_tui.config.check import Unfit, near, settings_from, there_are, web_address
from dli_tui.config.lines import Source
from dli_tui.config.model import Kind, Profile, Settings, sentences
from dli_tui.domain.errors import ConfigurationError
from dli_tui.domain.text import safe_line

CONFIG_VARIABLE: Final = "DLI_TUI_CONFIG"
PROFILE_VARIABLE: Final = "DLI_TUI_PROFILE"

_TOML_PLACE: Final = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")
_OTHERS_READ: Final = stat.S_IRGRP | stat.S_IROTH
_OTHERS_WRITE: Final = stat.S_IWGRP | stat.S_IWOTH

EXAMPLE: Final = """\
# The settings of dli-tui. Take the "#" off a line to make it count.
# Passwords and tokens don't belong in here: name the variable, command, keyring entry or
# file where dli-tui finds them.

default_profile = "demo"   # the one that is meant when nobody says which
# theme = "textual-dark"   # the dashboard's colours
# mouse = true             # false leaves the mouse to the terminal

[profiles.demo]
kind = "demo"

# A view of the dashboard's list, taken up there with V. It may also have: text, source, status,
# running, enabled, descending.
# [views.mornings]
# problems = true
# sort = "last"
# columns = ["name", "last", "next", "owner"]

# Profiles of your own. One is also added, its connection tried first, by dli-tui config add, or
# by "a" where the dashboard shows them (c).
# [profiles.dev]
# kind = "airflow"
# url = "http://localhost:8080"
# username = "admin"
# password_env = "DEV_AIRFLOW_PASSWORD"

# [profiles.prod]
# kind = "basecamp"
# url = "https://basecamp.example.com"
# token_command = ["pass", "show", "basecamp/prod"]
# production = true
# confirm = "type"

# [profiles.tables]
# kind = "pyairtable"
# url = "https://tables.example.com"
# saga_url = "https://sagas.example.com"
# api_key_env = "TABLES_API_KEY"
"""


class Place(NamedTuple):
    """Where a config file is looked for, and whether a person named it."""

    path: Path
    named: bool


def locate(explicit: str | Path | None, env: Mapping[str, str]) -> Place:
    """`--config FILE`, else DLI_TUI_CONFIG, else config.toml in the user's config folder."""
    named = explicit or env.get(CONFIG_VARIABLE)
    if named:
        return Place(_at_home(Path(named)), named=True)
    from platformdirs import user_config_path  # noqa: PLC0415 - not when the file is named

    return Place(user_config_path("dli-tui", appauthor=False) / "config.toml", named=False)


def load(explicit: str | Path | None, env: Mapping[str, str]) -> Settings:
    """The settings in force. A file that was named has to be there; the usual one may not."""
    place = locate(explicit, env)
    try:
        with place.path.open("rb") as stream:
            mode = os.fstat(stream.fileno()).st_mode
            raw = stream.read()
    except FileNotFoundError:
        if not place.named:
            return Settings()
        raise ConfigurationError(
            f"The config file {place.path} doesn't exist",
            hint="Check --config and DLI_TUI_CONFIG, or make one with: dli-tui config init",
        ) from None
    except OSError as problem:
        raise ConfigurationError(
            f"The config file {place.path} can't be read: {problem.strerror}"
        ) from None
    return _with_warnings(read_settings(raw, place.path), mode)


def read_settings(raw: bytes, path: Path) -> Settings:
    """What the bytes of a config file say, which stands at `path`."""
    source = Source(path.absolute(), _decoded(raw, path))
    return settings_from(_parsed(source), source)


def choose_profile(
    settings: Settings, explicit: str | None, env: Mapping[str, str]
) -> Profile | None:
    """The profile that is meant, None when there are none; DLI-001 when nobody says which."""
    profiles = settings.profiles
    wanted = (
        (explicit, "--profile"),
        (env.get(PROFILE_VARIABLE) or None, PROFILE_VARIABLE),
        (settings.default_profile, "default_profile"),
    )
    for name, origin in wanted:
        if name is not None:
            return profiles[name] if name in profiles else _no_such(name, origin, settings)
    if len(profiles) > 1:
        raise ConfigurationError(
            f"Several profiles and none chosen; {there_are(profiles)}",
            hint=f"Choose with --profile NAME, {PROFILE_VARIABLE} or default_profile",
        )
    return next(iter(profiles.values()), None)


_EITHER: Final = frozenset({"DLI_TUI_TOKEN", "DLI_TUI_API_KEY"})


def profile_for_url(kind: Kind, url: str, env: Mapping[str, str]) -> Profile:
    """A profile without a file, for `--basecamp URL` and its like."""
    address = address_of(f"--{kind}", url)
    ways = {
        "DLI_TUI_TOKEN": "token_env",
        "DLI_TUI_API_KEY": "api_key_env",
        "DLI_TUI_PASSWORD": "password_env",
    }
    given = [variable for variable in ways if env.get(variable)]
    if set(given) >= _EITHER:
        # Both are exported where both kinds of server are in use.
        given.remove("DLI_TUI_TOKEN" if kind is Kind.PYAIRTABLE else "DLI_TUI_API_KEY")
    if len(given) > 1:
        raise ConfigurationError(f"{' and '.join(given)} are both set; keep one")
    username = env.get("DLI_TUI_USERNAME") or None
    if ("DLI_TUI_PASSWORD" in given) != (username is not None):
        raise ConfigurationError("DLI_TUI_USERNAME and DLI_TUI_PASSWORD go together; set both")
    sign_in: dict[str, Any] = {ways[variable]: variable for variable in given}
    return Profile(name=kind.value, kind=kind, url=address, username=username, **sign_in)


def address_of(option: str, url: str) -> str:
    """The address that an option of the command line names."""
    try:
        return web_address(url)
    except Unfit as problem:
        raise ConfigurationError(f"{option} {problem}") from None


def initial_text() -> str:
    """The starter file: an example to uncomment, and every setting with its sentence."""
    lines = [EXAMPLE, "# Every setting of a profile:"]
    known = {key: text for key, text in sentences(Profile).items() if key != "name"}
    width = max(map(len, known))
    lines += [f"#   {key:<{width}}  {text}" for key, text in known.items()]
    return "\n".join(lines) + "\n"


def write_initial(path: Path) -> None:
    """Put the starter file at `path`, for its owner alone; never over one that is there."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as problem:
        raise ConfigurationError(
            f"The folder {path.parent} can't be made: {problem.strerror}"
        ) from None
    made = False
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        made = True
        with open(handle, "w", encoding="utf-8") as stream:  # noqa: PTH123 - of a descriptor
            stream.write(initial_text())
    except FileExistsError:
        raise ConfigurationError(
            f"{path} is there already; nothing was written", hint="Edit that file instead."
        ) from None
    except OSError as problem:
        # Half a file would be in the way of the next try.
        with suppress(OSError):
            if made:
                path.unlink()
        raise ConfigurationError(f"{path} can't be written: {problem.strerror}") from None


def show(settings: Settings) -> str:
    """The settings in force as TOML, without any secret."""
    lines = [f"# {settings.path or 'No config file: everything is as it comes.'}"]
    lines += [f"# Warning: {warning}" for warning in settings.warnings]
    for key in ("default_profile", "theme", "mouse"):
        lines += _shown(key, getattr(settings, key))
    if settings.keys:
        lines += ["", "[keys]"]
        for command, keys in settings.keys.items():
            lines += _shown(quoted(command), keys)
    for name, view in settings.views.items():
        lines += ["", f"[views.{quoted(name)}]"]
        for key, value in view.items():
            lines += _shown(key, list(value) if isinstance(value, tuple) else value)
    for name, profile in settings.profiles.items():
        lines += ["", f"[profiles.{quoted(name) if '.' in name else name}]"]
        for key in sentences(Profile):
            if key != "name":
                lines += _shown(key, getattr(profile, key))
    return "\n".join(lines) + "\n"


def _at_home(path: Path) -> Path:
    try:
        return path.expanduser()
    except RuntimeError:
        return path


def _decoded(raw: bytes, path: Path) -> str:
    try:
        return raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as problem:
        line = raw.count(b"\n", 0, problem.start) + 1
    raise Source(path, "").error_at(line, "is not UTF-8 text")


def _parsed(source: Source) -> dict[str, Any]:
    import tomllib  # noqa: PLC0415 - only where there is a file to read

    # Raised after the block: tomllib's error may hold the whole document. It gives way to
    # plain ones before endless numbers and endless brackets.
    try:
        return tomllib.loads(source.text)
    except ValueError as problem:
        reason = str(problem)
    except RecursionError:
        reason = "Too many brackets within brackets"
    place = _TOML_PLACE.search(reason)
    said = safe_line(_TOML_PLACE.sub("", reason))
    if place is None:
        raise source.error_at(None, said)
    last = source.text.count("\n") + 1
    raise source.error_at(int(place[1] or last), said)


def _with_warnings(settings: Settings, mode: int) -> Settings:
    if os.name != "posix":
        return settings
    return replace(settings, warnings=tuple(_warnings(settings, mode)))


def _warnings(settings: Settings, mode: int) -> Iterator[str]:
    cure = f"chmod 600 {settings.path}"
    for profile in settings.profiles.values():
        if mode & _OTHERS_READ and _has_password(profile.proxy):
            yield f"profiles.{profile.name}.proxy holds a password that others can read: {cure}"
        if mode & _OTHERS_WRITE and profile.token_command:
            yield f"profiles.{profile.name}.token_command can be changed by others: {cure}"


def _has_password(address: str | None) -> bool:
    return address is not None and "@" in address


def _no_such(name: str, origin: str, settings: Settings) -> NoReturn:
    raise ConfigurationError(
        f"No profile is called '{safe_line(name, limit=80)}', as {origin} says"
        f"{near(name, settings.profiles)}",
        hint=f"In the config file {there_are(settings.profiles)}",
    )


def _shown(key: str, value: object) -> list[str]:
    if value is None or value == ():
        return []
    if key == "token_command":
        program, *rest = value if isinstance(value, tuple) else (value,)
        more = ['"…"'] if rest else []
        return [f"{key} = [{', '.join([quoted(str(program)), *more])}]"]
    if key == "proxy":
        value = re.sub(r"//.*@", "//***@", str(value))
    if isinstance(value, list):
        return [f"{key} = [{', '.join(quoted(word) for word in value)}]"]
    if isinstance(value, bool):
        return [f"{key} = {'true' if value else 'false'}"]
    if isinstance(value, float):
        return [f"{key} = {value:g}"]
    return [f"{key} = {quoted(str(value))}"]


def quoted(text: str) -> str:
    """Text as TOML writes it."""
    escaped = safe_line(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
