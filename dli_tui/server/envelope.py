"""Every refusal looks the same, whoever says it: `{"error": {"code", "message", "details"}}`."""

from __future__ import annotations

import json
from collections.abc import Mapping, MutableMapping
from typing import Any, Final

from starlette.responses import Response

from dli_tui.domain.errors import ErrorCode

JSON = "application/json"
_KEPT: Final = "dli_tui.request_id"


def number(scope: MutableMapping[str, Any], request_id: str) -> None:
    """Keep with the request the id by which it is found in the log."""
    scope["state"][_KEPT] = request_id


def number_of(scope: Mapping[str, Any]) -> str:
    """The id of a request that the gate let in."""
    found: str = scope["state"][_KEPT]
    return found


def refusal(
    status: int,
    code: ErrorCode,
    message: str,
    *,
    hint: str = "",
    request_id: str = "",
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The answer that says what went wrong and what to do."""
    told = {"hint": hint, "request_id": request_id}
    details = {key: value for key, value in told.items() if value}
    # ASCII only, so that half a pair of surrogates in somebody's name can be said, too.
    body = json.dumps({"error": {"code": code, "message": message, "details": details}})
    # Nobody between here and there may answer the next request with it.
    return Response(
        body.encode(), status, {"cache-control": "no-store", **(headers or {})}, media_type=JSON
    )


class RefusedError(Exception):
    """A request that goes no further; says with which answer."""

    def __init__(
        self,
        status: int,
        code: ErrorCode,
        message: str,
        *,
        hint: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self._code = code
        self._message = message
        self._hint = hint
        self._headers = headers

    def answer(self, request_id: str) -> Response:
        """The refusal, as it is sent."""
        return refusal(
            self.status,
            self._code,
            self._message,
            hint=self._hint,
            request_id=request_id,
            headers=self._headers,
        )


def broken() -> RefusedError:
    """What is said when we failed ourselves: where to look, and nothing of what was."""
    return RefusedError(
        500,
        ErrorCode.SERVER_ERROR,
        "The server failed at this",
        hint="Whoever runs it finds the reason in its log, by the id of this request.",
    )


def ending() -> RefusedError:
    """What is said when the server ends in the midst of a request."""
    return RefusedError(
        503,
        ErrorCode.SERVER_ERROR,
        "The server ended before this did",
        hint="Look whether it happened before you send it again.",
        headers={"connection": "close"},
    )
