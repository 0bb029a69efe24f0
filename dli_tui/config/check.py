"""Is this a config file that makes sense? If not, where, and what was expected.

No message repeats a value: whatever was written in the wrong place may be a secret.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from dli_tui.config.lines import Keys, Source
from dli_tui.config.model import Kind, Profile, Settings

if TYPE_CHECKING:
    from urllib.parse import SplitResult

_TABLE: Final = "profiles"
_DAY: Final = 86_400
_VARIABLE: Final = re.compile(r"[A-Z_][A-Z0-9_]*")
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
_FOUR_WAYS: Final = "token_env, token_command, token_keyring or token_file"
_IN_CLEAR: Final = {
    "password": "username and password_env",
    "passwd": "username and password_env",
    "api_key": "api_key_env",
    "apikey": "api_key_env",
    "x_api_key": "api_key_env",
    "token": _FOUR_WAYS,
    "access_token": _FOUR_WAYS,
    "bearer": _FOUR_WAYS,
    "authorization": _FOUR_WAYS,
    "secret": _FOUR_WAYS,
}
_SIGN_IN: Final = (
    "token_env",
    "token_command",
    "token_keyring",
    "token_file",
    "password_env",
    "api_key_env",
)
# bool comes before int, whose subclass it is.
_TYPES: Final = (
    (bool, "true or false"),
    ((int, float), "a number"),
    (str, "text"),
    (list, "a list"),
    (dict, "a table"),
)


class Unfit(Exception):  # noqa: N818 - says of a value what `Source.error` says of its place
    """A value that a setting can't have; the text says what was expected."""


def settings_from(data: Mapping[str, Any], source: Source) -> Settings:
    """What tomllib read, checked, as settings."""
    _known((), data, (*_SETTINGS, "keys", "views", _TABLE), source)
    plain = {key: value for key, value in data.items() if key in _SETTINGS}
    chosen = _read((), plain, _SETTINGS, source)
    keys = _table("keys", data, source)
    readers = dict.fromkeys(keys, _text)
    profiles = {
        name: _profile(name, table, source) for name, table in _table(_TABLE, data, source).items()
    }
    views = {
        name: _view(name, table, source) for name, table in _table("views", data, source).items()
    }
    default = chosen.get("default_profile")
    if default is not None and default not in profiles:
        raise source.error(("default_profile",), f"names no profile; {there_are(profiles)}")
    return Settings(
        path=source.path,
        keys=MappingProxyType(_read(("keys",), keys, readers, source)),
        views=MappingProxyType(views),
        profiles=MappingProxyType(profiles),
        **chosen,
    )


def there_are(profiles: Iterable[str]) -> str:
    """The profiles to choose from, as the end of a sentence."""
    names = sorted(profiles)
    return f"there are: {', '.join(names)}" if names else "there are none yet"


def is_name(name: str) -> bool:
    """Whether a profile can be called that."""
    return _NAME.fullmatch(name) is not None


def near(word: str, words: Iterable[str]) -> str:
    """“, did you mean …?” when one of `words` is much like `word`, else nothing."""
    from difflib import get_close_matches  # noqa: PLC0415 - only a mistake needs it

    close = get_close_matches(word.casefold().replace("-", "_"), list(words), n=1)
    return f", did you mean {close[0]}?" if close else ""


