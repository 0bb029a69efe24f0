"""Names and ids in a path: any text at all, a slash or the end of a line too."""

from __future__ import annotations

from typing import Final

from starlette.convertors import Convertor, register_url_convertor

KIND: Final = "text"


class _Text(Convertor[str]):
    regex = r"[\s\S]+"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor(KIND, _Text())


def text(parameter: str) -> str:
    """A part of a path that is handed over as `parameter`."""
    return f"{{{parameter}:{KIND}}}"
