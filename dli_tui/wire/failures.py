"""A refusal on the wire, turned into the error that a person can act on: one table.

A status alone says too little: the real server answers an invalid state with 500 and an
exception's name, others with 409 and a sentence. So the body is read too, in each of the
shapes met, and what it says is passed on.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final, NamedTuple

from dli_tui.domain.errors import (
    AnswerLostError,
    AuthenticationError,
    DLIError,
    ErrorCode,
    ServerError,
    WorkflowExecutionError,
    WorkflowNotFoundError,
    WorkflowPermissionError,
    WorkflowRegistrationError,
)
from dli_tui.domain.text import as_argument, safe_line
from dli_tui.wire.bodies import code_of, exception_of, message_of
from dli_tui.wire.ourfailures import our_failure

__all__ = ["Operation", "failure", "message_of"]

_NAME: Final = 250


class Operation(StrEnum):
    """What was asked for."""

    LIST = "list"
    GET = "get"
    STATUS = "status"
    HISTORY = "history"
    DATASET = "dataset"
    STEPS = "steps"
    LOGS = "logs"
    HEALTH = "health"
    TEMPLATES = "templates"
    SAGAS = "sagas"
    REGISTER = "register"
    UNREGISTER = "unregister"
    RUN = "run"
    BACKFILL = "backfill"
    STOP = "stop"
    PAUSE = "pause"
    UNPAUSE = "unpause"
    RETRY = "retry"
    CREATE = "create"
    CONFIGURE = "configure"
    SHELVE = "shelve"
    START = "start"
    CANCEL = "cancel"
    PUBLISH = "publish"


def failure(
    status: int,
    body: object,
    operation: Operation,
    *,
    dataset_name: str = "",
    run_id: str = "",
    by_words: bool = True,
) -> DLIError:
    """The error to raise for a reply of `status` that is no success.

    `by_words`: what kind of refusal it is may show in its words alone; else its status tells.
    """
    if status not in _SIGN_IN_OR_PATIENCE:
        ours = our_failure(status, body, dataset_name=dataset_name, run_id=run_id)
        if ours is not None:
            return ours
    words, code = message_of(body), code_of(body)
    refusal = _Refusal(status, operation, dataset_name, run_id, words, code, by_words)
    if status in _SERVER_TROUBLE or status < _FIRST_REFUSAL:
        return _server_error(refusal)
    if status == _UNAUTHORIZED:
        return AuthenticationError(refusal.say("The server did not accept the sign-in"))
    if status == _FORBIDDEN:
        return _permission_error(refusal)
    if status == _NOT_FOUND and (error := _not_found(refusal)) is not None:
        return error
    if status == _CONFLICT and operation in _MAKES:
        return _exists_already(refusal)
    if exception_of(body) == _ILLEGAL_STATE or _speaks_of_the_state(refusal):
        return _state_error(refusal)
    return _other(refusal)


_SIGN_IN_OR_PATIENCE: Final = frozenset({401, 429})
"""These mean the same whoever says them."""
_FIRST_REFUSAL: Final = 400
_BAD_REQUEST: Final = 400
_UNAUTHORIZED: Final = 401
_FORBIDDEN: Final = 403
_NOT_FOUND: Final = 404
_CONFLICT: Final = 409
_UNPROCESSABLE: Final = 422
_FIRST_SERVER_ERROR: Final = 500
_ILLEGAL_STATE: Final = "IllegalStateException"
_SAYS_NOTHING: Final = "internal server error"
_SERVER_TROUBLE: Final = {
    429: "The server asks for fewer requests",
    502: "The gateway in front of the server gets no answer from it",
    503: "The server is not available now",
    504: "The server didn't answer its gateway in time",
}
_BROKEN_OFF: Final = frozenset({502, 504})
"""A gateway passed it on and knows no more than we do."""

_FAILED: Final = {
    Operation.LIST: "the workflows couldn't be listed",
    Operation.GET: "{workflow} couldn't be read",
    Operation.STATUS: "{run} couldn't be read",
    Operation.HISTORY: "the history couldn't be read",
    Operation.DATASET: "the dataset of {workflow} couldn't be read",
    Operation.STEPS: "the steps of {run} couldn't be read",
    Operation.LOGS: "the log of {run} couldn't be read",
    Operation.HEALTH: "the health of the server couldn't be read",
    Operation.TEMPLATES: "the templates couldn't be read",
    Operation.SAGAS: "the sagas couldn't be read",
    Operation.REGISTER: "{workflow} couldn't be registered",
    Operation.UNREGISTER: "{workflow} couldn't be unregistered",
    Operation.RUN: "{workflow} couldn't be run",
    Operation.BACKFILL: "{workflow} couldn't be backfilled",
    Operation.STOP: "{run} couldn't be stopped",
    Operation.PAUSE: "{workflow} couldn't be paused",
    Operation.UNPAUSE: "{workflow} couldn't be resumed",
    Operation.RETRY: "{run} couldn't be retried",
    Operation.CREATE: "{workflow} couldn't be made",
    Operation.CONFIGURE: "{workflow} couldn't be changed",
    Operation.SHELVE: "the template couldn't be changed",
    Operation.START: "the saga couldn't be started",
    Operation.CANCEL: "the saga couldn't be cancelled",
    Operation.PUBLISH: "the event couldn't be published",
}
_READS: Final = frozenset(
    {
        *(Operation.LIST, Operation.GET, Operation.STATUS, Operation.HISTORY, Operation.DATASET),
        *(Operation.STEPS, Operation.LOGS, Operation.HEALTH, Operation.TEMPLATES, Operation.SAGAS),
    }
)
_OF_RUNS: Final = frozenset(
    {Operation.STATUS, Operation.STEPS, Operation.LOGS, Operation.STOP, Operation.RETRY}
)
_OF_WORKFLOWS: Final = frozenset(
    {
        *(Operation.GET, Operation.DATASET, Operation.UNREGISTER, Operation.RUN),
        *(Operation.BACKFILL, Operation.PAUSE, Operation.UNPAUSE, Operation.CONFIGURE),
    }
)
_LOOKS: Final = {
    Operation.START: "saga list",
    Operation.CANCEL: "saga list",
    Operation.PUBLISH: "",
    Operation.SHELVE: "template list",
}
"""Where to look for what isn't a workflow or a run; an event is seen nowhere."""
_REFUSED: Final = {
    Operation.RUN: "No run was started. Correct what was given and try again.",
    Operation.BACKFILL: "No run was started. Correct what was given and try again.",
    Operation.START: "No saga was started. Correct what was given and try again.",
    Operation.CANCEL: "See how it stands: dli-tui saga list",
    Operation.PUBLISH: "No event was published. Correct what was given and try again.",
    Operation.SHELVE: "Nothing was changed. Correct it and try again.",
    Operation.CREATE: "No workflow was made. Correct what was given and try again.",
    Operation.CONFIGURE: "Nothing was changed. Correct it and try again.",
}
"""What a plain no leaves to do, where it isn't about a run that is there."""
_MAKES: Final = frozenset({Operation.REGISTER, Operation.CREATE, Operation.SHELVE})
_STATEFUL: Final = frozenset(
    {
        *(Operation.RUN, Operation.BACKFILL, Operation.STOP, Operation.RETRY),
        *(Operation.PAUSE, Operation.UNPAUSE, Operation.CANCEL),
    }
)

