"""Which addresses of a server may be shown as a link and handed to a browser."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

_SCHEMES: Final = ("http", "https")
_LONGEST: Final = 2_000


def web_address(raw: str | None) -> str:
    """`raw` if it is a plain address of the web; else nothing.

    A name or password before the host could be a secret, or make one host look like another.
    """
    if not raw or len(raw) > _LONGEST or not raw.isascii() or not raw.isprintable() or " " in raw:
        return ""
    try:
        parts = urlsplit(raw)
    except ValueError:
        return ""
    good = parts.scheme in _SCHEMES and parts.hostname and "@" not in parts.netloc
    return raw if good else ""
