"""What is said when something isn't done: the words of each generation.

003 says where and when, and has a code for it; those before have a sentence, or the list of what
FastAPI couldn't read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from starlette.responses import JSONResponse, Response

from dli_tui.domain.clock import Clock
from dli_tui.playground.moments import zulu

_DOCS: Final = "https://errors.pydantic.dev/2.5/v/{}"


class RefusedError(Exception):
    """A request that isn't done, and why."""

    def __init__(
        self, status: int, detail: str, code: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.code = code
        self.headers = headers


class UnreadableError(Exception):
    """A request that FastAPI wouldn't hand on: everything that is wrong with it."""

    def __init__(self, *problems: Mapping[str, Any]) -> None:
        super().__init__("; ".join(str(one["msg"]) for one in problems))
        self.problems = problems


def problem(kind: str, where: tuple[str | int, ...], says: str, given: object) -> dict[str, Any]:
    """One entry of such a list."""
    return {
        "type": kind,
        "loc": list(where),
        "msg": says,
        "input": given,
        "url": _DOCS.format(kind),
    }


def refusal(wrong: RefusedError, path: str, clock: Clock, *, plain: bool) -> Response:
    """The answer to a request that isn't done; `plain`: the sentence alone."""
    body: dict[str, Any] = {"detail": wrong.detail}
    if not plain:
        told = {"timestamp": zulu(clock.now()), "path": path, "error_code": wrong.code}
        body |= told
    return JSONResponse(body, wrong.status, wrong.headers)


def unreadable(wrong: UnreadableError) -> Response:
    """The answer to a request that can't be read."""
    return JSONResponse({"detail": list(wrong.problems)}, 422)