_OVERRIDDEN: Final = re.compile(r"overrid", re.IGNORECASE)
_GIT: Final = re.compile(
    r"\bCODE\b|(?i:\bcode[- ](?:workflow|managed|owned|source)|\bby code\b|\bgit(?:ops)?\b)"
)
_ELSEWHERE: Final = re.compile(r"AIRFLOW|CONNECTION", re.IGNORECASE)
_STATE_CODE: Final = re.compile(
    r"(?:INVALID|ILLEGAL|WRONG|BAD)_(?:\w+_)?STAT(?:E|US)|STATE_|ALREADY_(?!EXISTS)"
    r"|NOT_(?:ACTIVE|RUNNING|PAUSED)|PAUSED|DISABLED|INACTIVE",
    re.IGNORECASE,
)
_STATE_TEXT: Final = re.compile(
    r"""
      \bstate\b
    | (?<!http[ ])\bstatus\b(?![ ]code|[ ]?[:=]?[ ]?\d)
    | \b(?:paused|disabled|inactive|overridden|terminal)\b
    | \balready[ ](?!exists)
    | \bnot[ ](?:failed|running|active|paused)\b
    | \b(?:is|are|was|has|been)[ ](?:\w+[ ])?
      (?:active|running|completed|finished|stopped|killed|over)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_WORD: Final = re.compile(r"\w+")


class _Refusal(NamedTuple):
    """What was asked, and what the server said to it."""

    status: int
    operation: Operation
    dataset_name: str
    run_id: str
    words: str | None
    code: str | None
    by_words: bool

    def say(self, ours: str) -> str:
        """Our sentence, and the server's words where they add to it."""
        ours = ours[:1].upper() + ours[1:]
        known = {word.casefold() for word in _WORD.findall(ours)}
        said = {word.casefold() for word in _WORD.findall(self.words or "")}
        return ours if said <= known else f"{ours}: {self.words}"

    def explain(self, ours: str) -> str:
        """The same for a sentence that without the server's words would leave a riddle."""
        if self.words is None:
            return f"{self.say(ours)} (status {self.status}, no reason given)"
        return self.say(ours)

    @property
    def failed(self) -> str:
        return _FAILED[self.operation].format(workflow=self.workflow, run=self.run)

    @property
    def workflow(self) -> str:
        return (
            f"workflow '{self._shown(self.dataset_name)}'" if self.dataset_name else "the workflow"
        )

    @property
    def run(self) -> str:
        return f"run '{self._shown(self.run_id)}'" if self.run_id else "the run"

    @property
    def told(self) -> str:
        """The server's words without our names, which may hold any word; none where its status
        tells all."""
        words = (self.words or "") if self.by_words else ""
        for name in (self.run_id, self.dataset_name):
            words = words.replace(name, "…") if name else words
        return words

    def hint(self, template: str) -> str:
        """`template` with the names that a command takes."""
        return template.format(
            workflow=as_argument(self.dataset_name) if self.dataset_name else "NAME",
            run=as_argument(self.run_id) if self.run_id else "RUN",
        )

    def _shown(self, name: str) -> str:
        return safe_line(name, _NAME)


def _server_error(refusal: _Refusal) -> ServerError:
    ours = _SERVER_TROUBLE.get(refusal.status, "The server sends us somewhere else")
    if refusal.status in _BROKEN_OFF and refusal.operation not in _READS:
        return AnswerLostError(
            refusal.explain(ours),
            code=ErrorCode.SERVER_ERROR,
            hint="It may have happened all the same. Look before you try it again.",
        )
    hint = None if refusal.status in _SERVER_TROUBLE else "Check the URL of this profile."
    return ServerError(refusal.explain(ours), hint=hint)


def _permission_error(refusal: _Refusal) -> WorkflowPermissionError:
    name, run_id = refusal.dataset_name, refusal.run_id
    if _is_overridden(refusal):
        return _overridden(refusal)
    if _GIT.search(refusal.told):
        ours, hint = f"{refusal.failed}: it is managed by Code, in Git", "Change it in Git."
    else:
        ours, hint = f"permission denied: {refusal.failed}", None
        if refusal.operation in (Operation.REGISTER, Operation.UNREGISTER):
            hint = "If Code (GitOps) manages it, change it in Git; else ask an administrator."
    return WorkflowPermissionError(refusal.say(ours), dataset_name=name, run_id=run_id, hint=hint)


def _overridden(refusal: _Refusal) -> WorkflowPermissionError:
    return WorkflowPermissionError(
        refusal.say(f"{refusal.failed}: it is overridden by CODE"),
        code=ErrorCode.WORKFLOW_OVERRIDDEN,
        dataset_name=refusal.dataset_name,
        run_id=refusal.run_id,
    )


def _not_found(refusal: _Refusal) -> DLIError | None:
    """DLI-800, or 802 for a stop; None where what is missing has no name of ours."""
    name, run_id, operation = refusal.dataset_name, refusal.run_id, refusal.operation
    if operation in _OF_RUNS:
        kind = WorkflowExecutionError if operation is Operation.STOP else WorkflowNotFoundError
        return kind(
            refusal.say(f"{refusal.run} not found"),
            dataset_name=name,
            run_id=run_id,
            hint=refusal.hint("See recent runs with: dli-tui workflow history"),
        )
    if operation in _OF_WORKFLOWS or (operation is Operation.HISTORY and name):
        return WorkflowNotFoundError(
            refusal.say(f"{refusal.workflow} not found"), dataset_name=name
        )
    if operation is Operation.SHELVE:
        return WorkflowNotFoundError(
            refusal.say("the template was not found"),
            hint="See the templates with: dli-tui template list",
        )
    return None


def _exists_already(refusal: _Refusal) -> WorkflowRegistrationError:
    if refusal.operation is Operation.SHELVE:
        return WorkflowRegistrationError(
            refusal.explain(refusal.failed),
            code=ErrorCode.WORKFLOW_ALREADY_EXISTS,
            hint="Nothing was changed. Choose another name, or see what stands in the way there.",
        )
    return WorkflowRegistrationError(
        refusal.say(f"{refusal.workflow} already exists"),
        code=ErrorCode.WORKFLOW_ALREADY_EXISTS,
        dataset_name=refusal.dataset_name,
    )


def _speaks_of_the_state(refusal: _Refusal) -> bool:
    if refusal.operation not in _STATEFUL:
        return False
    if refusal.status not in (_BAD_REQUEST, _CONFLICT, _UNPROCESSABLE):
        return False
    if not refusal.by_words:
        # What meets a run is there already.
        return refusal.status == _CONFLICT and refusal.operation is not Operation.RUN
    code = refusal.code or ""
    if _STATE_CODE.search(code):
        return True
    # Airflow behind the server has states of its own, which aren't the workflow's.
    return not _ELSEWHERE.search(code) and bool(_STATE_TEXT.search(refusal.told))


def _state_error(refusal: _Refusal) -> DLIError:
    if refusal.operation in _STATEFUL and _is_overridden(refusal):
        return _overridden(refusal)
    if refusal.operation is Operation.CANCEL:
        hint = "See how it stands: dli-tui saga list"
    elif refusal.operation in _OF_RUNS:
        hint = "See it with: dli-tui workflow status {run}"
    elif "paused" in refusal.told.casefold() and refusal.operation is not Operation.PAUSE:
        hint = "Resume it first: dli-tui workflow unpause {workflow}"
    else:
        hint = "See its state with: dli-tui workflow list -d {workflow}"
    ours = f"{refusal.failed} in the state that it is in"
    if refusal.words is not None and refusal.words.casefold() == _SAYS_NOTHING:
        refusal = refusal._replace(words=None)
    return WorkflowExecutionError(
        refusal.say(ours),
        code=ErrorCode.WORKFLOW_INVALID_STATE,
        dataset_name=refusal.dataset_name,
        run_id=refusal.run_id,
        hint=refusal.hint(hint),
    )


def _is_overridden(refusal: _Refusal) -> bool:
    return bool(_OVERRIDDEN.search(refusal.told) or _OVERRIDDEN.search(refusal.code or ""))


def _other(refusal: _Refusal) -> DLIError:
    name, message = refusal.dataset_name, refusal.explain(refusal.failed)
    if refusal.operation is Operation.REGISTER:
        return WorkflowRegistrationError(message, dataset_name=name, hint=_next_step(refusal))
    if refusal.operation is Operation.UNREGISTER:
        return WorkflowRegistrationError(
            message,
            code=ErrorCode.WORKFLOW_UNREGISTER_FAILED,
            dataset_name=name,
            hint=_next_step(refusal),
        )
    return WorkflowExecutionError(
        message, dataset_name=name, run_id=refusal.run_id, hint=_next_step(refusal)
    )


def _next_step(refusal: _Refusal) -> str | None:
    """A hint that fits better than the code's own."""
    if refusal.operation in _READS:
        if refusal.status == _NOT_FOUND:
            return "Check the URL of this profile: it may not be such a server."
        return "Try again in a moment; if it stays, the server's own log says more."
    if refusal.status == _CONFLICT and refusal.operation is Operation.UNREGISTER:
        return "Stop its runs first, or use --force."
    if refusal.status < _FIRST_SERVER_ERROR:
        return _REFUSED.get(refusal.operation)
    # A server that failed half-way may have done it all the same.
    about_runs = refusal.operation in _OF_RUNS | {Operation.RUN, Operation.BACKFILL}
    usual = "workflow history" if about_runs else "workflow list"
    look = _LOOKS.get(refusal.operation, usual)
    return "It may have happened all the same." + (f" Look first: dli-tui {look}" if look else "")
