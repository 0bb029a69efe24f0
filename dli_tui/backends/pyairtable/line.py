"""The line to one service: paid for beforehand, and told apart from a route that isn't there.

Three generations of the service have different routes. FastAPI answers a path that it doesn't
know with `Not Found`, an object that it doesn't know with a sentence that names it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final, Generic, NamedTuple, TypeVar, cast

from dli_tui.backends.http.client import Http
from dli_tui.backends.http.exchange import Answer, Asked, decoded, understood
from dli_tui.backends.http.reply import ACCEPTED
from dli_tui.backends.pyairtable.budgets import MINUTE, Budgets
from dli_tui.domain.errors import AnswerLostError, ServerError
from dli_tui.wire.failures import Operation, failure, message_of

T = TypeVar("T")

_NOT_FOUND: Final = 404
_NOT_ALLOWED: Final = 405
_MAYBE_ABSENT: Final = frozenset({_NOT_FOUND, _NOT_ALLOWED})
_ABSENT: Final = frozenset({"not found", "404 not found", "404 page not found"})
"""What is said of a path that isn't there, by the services and by gateways in front of them."""
_SUCCESS: Final = range(200, 300)
_LONGEST_REFUSAL: Final = 32 * 1024


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
        if answer.status not in _SUCCESS:
            return _refused(answer, asked)
        if answer.value.problem is not None:
            raise answer.value.problem
        return Told(answer.status, answer.value.value)

    async def write(self, asked: Asked, convert: Callable[[object], T]) -> T:
        """What `convert` makes of the answer to a write, which is sent once."""
        await self._spend(asked, write=True)
        answer = await self._answered(asked, self.http.write(_wanted(asked), _parser(convert)))
        if answer.status not in _SUCCESS:
            return cast("T", _refused(answer, asked).value)
        problem = answer.value.problem
        if problem is not None:
            # A yes that can't be read is as good as lost.
            raise AnswerLostError(problem.message, code=problem.code, hint=ACCEPTED)
        return cast("T", answer.value.value)

    def room(self, operation: Operation) -> int:
        """How many requests of a kind may leave at once without slowing down those that follow."""
        return 0 if self._budgets is None else self._budgets.of(operation).room

    async def _spend(self, asked: Asked, *, write: bool) -> None:
        if self._budgets is not None:
            await self._budgets.spend(asked.operation, write=write)

    async def _answered(
        self, asked: Asked, answer: Awaitable[Answer[_Came[T]]]
    ) -> Answer[_Came[T]]:
        try:
            return await answer
        except ServerError as error:
            if self._budgets is not None and error.wait_seconds > 0:
                self._budgets.of(asked.operation).shut(min(error.wait_seconds, MINUTE))
            raise


class _Came(NamedTuple, Generic[T]):
    """A body before its status is looked at: what was made of it, or why that can't be."""

    content: bytes
    """For the words of a refusal; what is too long to be one isn't kept."""
    value: T | None = None
    problem: ServerError | None = None


def is_no_route(status: int, body: object) -> bool:
    """Whether a refusal means that the path itself isn't there."""
    if status == _NOT_ALLOWED:
        return True
    words = message_of(body)
    return status == _NOT_FOUND and (words is None or words.casefold().rstrip(".") in _ABSENT)


def _wanted(asked: Asked) -> Asked:
    return asked._replace(expected=asked.expected | _MAYBE_ABSENT)


def _parser(convert: Callable[[object], T]) -> Callable[[bytes], _Came[T]]:
    """What a body says, whichever way it will be read: only its status tells a yes from a no."""

    def parse(content: bytes) -> _Came[T]:
        kept = content if len(content) <= _LONGEST_REFUSAL else b""
        try:
            return _Came(kept, convert(decoded(content)))
        except ServerError as problem:
            return _Came(kept, problem=problem)

    return parse


def _refused(answer: Answer[_Came[T]], asked: Asked) -> Told[T]:
    """A no that is expected; any other is an error."""
    status, body = answer.status, understood(answer.value.content)
    if status in _MAYBE_ABSENT and is_no_route(status, body):
        raise NoSuchRouteError(asked.path)
    if status in asked.expected:
        return Told(status, None, body)
    raise failure(
        status,
        body,
        asked.operation,
        dataset_name=asked.dataset_name,
        run_id=asked.run_id,
    )
