"""A store by its URL: file:// is always there, the others need the extra."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Mapping
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final
from urllib.parse import SplitResult, unquote, urlsplit

from dli_tui.domain.clock import Clock
from dli_tui.domain.errors import ConfigurationError
from dli_tui.domain.text import safe_line
from dli_tui.specs.store.local import Folder
from dli_tui.specs.store.objects import Objects

_EXAMPLES: Final = "s3://bucket/prefix, gs://bucket, az://container or file:///folder"
_BUCKET: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,221}")
_PART: Final = re.compile(r"[A-Za-z0-9_=-][A-Za-z0-9._=-]*")
_BUCKETS: Final = {"s3": "S3Store", "gs": "GCSStore", "az": "AzureStore"}
# In the order in which they count.
_S3_ENDPOINTS: Final = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT")
_CONNECT: Final = timedelta(seconds=5)
_TIMEOUT: Final = timedelta(seconds=30)
_READ_RETRIES: Final = 3


async def open_objects(
    url: str, environment: Mapping[str, str], clock: Clock, *, allow_insecure: bool = False
) -> Objects:
    """The place that `url` names; `allow_insecure` takes plain http to another machine."""
    parts = _parts(url)
    if parts.scheme == "file":
        return _folder(url, parts, clock)
    if parts.scheme not in _BUCKETS:
        raise _unfit(url, f"is none that is known: expected {_EXAMPLES}")
    return await asyncio.to_thread(_bucket, url, parts, environment, allow_insecure=allow_insecure)


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        has_key = parts.username is not None or parts.password is not None
    except ValueError:
        raise _unfit("", f"can't be read: expected {_EXAMPLES}") from None
    if has_key:
        raise _unfit("", "must not hold a name or key; the store finds its own credentials")
    if parts.query or parts.fragment:
        raise _unfit("", f"has something behind '?' or '#': expected {_EXAMPLES}")
    return parts


def _folder(url: str, parts: SplitResult, clock: Clock) -> Objects:
    path = unquote(parts.path)
    if parts.netloc or not path.startswith("/") or "\0" in path:
        raise _unfit(url, "must be file:/// and the whole path of a folder")
    return Folder(Path(os.path.normpath(path)), clock)


def _bucket(
    url: str, parts: SplitResult, environment: Mapping[str, str], *, allow_insecure: bool
) -> Objects:
    prefix = parts.path.strip("/")
    named = [parts.netloc, *(prefix.split("/") if prefix else ())]
    if not _BUCKET.fullmatch(named[0]) or not all(map(_PART.fullmatch, named[1:])):
        raise _unfit(url, f"names no bucket and prefix: expected {_EXAMPLES}")
    try:
        from obstore import store  # noqa: PLC0415 - an extra that most do without
        from obstore.exceptions import BaseError  # noqa: PLC0415 - as above

        from dli_tui.specs.store.bucket import Bucket  # noqa: PLC0415 - as above
    except ModuleNotFoundError as missing:
        if (missing.name or "").startswith("dli_tui"):
            raise
        raise ConfigurationError(
            f"A store at {parts.scheme}:// needs the package obstore, which isn't installed",
            hint="Install the extra: pip install 'dli-tui[store]'",
        ) from None
    settings = _settings(parts.scheme, environment, allow_insecure=allow_insecure)

    def one(retries: int) -> Any:  # noqa: ANN401 - the three have no common constructor
        limits = {"max_retries": retries, "retry_timeout": _TIMEOUT}
        made = getattr(store, _BUCKETS[parts.scheme])
        return made(named[0], prefix=prefix or None, retry_config=limits, **settings)

    try:
        where = "/".join((f"{parts.scheme}:/", *named))
        return Bucket(where, one(_READ_RETRIES), one(0), by_version=parts.scheme == "gs")
    except (BaseError, ValueError, OSError):
        raise ConfigurationError(
            f"The settings for {parts.scheme}:// in the environment make no sense",
            hint="Check the variables that begin with AWS_, GOOGLE_ or AZURE_.",
        ) from None


def _settings(
    scheme: str, environment: Mapping[str, str], *, allow_insecure: bool
) -> dict[str, Any]:
    """How to speak to it: never in the clear to another machine, unless that was allowed."""
    client: dict[str, Any] = {"connect_timeout": _CONNECT, "timeout": _TIMEOUT}
    names = _S3_ENDPOINTS if scheme == "s3" else ()
    name = next((one for one in names if environment.get(one)), None)
    if name is None:
        return {"client_options": {**client, "allow_http": False}}
    address = environment[name]
    in_clear = address.casefold().startswith("http://")
    if in_clear and not (allow_insecure or _is_loopback(address)):
        raise ConfigurationError(
            f"{name} is plain http to another machine: what is sent could be read and changed",
            hint="Use https, or set allow_insecure = true in the profile.",
        )
    # An address of our own choice: which variable counts would be obstore's to say otherwise.
    return {"endpoint": address, "client_options": {**client, "allow_http": in_clear}}


def _is_loopback(address: str) -> bool:
    try:
        host = urlsplit(address).hostname or ""
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _unfit(url: str, problem: str) -> ConfigurationError:
    shown = f" {safe_line(url, 200)}" if url else ""
    return ConfigurationError(
        f"The address of the store{shown} {problem}",
        hint="Correct --store, or specs in the profile.",
    )
