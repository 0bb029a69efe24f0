"""The kinds of saga that can be started, and what each does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from dli_tui.playground.checking import check_config
from dli_tui.playground.refusals import RefusedError
from dli_tui.playground.sagas import OF_EXECUTIONS, Part, part_of
from dli_tui.playground.steps import steps_of

FAIL_AT: Final = "fail_at"


class Kind(NamedTuple):
    """One kind, as it is listed, and its steps."""

    name: str
    description: str
    needed: tuple[str, ...]
    more: tuple[str, ...]
    parts: tuple[Part, ...]


def _part(name: str, service: str, does: str, undoes: str | None = None) -> Part:
    undo = None if undoes is None else {"action": undoes, "data": {}}
    return Part(name, service, {"action": does, "data": {}}, undo, result={"ok": True})


_KINDS: Final = (
    Kind(
        "user_onboarding",
        "Onboard new users with profile creation, workspace setup, and welcome notifications",
        ("user_id", "email", "first_name", "tenant_id"),
        ("last_name", "company_name", FAIL_AT),
        (
            _part("Create User Profile", "user-service", "create_profile", "delete_profile"),
            _part(
                "Setup Default Workspace",
                "permission-service",
                "create_workspace",
                "delete_workspace",
            ),
            _part("Send Welcome Email", "notification-service", "send_notification"),
            _part(
                "Setup Default Airtable Integration",
                "airtable-connector",
                "create_sample_base",
                "delete_sample_base",
            ),
        ),
    ),
    Kind(
        "airtable_integration",
        "Connect and configure Airtable base integration",
        ("base_id", "api_key", "user_id", "tenant_id"),
        ("webhook_url", FAIL_AT),
        (
            _part("Check Base Access", "airtable-connector", "check_access"),
            _part("Read Base Schema", "schema-service", "import_schema", "drop_schema"),
            _part("Subscribe To Changes", "webhook-service", "subscribe", "unsubscribe"),
        ),
    ),
    Kind(
        "data_sync",
        "Copy the records of a base to another system and check their number",
        ("base_id", "target"),
        ("since", FAIL_AT),
        (
            _part("Open Snapshot", "data-sync", "open_snapshot", "close_snapshot"),
            _part("Copy Records", "data-sync", "copy_records", "remove_records"),
            _part("Check Counts", "data-sync", "check_counts"),
            _part("Close Snapshot", "data-sync", "close_snapshot"),
        ),
    ),
)
_EXECUTION: Final = Kind(
    OF_EXECUTIONS,
    "Execute the steps of a workflow, and undo them when one fails",
    ("workflow_id", "execution_id"),
    ("workflow_config", "timeout_seconds"),
    (),
)


def kinds(*, of_executions: bool) -> dict[str, Kind]:
    """The kinds by their names; the services before 003 didn't start sagas for executions."""
    found = (*_KINDS, _EXECUTION) if of_executions else _KINDS
    return {kind.name: kind for kind in found}


def require(kind: Kind, given: Mapping[str, Any]) -> None:
    """Refuse to start it without all that it needs."""
    missing = [name for name in kind.needed if name not in given]
    if missing:
        raise RefusedError(
            400, f"Missing required fields: {', '.join(missing)}", "INVALID_SAGA_INPUT"
        )


def parts_of(kind: Kind, given: Mapping[str, Any]) -> tuple[Part, ...]:
    """The steps of one that is started with `given`."""
    if kind is _EXECUTION:
        config = given.get("workflow_config")
        if not isinstance(config, dict):
            return ()
        check_config(config)
        return tuple(part_of(step, {"ok": True}) for step in steps_of(config))
    return tuple(
        part._replace(command={**part.command, "data": dict(given)}) for part in kind.parts
    )


def fails_at(parts: tuple[Part, ...], given: Mapping[str, Any]) -> int | None:
    """Which step will fail: the one that is named, or the second where anything says "fail"."""
    names = [part.name for part in parts]
    named = given.get(FAIL_AT)
    if named in names:
        return names.index(named)
    says = any(isinstance(value, str) and "fail" in value for value in given.values())
    return min(1, len(parts) - 1) if says and parts else None
