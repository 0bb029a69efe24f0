"""The line to one service: paid for beforehand, and told apart from a route that isn't there.

Three generations of the service have different routes. FastAPI answers a path that it doesn't
know with `Not Found`, an object that it doesn't know with a sentence that names it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final, Generic, NamedTuple, TypeVar, cast

from dli_tui.backends.http.client import Http
from dli_tui.backends.http.exchange import Answer, Asked, decoded, understood
from dli_tui.backends.pyairtable.budgets import MINUTE, Budgets
from dli_tui.domain.errors import ServerError
from dli_tui.wire.failures import failure
from dli_tui.wire.values import record

T = TypeVar("T")

_NOT_FOUND: Final = 404
_NOT_ALLOWED: Final = 405
_MAYBE_ABSENT: Final = frozenset({_NOT_FOUND, _NOT_ALLOWED})
_ABSENT: Final = frozenset({"not found", "method not allowed"})


class NoSuchRouteError(ServerError):
    """This generation of the service has no such path, so nothing was done there."""

    def __init__(self, path: str) -> None:
        super().__init__(
            f"The service has no {path}",
            hint="Check the url of this profile, and which version of the service runs there.",
        )


class Told(NamedTuple, Generic[T]):
    """What was answered, by its status: what was asked for, or what a refusal says."""

    status: int
    value: T | None
    refusal: object = None


class Line:
    """Questions and writes to one service."""

    def __init__(self, http: Http, budgets: Budgets | None = None) -> None:
        self.http = http
        self._budgets = budgets

    async def read(self, asked: Asked, convert: Callable[[object], T]) -> T:
        """What `convert` makes of the JSON that is answered."""
        return cast("T", (await self.ask(asked, convert)).value)

    async def ask(self, asked: Asked, convert: Callable[[object], T]) -> Told[T]:
        """The same with its status, where `asked` expects others than a yes."""
        await self._spend(asked, write=False)
        answer = await self._answered(asked, self.http.read(_wanted(asked), _parser(convert)))
        return _checked(answer, asked)

    async def write(self, asked: Asked, convert: Callable[[object], T]) -> T:
        """What `convert` makes of the answer to a write, which is sent once."""
        await self._spend(asked, write=True)
        answer = await self._answered(asked, self.http.write(_wanted(asked), _parser(convert)))
        return cast("T", _checked(answer, asked).value)

    async def _spend(self, asked: Asked, *, write: bool) -> None:
        if self._budgets is not None:
            await self._budgets.spend(asked.operation, write=write)

    async def _answered(
        self, asked: Asked, answer: Awaitable[Answer[T | _Refusal]]
    ) -> Answer[T | _Refusal]:
        try:
            return await answer
        except ServerError as error:
            if self._budgets is not None and error.wait_seconds > 0:
                self._budgets.of(asked.operation).shut(min(error.wait_seconds, MINUTE))
            raise


class _Refusal(NamedTuple):
    """A body that says why not."""

    body: object


def is_no_route(status: int, body: object) -> bool:
    """Whether a refusal means that the path itself isn't there."""
    if status == _NOT_ALLOWED:
        return True
    detail = (record(body) or {}).get("detail")
    return isinstance(detail, str) and detail.strip().casefold() in _ABSENT


def _wanted(asked: Asked) -> Asked:
    return asked._replace(expected=asked.expected | _MAYBE_ABSENT)


def _parser(convert: Callable[[object], T]) -> Callable[[bytes], T | _Refusal]:
    """A body's value; made in here, so that a yes that can't be read counts as a lost answer."""

    def parse(content: bytes) -> T | _Refusal:
        body = understood(content)
        # The services say why not in this way alone, and nothing that they give is called so.
        if isinstance(body, dict) and "detail" in body:
            return _Refusal(body)
        return convert(decoded(content))

    return parse


def _checked(answer: Answer[T | _Refusal], asked: Asked) -> Told[T]:
    value = answer.value
    if not isinstance(value, _Refusal):
        return Told(answer.status, value)
    if answer.status in _MAYBE_ABSENT and is_no_route(answer.status, value.body):
        raise NoSuchRouteError(asked.path)
    if answer.status in asked.expected:
        return Told(answer.status, None, value.body)
    raise failure(
        answer.status,
        value.body,
        asked.operation,
        dataset_name=asked.dataset_name,
        run_id=asked.run_id,
    )