def web_address(value: object, *, password: bool = False) -> str:
    """An http(s) URL to build paths upon; `password` lets it carry one, as a proxy's may."""
    text = _text(value)
    parts = _split(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Unfit("must be a URL that starts with http:// or https://")
    if parts.username is not None and not password:
        raise Unfit("must not hold a name or password; use username and password_env")
    if "?" in text or "#" in text:
        raise Unfit("must end before the ? or #")
    return text.rstrip("/")


def _split(text: str) -> SplitResult:
    from urllib.parse import urlsplit  # noqa: PLC0415 - the demo has no address

    if re.search(r"[\s\x00-\x1f\x7f]", text):
        raise Unfit("must be a URL without blanks")
    # The ValueError quotes the address, so it may not become the context of ours.
    try:
        parts = urlsplit(text)
        fits = parts.port != 0
    except ValueError:
        fits = False
    if not fits:
        raise Unfit("must be a URL with a host, and a port, if any, from 1 to 65535")
    return parts


def _word_for(value: object) -> str:
    for python, word in _TYPES:
        if isinstance(value, python):
            return word
    return "a date or time"


def _not(word: str, value: object) -> Unfit:
    return Unfit(f"must be {word}, not {_word_for(value)}")


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise _not("text", value)
    if not value.strip():
        raise Unfit("must not be empty")
    return value


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise _not("true or false", value)
    return value


def _seconds(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise _not("a number", value)
    if not 0 < value <= _DAY:
        raise Unfit("must be a number of seconds, more than 0 and at most a day")
    return float(value)


def _command(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise _not('a list, such as ["program", "argument"]', value)
    if not value or not all(isinstance(word, str) for word in value) or not value[0].strip():
        raise Unfit("must be a list of texts, the program first")
    return tuple(value)


def _words(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
        raise _not("a list of words", value)
    return tuple(value)


def _variable(value: object) -> str:
    text = _text(value)
    if _VARIABLE.fullmatch(text) is None:
        raise Unfit("must be the name of an environment variable, in capitals")
    return text


def _cookie(value: object) -> str:
    text = _text(value)
    if _NAME.fullmatch(text) is None:
        raise Unfit("must be the name of a cookie, such as session")
    return text


def _path(value: object) -> Path:
    try:
        return Path(_text(value)).expanduser()
    except RuntimeError:
        raise Unfit("starts with a ~ that is nobody's home folder") from None


def _one_of(*words: str) -> Callable[[object], str]:
    def read(value: object) -> str:
        text = _text(value)
        if text not in words:
            raise Unfit(f"must be one of {', '.join(words)}{near(text, words)}")
        return text

    return read


def _kind(value: object) -> Kind:
    return Kind(_one_of(*Kind)(value))


def _proxy(value: object) -> str:
    return web_address(value, password=True)


_STORES: Final = ("s3://", "gs://", "az://", "file:///")


def _store(value: object) -> str:
    text = _text(value)
    if not text.startswith(_STORES):
        raise Unfit(f"must start with one of {', '.join(_STORES)}")
    if _split(text).username is not None:
        raise Unfit("must not hold a name or key; the store finds its own credentials")
    return text


_SETTINGS: Final[dict[str, Callable[[object], object]]] = {
    "default_profile": _text,
    "theme": _text,
    "mouse": _flag,
}
_VIEW_KEYS: Final[dict[str, Callable[[object], object]]] = {
    "text": _text,
    "source": _text,
    "status": _text,
    "running": _flag,
    "enabled": _flag,
    "problems": _flag,
    "sort": _text,
    "descending": _flag,
    "columns": _words,
}
PROFILE_KEYS: Final[dict[str, Callable[[object], object]]] = {
    "kind": _kind,
    "url": web_address,
    "token_env": _variable,
    "token_command": _command,
    "token_keyring": _text,
    "token_file": _path,
    "token_cookie": _cookie,
    "username": _text,
    "password_env": _variable,
    "api_key_env": _variable,
    "read_only": _flag,
    "production": _flag,
    "confirm": _one_of("ask", "type"),
    "trust_dry_run": _flag,
    "ca_file": _path,
    "client_cert": _path,
    "client_key": _path,
    "proxy": _proxy,
    "allow_insecure": _flag,
    "connect_timeout_seconds": _seconds,
    "timeout_seconds": _seconds,
    "saga_url": web_address,
    "specs": _store,
    "specs_folder": _path,
    "project": _path,
}


def _table(key: str, data: Mapping[str, Any], source: Source) -> dict[str, Any]:
    value = data.get(key, {})
    if not isinstance(value, dict):
        raise source.error((key,), f"must be a table, not {_word_for(value)}")
    return value


def _known(where: Keys, table: Iterable[str], names: Iterable[str], source: Source) -> None:
    for key in table:
        if key in names:
            continue
        instead = _IN_CLEAR.get(key.casefold().replace("-", "_"))
        if instead is not None:
            raise source.error(
                (*where, key), f"would keep a secret in this file; use {instead} instead"
            )
        raise source.error((*where, key), f"is not a setting{near(key, names)}")


def _read(
    where: Keys,
    table: Mapping[str, Any],
    readers: Mapping[str, Callable[[object], object]],
    source: Source,
) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key, value in table.items():
        try:
            read = readers[key](value)
        except Unfit as problem:
            raise source.error((*where, key), str(problem)) from None
        # What is relative is so to the file, wherever the program was started.
        values[key] = source.path.parent / read if isinstance(read, Path) else read
    return values


def _view(name: str, table: object, source: Source) -> dict[str, Any]:
    where = ("views", name)
    if not isinstance(table, dict):
        raise source.error(where, f"must be a table, not {_word_for(table)}")
    _known(where, table, _VIEW_KEYS, source)
    return _read(where, table, _VIEW_KEYS, source)


def _profile(name: str, table: object, source: Source) -> Profile:
    where = (_TABLE, name)
    if not is_name(name):
        raise source.error(where, "is not a name; use letters, digits, _ . and -")
    if not isinstance(table, dict):
        raise source.error(where, f"must be a table, not {_word_for(table)}")
    _known(where, table, PROFILE_KEYS, source)
    values = _read(where, table, PROFILE_KEYS, source)
    if "kind" not in values:
        raise source.error(where, f"needs a kind, one of {', '.join(Kind)}")
    if values["kind"] is not Kind.DEMO and "url" not in values:
        raise source.error(where, f"needs a url, as its kind is {values['kind']}")
    _sign_in(where, values, source)
    if "saga_url" in values and values["kind"] is not Kind.PYAIRTABLE:
        raise source.error((*where, "saga_url"), "is for the kind pyairtable only")
    if "specs_folder" in values and "specs" not in values:
        raise source.error((*where, "specs_folder"), "needs specs beside it")
    if "client_key" in values and "client_cert" not in values:
        raise source.error((*where, "client_key"), "needs client_cert beside it")
    return Profile(name=name, **values)


def _sign_in(where: Keys, values: Mapping[str, object], source: Source) -> None:
    given = [key for key in values if key in _SIGN_IN]
    if len(given) > 1:
        raise source.error(
            (*where, given[1]), f"is a second way to sign in, beside {given[0]}; keep one"
        )
    if "token_cookie" in values and not any(one.startswith("token_") for one in given):
        raise source.error((*where, "token_cookie"), f"needs a token beside it: {_FOUR_WAYS}")
    for one, other in (("password_env", "username"), ("username", "password_env")):
        if one in values and other not in values:
            raise source.error((*where, one), f"needs {other} beside it")
