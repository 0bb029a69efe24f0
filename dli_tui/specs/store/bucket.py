"""Objects in a bucket: S3, Google Cloud Storage and Azure, through obstore.

obstore is compiled and only needed here, so it is an extra. Its errors hold addresses and whole
replies; a person gets the word that the store itself has for it, and nothing else of them.

It is asked in threads of ours: its own asynchronous calls end in threads that Python doesn't know,
and one program in ten that had used them was aborted as it ended.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, TypeVar

import obstore
from obstore.exceptions import (
    AlreadyExistsError,
    BaseError,
    PermissionDeniedError,
    PreconditionError,
    UnauthenticatedError,
)
from obstore.store import ObjectStore

from dli_tui.domain.errors import (
    AnswerLostError,
    AuthenticationError,
    ConfigurationError,
    ConnectionFailedError,
    DLIError,
    ServerError,
    WorkflowPermissionError,
)
from dli_tui.domain.text import safe_line
from dli_tui.specs.store.objects import MAX_OBJECT, Blob, ClashError, Objects, UnreadableError

if TYPE_CHECKING:
    from obstore import PutMode

T = TypeVar("T")

_AT_ONCE: Final = 16
_PAGE: Final = 1_000
_CODE: Final = re.compile(r"<Code>([A-Za-z]{1,60})</Code>")
_STATUS: Final = re.compile(r"status code: ([1-5][0-9]{2})")
_NO_BUCKET: Final = re.compile(r"NoSuchBucket|ContainerNotFound|bucket does not exist")
_UNKNOWN_KEYS: Final = (
    "ExpiredToken",
    "InvalidAccessKeyId",
    "InvalidToken",
    "SignatureDoesNotMatch",
    "TokenRefreshRequired",
)
_SIGN_IN: Final = (
    "They are read from the environment, as AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or from"
    " the role of this machine. For a profile of the AWS command line:"
    ' eval "$(aws configure export-credentials --format env)"'
)


class Bucket(Objects):
    """A bucket, or what lies below a prefix of it."""

    def __init__(
        self,
        where: str,
        store: ObjectStore,
        writing: ObjectStore | None = None,
        *,
        by_version: bool = False,
    ) -> None:
        """`writing` sends each write once; reads may be sent again.

        `by_version`: it compares versions where others compare ETags.
        """
        super().__init__(where)
        self._store, self._writing, self._by_version = store, writing or store, by_version
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="bucket")

    async def etags(self, folder: str) -> Mapping[str, str]:
        found: dict[str, str] = {}
        with self._in_words("be listed"):
            pages = await self._asked(
                lambda: list(obstore.list(self._store, f"{folder}/", chunk_size=_PAGE))
            )
            for page in pages:
                for one in page:
                    found[one["path"]] = self._etag(one["e_tag"])
        return found

    async def get(self, key: str) -> Blob | None:
        try:
            with self._in_words("be read", key):
                found = await self._asked(lambda: obstore.get(self._store, key))
                if found.meta["size"] > MAX_OBJECT:
                    raise _unreadable(key, f"it is longer than {MAX_OBJECT:,} bytes")
                data = await self._asked(found.bytes)
        except FileNotFoundError:
            return None
        return Blob(bytes(data), self._etag(found.meta["e_tag"]))

    async def put(self, key: str, data: bytes, *, over: str | None) -> str:
        try:
            with self._in_words("be written"):
                mode = await self._mode(key, over)
                done = await self._asked(
                    lambda: obstore.put(self._writing, key, data, mode=mode, use_multipart=False)
                )
        except (AlreadyExistsError, PreconditionError):
            raise ClashError from None
        except FileNotFoundError:
            # What was to be replaced is gone: some stores say so in these words.
            raise ClashError from None
        except ServerError as problem:
            raise self._perhaps_written(problem) from None
        return self._etag(done["e_tag"])

    async def _mode(self, key: str, over: str | None) -> PutMode:
        if over is None:
            return "create"
        if not self._by_version:
            return {"e_tag": over}
        found = await self._asked(lambda: obstore.head(self._store, key))
        if found["e_tag"] != over:
            raise ClashError
        return {"e_tag": over, "version": found["version"]}

    async def _asked(self, question: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, question)

    def _etag(self, etag: str | None) -> str:
        if etag is None:
            raise ServerError(
                f"{self.where} gives no ETags, so two people could overwrite each other unseen",
                hint="Keep the specs in S3, Google Cloud Storage, Azure or a folder.",
            )
        return etag

    @contextmanager
    def _in_words(self, what: str, key: str | None = None) -> Iterator[None]:
        try:
            yield
        except (AlreadyExistsError, PreconditionError):
            raise
        except PermissionDeniedError as problem:
            raise self._refused(what, str(problem), key) from None
        except UnauthenticatedError as problem:
            raise self._not_known(_code(str(problem))) from None
        except (BaseError, FileNotFoundError) as problem:
            text = str(problem)
            if _NO_BUCKET.search(text):
                raise self._no_bucket() from None
            if isinstance(problem, FileNotFoundError):
                raise
            raise self._failed(what, text, key) from None

    def _refused(self, what: str, text: str, key: str | None) -> DLIError:
        code = _code(text)
        if code in _UNKNOWN_KEYS:
            return self._not_known(code)
        if key is not None:
            return _unreadable(key, f"{self.where} refuses it{_in_brackets(code)}")
        return WorkflowPermissionError(
            f"{self.where} can't {what} with these credentials{_in_brackets(code)}",
            hint="They need to list, get and put objects. Ask whoever looks after the bucket.",
        )

    def _not_known(self, code: str) -> DLIError:
        return AuthenticationError(
            f"{self.where} doesn't know these credentials{_in_brackets(code)}", hint=_SIGN_IN
        )

    def _no_bucket(self) -> DLIError:
        return ConfigurationError(
            f"There is no such bucket: {self.where}",
            hint="Check its name and AWS_ENDPOINT_URL, or have the bucket made.",
        )

    def _failed(self, what: str, text: str, key: str | None) -> DLIError:
        code, status = _code(text), _STATUS.search(text)
        if status is None:
            return ConnectionFailedError(
                f"{self.where} can't be reached",
                hint="Check the network, the address (AWS_ENDPOINT_URL) and the credentials.",
            )
        if status[1] == "401":
            return self._not_known(code)
        if status[1] == "403":
            return self._refused(what, text, key)
        said = code or f"status {status[1]}"
        if status[1] < "500":
            return ConfigurationError(
                f"{self.where} couldn't {what} ({said})",
                hint="Check AWS_REGION and AWS_ENDPOINT_URL, and the name of the bucket.",
            )
        return ServerError(f"{self.where} couldn't {what} ({said})", hint="Try again in a moment.")

    def _perhaps_written(self, problem: ServerError) -> ServerError:
        """A failure of a write, after which nobody knows whether it was done."""
        if isinstance(problem, AuthenticationError):
            return problem
        return AnswerLostError(
            f"It was sent, and nobody knows whether it was written: {problem.message}",
            hint="Look at what is there: dli-tui specs list",
        )


def _code(text: str) -> str:
    found = _CODE.search(text)
    return "" if found is None else found[1]


def _in_brackets(code: str) -> str:
    return f" ({code})" if code else ""


def _unreadable(key: str, reason: str) -> UnreadableError:
    return UnreadableError(
        f"{safe_line(key)} can't be read: {reason}",
        hint="Look at that object: nothing else is affected.",
    )
