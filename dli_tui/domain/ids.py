"""How workflows and runs are named and addressed.

A row of the list is (name, source): one name has two rows when CODE overrides MANUAL. A
run is addressed by its workflow and its id, because some systems give the same id to the
midnight run of every workflow.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from dli_tui.domain.status import SourceType

MAX_NAME: Final = 250
BY_ID: Final = "#"
"""`#7` is the workflow of that id, where names may be held twice."""
_PUNCTUATION: Final = frozenset("_.-")


class WorkflowKey(NamedTuple):
    """One row. Without a source it means the one in force: CODE where both exist."""

    name: str
    source: SourceType | None = None


class RunRef(NamedTuple):
    """One run. Without a workflow it is a bare id, good only where ids are unique."""

    run_id: str
    workflow: str | None = None

    def __str__(self) -> str:
        return f"{self.workflow}/{self.run_id}" if self.workflow else self.run_id


class LogRef(NamedTuple):
    """The log of one try of one step."""

    run: RunRef
    step: str
    attempt: int = 1
    map_index: int | None = None


def dag_id_of(name: str) -> str:
    """The id of the DAG that a dataset becomes; two names may have the same one."""
    return name.replace(".", "_")


def why_not_a_name(name: str) -> str | None:
    """Say what keeps `name` from being a dataset name, or None when it is one."""
    if not name:
        return "it is empty"
    if len(name) > MAX_NAME:
        return f"it has {len(name)} characters, {MAX_NAME} are allowed"
    if not name[0].isalnum():
        return "it must begin with a letter or a digit"
    wrong = next((char for char in name if not (char.isalnum() or char in _PUNCTUATION)), None)
    if wrong is not None:
        return f"{wrong!a} is not allowed, only letters, digits, '_', '.' and '-'"
    if ".." in name:
        return "'..' is not allowed"
    return None


def why_not_a_line(name: str) -> str | None:
    """The same where a name may be any line of text, as PyAirtable has it."""
    if not name.strip():
        return "it is empty"
    if len(name) > MAX_NAME:
        return f"it has {len(name)} characters, {MAX_NAME} are allowed"
    if name != name.strip():
        return "it begins or ends with a blank"
    if name.startswith(BY_ID):
        return f"what begins with {BY_ID} is an id"
    if not name.isprintable():
        return "it holds what can't be shown in a line"
    return None
